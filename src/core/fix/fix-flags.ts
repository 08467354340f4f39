import { quoted } from '../sources/source-option.ts';
import { writtenDuration } from '../watch/duration.ts';

/** What of a repair's command line shapes its plan, beside names, sources and consents to single keys. */
export interface AskedFix {
  readonly generate?: 'all' | readonly string[] | undefined;
  readonly recover?: boolean | undefined;
  readonly fillStore?: boolean | undefined;
  readonly partial?: boolean | undefined;
  readonly pauseSyncMs?: number | undefined;
  readonly sealing?: { readonly file?: string | undefined; readonly controller?: string | undefined } | undefined;
  readonly plan?: string | undefined;
}

/** Each flag with its value, as it is typed. */
export function fixFlags({ generate, recover, fillStore, partial, pauseSyncMs, sealing, plan }: AskedFix): string[] {
  const values: (readonly [flag: string, value: string | undefined])[] = [
    ['plan', plan],
    ...(generate === undefined || generate === 'all' ? [] : generate.map((key) => ['generate', key] as const)),
    ['seal-cert', sealing?.file],
    ['seal-controller', sealing?.controller],
    ['pause-sync', pauseSyncMs === undefined ? undefined : writtenDuration(pauseSyncMs)],
  ];
  const alone: (readonly [flag: string, isGiven: boolean | undefined])[] = [
    ['generate', generate === 'all'],
    ['recover', recover],
    ['fill-store', fillStore],
    ['partial', partial],
  ];
  return [
    ...values.flatMap(([flag, value]) => (value === undefined ? [] : [`--${flag} ${quoted(value)}`])),
    ...alone.flatMap(([flag, isGiven]) => (isGiven === true ? [`--${flag}`] : [])),
  ];
}
