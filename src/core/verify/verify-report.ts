import type { ReportHead } from '../reports/report.ts';

/** What most probably made a check fail, and how it can be undone: nobody can be sure from outside. */
export interface LikelyCause {
  readonly cause: string;
  readonly ways: readonly { readonly what: string; readonly command: string }[];
}

export interface CheckResult {
  readonly name: string;
  readonly component: string;
  readonly outcome: 'pass' | 'fail' | 'skipped' | 'unreadable';
  readonly critical: boolean;
  /** Why it failed or was skipped; what was seen where it passed. */
  readonly detail: string;
  readonly durationMs: number;
  readonly likely?: LikelyCause;
}

/** One change of what was seen of a check: where it waited, and how it ended. */
export interface TimelineEntry {
  readonly at: string;
  /** Since the first look. */
  readonly afterMs: number;
  readonly component: string;
  readonly name: string;
  readonly outcome: 'waiting' | CheckResult['outcome'];
  readonly detail: string;
}

export interface VerifyReport extends ReportHead {
  readonly command: 'verify';
  readonly checks: readonly CheckResult[];
  /** In the order in which it happened. */
  readonly timeline: readonly TimelineEntry[];
}

/** Why it did not end well: the verdict, and each error. */
export function verifyTroubles({ verdict, findings }: Pick<VerifyReport, 'verdict' | 'findings'>): string[] {
  const errors = findings.filter(({ severity }) => severity === 'error').map(({ message }) => message);
  return [...(verdict === 'ok' ? [] : [`verify ended with ${verdict}`]), ...errors];
}
