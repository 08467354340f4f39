import { findObject } from '../cluster/find-object.ts';
import { refId, type ObjectRef } from '../cluster/kubernetes.ts';
import type { Secret } from '../cluster/secret.ts';
import { compareText } from '../compare-text.ts';
import type { SecretValue } from '../secrets/secret-value.ts';
import type { KeptRevision } from './kept-revision.ts';
import type { Fingerprints } from './revision.ts';
import { creationOf } from './secret-creation.ts';
import type { RevisionEntry, SecretHistory } from './secret-history.ts';

type MakeFingerprints = (key: SecretValue) => Fingerprints;

/**
 * What was kept of each Secret, newest first, and which c2l created. A revision holds what was there before a write and
 * fingerprints of what was written, so that it shows which of those keys something else changed before the next
 * revision, or since.
 */
export function historyOf(
  revisions: readonly KeptRevision[],
  current: readonly Secret[],
  fingerprints: MakeFingerprints,
): SecretHistory[] {
  const created = current.filter((secret) => creationOf(secret) !== undefined).map(({ metadata }) => metadata);
  return bySecret(revisions, created).map(({ object, kept }) => {
    const secret = findObject(current, object);
    const creation = secret === undefined ? undefined : creationOf(secret);
    const entries = kept.map((revision, index) => {
      const after = index === 0 ? secret?.data : kept[index - 1]?.data;
      return entryOf(revision, driftedKeys(revision, after, fingerprints));
    });
    return { object, isPresent: secret !== undefined, ...(creation && { creation }), revisions: entries };
  });
}

/** The revisions of each Secret, in their order, Secrets by place and name; also those of which none is kept. */
export function bySecret(
  revisions: readonly KeptRevision[],
  others: readonly { readonly namespace: string; readonly name: string }[] = [],
): { object: ObjectRef; kept: KeptRevision[] }[] {
  const groups = new Map<string, { object: ObjectRef; kept: KeptRevision[] }>();
  const keptOf = (namespace: string, name: string): KeptRevision[] => {
    const object = { kind: 'Secret', namespace, name };
    const group = groups.get(refId(object)) ?? { object, kept: [] };
    groups.set(refId(object), group);
    return group.kept;
  };
  for (const revision of revisions) keptOf(revision.namespace, revision.secretName).push(revision);
  for (const { namespace, name } of others) keptOf(namespace, name);
  return [...groups].sort(([left], [right]) => compareText(left, right)).map(([, group]) => group);
}

/**
 * Of the revisions of a Secret that are to go, those that alone hold a value of a key which the Secret lacks, with these
 * keys: the newest of each. `kept` is newest first.
 */
export function lastHolders(
  kept: readonly KeptRevision[],
  surplus: readonly KeptRevision[],
  { secret, placeholders }: { readonly secret: Secret | undefined; readonly placeholders: readonly string[] },
): Map<KeptRevision, string[]> {
  const valuesIn = (data: ReadonlyMap<string, SecretValue>): string[] =>
    [...data].filter(([, value]) => !value.isEmpty && !value.isPlaceholder(placeholders)).map(([key]) => key);
  const going = new Set(surplus);
  const stays = kept.filter((revision) => !going.has(revision));
  const held = new Set(
    [secret?.data ?? new Map<string, SecretValue>(), ...stays.map(({ data }) => data)].flatMap(valuesIn),
  );
  const holders = new Map<KeptRevision, string[]>();
  for (const revision of kept.filter((each) => going.has(each))) {
    const alone = valuesIn(revision.data).filter((key) => !held.has(key));
    if (alone.length > 0) holders.set(revision, alone.sort(compareText));
    for (const key of alone) held.add(key);
  }
  return holders;
}

function entryOf(revision: KeptRevision, changedLater: readonly string[]): RevisionEntry {
  const { id, name, keptAt, keptBy, command, version, changes } = revision;
  return { id, name, keptAt, keptBy, command, version, changes, changedLater };
}

function driftedKeys(
  { fingerprintKey, fingerprints }: KeptRevision,
  after: ReadonlyMap<string, SecretValue> | undefined,
  make: MakeFingerprints,
): string[] {
  if (fingerprintKey === undefined || after === undefined) return [];
  const known = make(fingerprintKey);
  return [...fingerprints]
    .filter(([key, print]) => {
      const value = after.get(key);
      return value === undefined || known.of(value) !== print;
    })
    .map(([key]) => key)
    .sort(compareText);
}
