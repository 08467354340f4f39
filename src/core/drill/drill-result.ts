import type { ReportHead } from '../reports/report.ts';
import type { DrillReport, DrillResult } from './drill-report.ts';
import type { UnfinishedDrill } from './unfinished-drill.ts';

/** How many of a namespace stay. */
export const keptAtMost = 50;

/** The Secret of the journal namespace that keeps the results of one namespace, a key for each drill. */
export function resultsName(namespace: string): string {
  return `c2l-drill-results.${namespace}`;
}

export interface DrillHistoryReport extends ReportHead {
  readonly command: 'dr-drill history';
  readonly journalNamespace: string;
  /** Whether that namespace is there. */
  readonly isJournalNamespaceThere: boolean;
  /** The one whose drills were asked for. */
  readonly scenario?: string;
  /** Every scenario of which drills are kept there. */
  readonly kept: readonly string[];
  /** A drill that was begun and is not finished. */
  readonly unfinished: readonly UnfinishedDrill[];
  /** The newest first. */
  readonly results: readonly DrillResult[];
}

/** Undefined where nothing was tried: a plan, and a drill that did not start, are no results. */
export function drillResult(report: DrillReport): DrillResult | undefined {
  const { outcome, verdict, takenAt, namespaces, drill, recovery, backup, sources, wrong } = report;
  if (outcome === 'planned' || outcome === 'not-started') return undefined;
  const { id, scenario, file, flags, operator, version, manual, journalDigest } = drill;
  return {
    id,
    scenario,
    ...(file === undefined ? {} : { file }),
    sources,
    ...(flags === undefined ? {} : { flags }),
    namespace: namespaces[0] ?? '',
    outcome,
    verdict,
    takenAt,
    operator,
    version,
    manual,
    ...(recovery === undefined ? {} : { recovery }),
    ...(backup === undefined ? {} : { backup }),
    ...(journalDigest === undefined ? {} : { journalDigest }),
    wrong: wrong.slice(0, mostWrong).map((text) => text.slice(0, longestText)),
  };
}

/** What is kept lies in one object of the cluster, which may grow to a megabyte. */
const mostWrong = 20;
const longestText = 300;

/** Those that can be read, the newest first: anybody with the rights can edit what is kept. */
export function readResults(texts: Iterable<string>): DrillResult[] {
  return [...texts]
    .flatMap((text) => readResult(text) ?? [])
    .sort((left, right) => (left.takenAt < right.takenAt ? 1 : -1));
}

function readResult(text: string): DrillResult | undefined {
  try {
    const parsed = JSON.parse(text) as Partial<DrillResult>;
    const { id, scenario, outcome, takenAt, operator, version, wrong } = parsed;
    const needed = [id, scenario, outcome, takenAt, operator, version];
    const isWhole = needed.every((field) => typeof field === 'string') && Array.isArray(wrong);
    return isWhole ? (parsed as DrillResult) : undefined;
  } catch {
    return undefined;
  }
}
