import { utcText } from '../core/utc-text.ts';
import { revisionsIn, type KeptRevision } from '../core/revision.ts';
import type { Snapshot } from '../core/snapshot.ts';
import type { SourceAnswer, ValueSource, WantedValue } from '../ports.ts';

/** What `--from` calls the Secrets that c2l kept in the cluster before its writes. */
export const revisionSpec = 'revision';

/** The newest kept value of each key: for when no vault and no backup has it. */
export function revisionSource({ secrets }: Snapshot): ValueSource {
  const kept = revisionsIn(secrets.items);
  return {
    label: revisionSpec,
    warnings: [],
    nameOf: ({ key }) => key,
    lookUp: (wanted) => Promise.resolve(wanted.map((each) => answer(kept, each))),
  };
}

function answer(kept: readonly KeptRevision[], { namespace, secret, key }: WantedValue): SourceAnswer {
  const holder = kept.find(
    (revision) => revision.secretName === secret && revision.namespace === namespace && revision.data.has(key),
  );
  const value = holder?.data.get(key);
  if (holder === undefined || value === undefined) return { state: 'not-found' };
  return { state: 'found', value, detail: `kept ${utcText(holder.keptAt)}` };
}
