import type { UnfinishedDrill } from '../drill/unfinished-drill.ts';
import type { Compared } from '../findings/baseline.ts';
import type { IgnoredFinding, LapsedIgnore } from '../findings/ignore-findings.ts';
import type { ReportHead } from '../reports/report.ts';
import type { AuditSubject } from './audit-subject.ts';
import type { ComponentState } from './component-state.ts';

export interface ApplicationState {
  readonly name: string;
  readonly health: string;
  readonly sync: string;
  /** Of the last sync: `Succeeded`, `Failed`, `Running`, … */
  readonly operation?: string;
  readonly syncPolicy?: 'manual' | 'automatic' | 'self-heal';
  /** Why it is not well, in terms of what it deploys: its own status does not hold that. */
  readonly reasons?: readonly string[];
}

export interface AuditReport extends ReportHead {
  readonly command: 'audit';
  /** The one object that was asked for; the findings are then those that concern it. */
  readonly subject?: AuditSubject;
  /** What the stack file or an annotation sets aside; not in `findings`. */
  readonly ignored: readonly IgnoredFinding[];
  /** What was meant to set something aside and does not. */
  readonly lapsedIgnores: readonly LapsedIgnore[];
  /** What an earlier report held already; not in `findings`. */
  readonly baseline?: Compared['baseline'];
  /** Drills that were begun here and are not finished; absent where there is none. */
  readonly unfinishedDrills?: readonly UnfinishedDrill[];
  readonly components: readonly ComponentState[];
  readonly applications: readonly ApplicationState[];
}
