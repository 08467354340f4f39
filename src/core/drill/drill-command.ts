import { fromOption, quoted } from '../source-option.ts';
import type { UnfinishedDrill } from './drill-journal.ts';
import { builtInDrills } from './built-in-drills.ts';

/** Where journals, copies and results are kept unless another place is named. */
export const defaultJournalNamespace = 'c2l-drill';

/** How a drill was asked for. */
export interface AskedDrill {
  readonly scenario: string;
  /** The path of its file, as it was given; absent where the scenario ships with c2l. */
  readonly file?: string | undefined;
  readonly manual?: boolean;
  readonly journalNamespace?: string;
  readonly sources?: readonly string[];
}

/** The command that runs the same drill again. */
export function runAgain({ scenario, file, manual, journalNamespace, sources = [] }: AskedDrill): string {
  return [
    `c2l dr-drill run ${quoted(file ?? scenario)}`,
    ...sources.map(fromOption),
    ...journalOption(journalNamespace),
    ...(manual === true ? ['--manual'] : []),
  ].join(' ');
}

/** Whether `runAgain` is of any use: where the file of a scenario lies is not known of every drill. */
export function canRunAgain({ scenario, file }: Pick<AskedDrill, 'scenario' | 'file'>): boolean {
  return file !== undefined || builtInDrills.includes(scenario);
}

/** The command that tells what was kept of the drills of a scenario. */
export function historyCommand({ journalNamespace }: Pick<AskedDrill, 'journalNamespace'>): string {
  return ['c2l dr-drill history', ...journalOption(journalNamespace)].join(' ');
}

/** The command that puts back what a drill broke. */
export function abortCommand({ namespace }: Pick<UnfinishedDrill, 'namespace'>): string {
  return `c2l dr-drill abort -n ${namespace}`;
}

function journalOption(namespace = ''): string[] {
  return namespace === '' || namespace === defaultJournalNamespace ? [] : [`--journal-namespace ${namespace}`];
}
