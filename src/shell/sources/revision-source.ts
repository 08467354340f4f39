import type { Snapshot } from '../../core/cluster/snapshot.ts';
import { keyId, rejection } from '../../core/fix/plan-secrets.ts';
import type { WantedKey } from '../../core/fix/wanted-key.ts';
import type { KeptRevision } from '../../core/revisions/kept-revision.ts';
import { revisionsIn } from '../../core/revisions/revision.ts';
import type { SecretValue } from '../../core/secrets/secret-value.ts';
import type { Stack } from '../../core/stack/stack.ts';
import { utcText } from '../../core/utc-text.ts';
import type { SourceAnswer, ValueSource, WantedValue } from '../../value-ports.ts';

/** What `--from` calls the Secrets that c2l kept in the cluster before its writes. */
export const revisionSpec = 'revision';

/**
 * The last good value that was kept of each key, for when no vault and no backup has it: c2l also keeps what it
 * replaced because it was of no use.
 */
export function revisionSource(
  { secrets }: Snapshot,
  { known, stack }: { readonly known: readonly WantedKey[]; readonly stack: Stack | undefined },
): ValueSource {
  const kept = revisionsIn(secrets.items);
  const byId = new Map(known.map((wanted) => [keyId(wanted), wanted]));
  const isGood = (wanted: WantedValue, value: SecretValue): boolean => {
    const key = byId.get(keyId(wanted));
    return key === undefined || rejection(value, key, stack) === undefined;
  };
  return {
    label: revisionSpec,
    warnings: [],
    nameOf: ({ key }) => key,
    lookUp: (wanted) => Promise.resolve(wanted.map((each) => answer(kept, each, isGood))),
  };
}

/** Where none of them is good it is the newest, so that it is told what is wrong with it. */
function answer(
  kept: readonly KeptRevision[],
  wanted: WantedValue,
  isGood: (wanted: WantedValue, value: SecretValue) => boolean,
): SourceAnswer {
  const { namespace, secret, key } = wanted;
  const values = kept
    .filter((revision) => revision.secretName === secret && revision.namespace === namespace)
    .flatMap(({ data, keptAt }) => {
      const value = data.get(key);
      return value === undefined ? [] : [{ value, keptAt }];
    });
  const best = values.find(({ value }) => isGood(wanted, value)) ?? values[0];
  if (best === undefined) return { state: 'not-found' };
  return { state: 'found', value: best.value, detail: `kept ${utcText(best.keptAt)}` };
}
