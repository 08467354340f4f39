import type { PrepareOptions } from './prepare-drill.ts';

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
