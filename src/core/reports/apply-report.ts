import type { ReportHead, StepOutcome } from './report.ts';

/** What became of objects of manifests. */
export interface ApplyReport extends ReportHead {
  readonly command: 'apply';
  readonly dryRun: boolean;
  /** How many are in the cluster as the manifests say. */
  readonly unchanged: number;
  readonly outcomes: readonly StepOutcome[];
}
