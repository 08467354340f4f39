import type { ReportHead } from '../reports/report.ts';

/** How one drill of a rehearsal ended. */
export type RehearsedEnd =
  /** By itself: nothing interrupted it. */
  | 'run'
  /** Ctrl-C: the way back ran by itself. */
  | 'ctrl-c'
  | 'resume'
  | 'abort';

/** One drill of a rehearsal. */
export interface RehearsedDrill {
  readonly seed: number;
  /** What was broken, and where it was interrupted: one line. */
  readonly what: string;
  readonly end: RehearsedEnd;
  /** From the fault until everything was proven; absent where it was stopped before the fault. */
  readonly recoveryMs?: number;
  /** Why it does not count as recovered. */
  readonly wrong: readonly string[];
}

export interface Distribution {
  readonly count: number;
  readonly min: number;
  readonly median: number;
  readonly p90: number;
  readonly p99: number;
  readonly max: number;
  /** Equally wide, from 0 on; the last one holds the longest. */
  readonly buckets: readonly { readonly fromMs: number; readonly toMs: number; readonly count: number }[];
}

export interface RehearsalReport extends ReportHead {
  readonly command: 'dr-drill rehearsal';
  readonly seed: number;
  /** How many times faster than real time the sandbox ran; times are the machine's. */
  readonly speed: number;
  readonly wanted: number;
  readonly done: number;
  readonly recovered: number;
  readonly ends: Readonly<Record<RehearsedEnd, number>>;
  /** Absent where nothing was recovered from. */
  readonly recovery?: Distribution;
  readonly failures: readonly RehearsedDrill[];
  /** Of the machine, for all of them. */
  readonly tookMs: number;
}

const mostBuckets = 12;
/** Widths that are read at a glance. */
const widths = [100, 200, 500, 1000, 2000, 5000, 10_000, 20_000, 30_000, 60_000, 120_000, 300_000, 600_000, 3_600_000];

export function distribution(times: readonly number[]): Distribution | undefined {
  const sorted = [...times].sort((left, right) => left - right);
  const min = sorted[0];
  const max = sorted.at(-1);
  if (min === undefined || max === undefined) return undefined;
  const width = widths.find((each) => max / each < mostBuckets) ?? Math.ceil(max / (mostBuckets - 1));
  const buckets = Array.from({ length: Math.floor(max / width) + 1 }, (_, index) => {
    const [fromMs, toMs] = [index * width, (index + 1) * width];
    return { fromMs, toMs, count: sorted.filter((time) => time >= fromMs && time < toMs).length };
  });
  const at = (share: number): number => sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? max;
  return { count: sorted.length, min, median: at(0.5), p90: at(0.9), p99: at(0.99), max, buckets };
}

export function countEnds(drills: readonly RehearsedDrill[]): Record<RehearsedEnd, number> {
  const of = (wanted: RehearsedEnd): number => drills.filter(({ end }) => end === wanted).length;
  return { run: of('run'), 'ctrl-c': of('ctrl-c'), resume: of('resume'), abort: of('abort') };
}
