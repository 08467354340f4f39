import type { DrillScenario } from '../../core/drill/drill-schema.ts';
import type { Onlooker } from '../../core/drill/onlookers.ts';

export interface PrepareOptions {
  readonly scenario: DrillScenario;
  readonly from: readonly string[];
  readonly identity?: string | undefined;
  readonly journalNamespace: string;
  /** Who is asked when they noticed. */
  readonly onlookers: readonly Onlooker[];
}

export interface DrillOptions extends PrepareOptions {
  /** Of the scenario, where it does not ship with c2l. */
  readonly file?: string | undefined;
  /** What else it was asked for with, as it is typed. */
  readonly flags?: readonly string[];
  readonly yes: boolean;
  readonly confirm: string | undefined;
  /** Keeps the journal, with the copies, in this file too. */
  readonly journalFile: string | undefined;
  readonly dryRun: boolean;
  /** c2l breaks, watches and times; people repair. */
  readonly manual: boolean;
  /** Instead of the scenario's own limit. */
  readonly limitMs: number | undefined;
  /** On an embedded cluster, where nothing can be lost. */
  readonly isRehearsal: boolean;
}
