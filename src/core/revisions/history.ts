import { findObject } from '../cluster/find-object.ts';
import { refId, type ObjectRef } from '../cluster/kubernetes.ts';
import type { Secret } from '../cluster/secret.ts';
import { compareText } from '../compare-text.ts';
import { keysOf } from '../fix/plan-secrets.ts';
import type { SecretValue } from '../secrets/secret-value.ts';
import { namespaceOf, type Stack } from '../stack/stack.ts';
import type { KeptRevision } from './kept-revision.ts';
import type { Fingerprints } from './revision.ts';
import { creationOf } from './secret-creation.ts';
import type { RevisionEntry, SecretHistory } from './secret-history.ts';

type MakeFingerprints = (key: SecretValue) => Fingerprints;

/**
 * What was kept of each Secret, newest first, and which c2l created. A revision holds what was there before a write and
 * fingerprints of what was written, so that it shows which keys something else changed or removed before the next
 * revision, or since.
 */
export function historyOf(
  revisions: readonly KeptRevision[],
  current: readonly Secret[],
  fingerprints: MakeFingerprints,
  stack?: Stack,
): SecretHistory[] {
  const created = current.filter((secret) => creationOf(secret) !== undefined).map(({ metadata }) => metadata);
  return bySecret(revisions, created).map(({ object, kept }) => {
    const secret = findObject(current, object);
    const creation = secret === undefined ? undefined : creationOf(secret);
    const required = requiredIn(object, stack);
    const lackedBy = (index: number): Pick<RevisionEntry, 'lacks'> => ({
      lacks: lackedKeys(kept.slice(0, index + 1), secret, required),
    });
    const entries = kept.map((revision, index) => {
      const after = index === 0 ? secret?.data : kept[index - 1]?.data;
      return { ...entryOf(revision), ...drift(revision, after, fingerprints), ...lackedBy(index) };
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

type KeptEntry = Omit<RevisionEntry, 'changedLater' | 'removedLater' | 'lacks'>;

function entryOf({ id, name, keptAt, keptBy, command, version, changes }: KeptRevision): KeptEntry {
  return { id, name, keptAt, keptBy, command, version, changes };
}

/** Against what the write left behind: its own values by fingerprint, all others as they were kept. */
function drift(
  { data, changes, fingerprintKey, fingerprints }: KeptRevision,
  after: ReadonlyMap<string, SecretValue> | undefined,
  make: MakeFingerprints,
): Pick<RevisionEntry, 'changedLater' | 'removedLater'> {
  if (after === undefined) return { changedLater: [], removedLater: [] };
  const known = fingerprintKey === undefined ? undefined : make(fingerprintKey);
  const touched = new Map(changes.map(({ key, change }) => [key, change]));
  const left = [...new Set([...data.keys(), ...touched.keys(), ...fingerprints.keys()])]
    .filter((key) => fingerprints.has(key) || touched.get(key) !== 'REMOVE')
    .sort(compareText);
  const isChanged = (key: string): boolean => {
    const value = after.get(key);
    if (value === undefined) return false;
    const print = fingerprints.get(key);
    if (print !== undefined) return known !== undefined && known.of(value) !== print;
    return !touched.has(key) && data.get(key)?.equals(value) === false;
  };
  return { changedLater: left.filter(isChanged), removedLater: left.filter((key) => !after.has(key)) };
}

function requiredIn({ namespace, name }: ObjectRef, stack: Stack | undefined): ReadonlySet<string> {
  const declared = stack?.secrets.find((entry) => entry.name === name && namespaceOf(stack, entry) === namespace);
  const keys = Object.entries(declared?.keys ?? {});
  return new Set(keys.filter(([, { required }]) => required).map(([key]) => key));
}

/**
 * What the Secret has now and would lose with a rollback to the last of these revisions, although it is needed: the
 * stack says so, or c2l put it there since.
 */
function lackedKeys(
  newerToThis: readonly KeptRevision[],
  secret: Secret | undefined,
  required: ReadonlySet<string>,
): string[] {
  const held = newerToThis.at(-1)?.data;
  const restored = new Set(newerToThis.flatMap((revision) => keysOf({ keys: revision.changes }, 'ADD')));
  return [...(secret?.data.keys() ?? [])]
    .filter((key) => held?.has(key) !== true && (required.has(key) || restored.has(key)))
    .sort(compareText);
}
