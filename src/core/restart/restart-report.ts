import type { ReportHead, StepOutcome } from '../reports/report.ts';

export interface RestartReport extends ReportHead {
  readonly command: 'restart';
  readonly dryRun: boolean;
  /** `secret/NAME[:KEY]`, where only its consumers were to be touched. */
  readonly affectedBy?: string;
  readonly outcomes: readonly StepOutcome[];
  /** The command to run next. */
  readonly next: string;
}
