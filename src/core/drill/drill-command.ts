import { fromOption, quoted } from '../sources/source-option.ts';
import { typedFlags } from '../typed-flags.ts';
import { writtenDuration } from '../watch/duration.ts';
import { builtInDrills } from './built-in-drills.ts';
import type { Onlooker } from './onlookers.ts';
import type { UnfinishedDrill } from './unfinished-drill.ts';

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
  /** What else it was asked for with, as it is typed. */
  readonly flags?: readonly string[];
}

/** What of a drill's command line the next run of it needs too, beside what reports name anyway. */
export interface AskedFlags {
  readonly limitMs?: number | undefined;
  readonly identity?: string | undefined;
  readonly journalFile?: string | undefined;
  readonly onlookers?: readonly Onlooker[];
  readonly reports?: readonly string[];
  readonly pushTo?: string | undefined;
  readonly notify?: boolean;
}

/** Each flag with its value, as it is typed; an address that holds a password is not told. */
export function flagsAgain(asked: AskedFlags): string[] {
  const { limitMs, identity, journalFile, onlookers = [], reports = [], pushTo, notify } = asked;
  const addresses = [
    ...onlookers.map(({ kind, url }) => [kind, url] as const),
    ...(pushTo === undefined ? [] : [['push-metrics', pushTo] as const]),
  ];
  const values: (readonly [flag: string, value: string | undefined])[] = [
    ['limit', limitMs === undefined ? undefined : writtenDuration(limitMs)],
    ['identity', identity],
    ['journal-file', journalFile],
    ...addresses.filter(([, url]) => !url.includes('@')),
    ...reports.map((path) => ['report', path] as const),
  ];
  return typedFlags({ values, alone: [['notify', notify]] });
}

/** The command that runs the same drill again. */
export function runAgain({ scenario, file, manual, journalNamespace, sources = [], flags = [] }: AskedDrill): string {
  return [
    `c2l dr-drill run ${quoted(file ?? scenario)}`,
    ...sources.map(fromOption),
    ...journalOption(journalNamespace),
    ...(manual === true ? ['--manual'] : []),
    ...flags,
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

/** `drill total-secret-loss in namespace shop is not finished`. */
export function goingOnText({ namespace, scenario }: UnfinishedDrill): string {
  return `drill ${scenario === '' ? 'of an unknown scenario' : scenario} in namespace ${namespace} is not finished`;
}

export function journalOption(namespace = ''): string[] {
  return namespace === '' || namespace === defaultJournalNamespace ? [] : [`--journal-namespace ${namespace}`];
}
