import type { ReportHead } from './report.ts';

/** A target of watch as it was seen in one round. */
export interface WatchedTarget {
  readonly id: string;
  readonly critical: boolean;
  /** By the thresholds: one failure does not make it `down`. */
  readonly status: 'up' | 'down';
  readonly outcome: 'pass' | 'fail' | 'unreadable' | 'not-seen';
  readonly detail: string;
  readonly durationMs: number;
  /** What it hangs on and what fails too. */
  readonly beneath?: string;
  /** The window in which nobody is told of it. */
  readonly maintenance?: string;
  readonly certificateEnds?: string;
}

export interface OpenIncident {
  readonly id: string;
  readonly severity: 'error' | 'warning';
  readonly startedAt: string;
  readonly durationMs: number;
  readonly members: readonly string[];
  /** What it began with. */
  readonly roots: readonly { readonly id: string; readonly detail: string }[];
}

/** One round of watch. Context and server are empty where only endpoints are watched. */
export interface WatchReport extends ReportHead {
  readonly command: 'watch';
  /** The machine that looks has no connection. */
  readonly offline: boolean;
  readonly targets: readonly WatchedTarget[];
  readonly incidents: readonly OpenIncident[];
  /** What came of this round. */
  readonly notices: readonly { readonly id: string; readonly kind: string; readonly title: string }[];
  /** What was not delivered yet, and is kept. */
  readonly undelivered: readonly { readonly id: string; readonly to: string; readonly attempts: number }[];
}
