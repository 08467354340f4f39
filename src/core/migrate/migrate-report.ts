import type { ObjectRef } from '../cluster/kubernetes.ts';
import type { ReportHead, StepOutcome } from '../reports/report.ts';
import type { MigrateTarget } from './migrate-target.ts';

/** What became of handing a live Secret over to another writer, or of taking it back. */
export interface MigrateReport extends ReportHead {
  readonly command: 'migrate';
  readonly dryRun: boolean;
  readonly undo: boolean;
  readonly to: MigrateTarget;
  readonly secret: ObjectRef;
  readonly outcomes: readonly StepOutcome[];
}
