import type { ReportHead, StepOutcome } from './report.ts';

export interface RestartReport extends ReportHead {
  readonly command: 'restart';
  readonly dryRun: boolean;
  readonly outcomes: readonly StepOutcome[];
}
