import type { TakenFrom } from '../sources/source-option.ts';
import { typedFlags } from '../typed-flags.ts';
import { writtenDuration } from '../watch/duration.ts';

/** How many revisions of a Secret stay unless another number is given. */
export const usuallyKept = 10;

/** What of a repair's command line shapes its plan, beside names, sources and consents to single keys. */
export interface AskedFix {
  readonly generate?: 'all' | readonly string[] | undefined;
  readonly recover?: boolean | undefined;
  readonly fillStore?: boolean | undefined;
  readonly partial?: boolean | undefined;
  readonly pauseSyncMs?: number | undefined;
  readonly sealing?: { readonly file?: string | undefined; readonly controller?: string | undefined } | undefined;
  readonly plan?: string | undefined;
  readonly keep?: number | undefined;
}

/** Each flag with its value, as it is typed. */
export function fixFlags(asked: AskedFix): string[] {
  const { generate, recover, fillStore, partial, pauseSyncMs, sealing, plan, keep } = asked;
  return typedFlags({
    values: [
      ['plan', plan],
      ...(generate === undefined || generate === 'all' ? [] : generate.map((key) => ['generate', key] as const)),
      ['seal-cert', sealing?.file],
      ['seal-controller', sealing?.controller],
      ['pause-sync', pauseSyncMs === undefined ? undefined : writtenDuration(pauseSyncMs)],
      keepFlag(keep),
    ],
    alone: [
      ['generate', generate === 'all'],
      ['recover', recover],
      ['fill-store', fillStore],
      ['partial', partial],
    ],
  });
}

/** What the same repair needs to be run again. */
export function takenBy(
  asked: AskedFix & { readonly from: readonly string[]; readonly identity?: string | undefined },
): TakenFrom {
  const flags = fixFlags(asked);
  return {
    ...(asked.from.length > 0 && { sources: asked.from }),
    ...(asked.identity !== undefined && { identity: asked.identity }),
    ...(flags.length > 0 && { flags }),
  };
}

/** What of a rollback's command line the next one needs too. */
export function rollbackFlags({
  overwrite,
  recreate,
  keep,
}: {
  readonly overwrite: readonly string[];
  readonly recreate?: boolean | undefined;
  readonly keep: number;
}): string[] {
  return typedFlags({
    values: [...overwrite.map((key) => ['overwrite', key] as const), keepFlag(keep)],
    alone: [['recreate', recreate]],
  });
}

function keepFlag(keep: number | undefined): readonly [flag: string, value: string | undefined] {
  return ['keep', keep === undefined || keep === usuallyKept ? undefined : String(keep)];
}
