import { trackingId } from '../argocd/application-objects.ts';
import type { Secret } from '../cluster/secret.ts';
import { compareText } from '../compare-text.ts';
import type { PlannedKey } from '../fix/planned-secret.ts';
import { nameTime } from '../name-time.ts';
import type { SecretValue } from '../secrets/secret-value.ts';
import { fingerprintKey, type KeptRevision, readRevision, revisionType, type SecretMarks } from './kept-revision.ts';
import { notedTimes } from './key-times.ts';

export const revisionOfLabel = 'c2l.dev/revision-of';

/** What the API takes in one Secret. */
export const largestSecret = 1_048_576;

/** Tells whether two values are the same without telling either. */
export interface Fingerprints {
  readonly key: SecretValue;
  of(value: SecretValue): string;
}

/** Who changes a Secret, when, and what: kept with the revision so that `history` can tell. */
export interface RevisionContext {
  readonly at: Date;
  readonly operator: string;
  readonly version: string;
  readonly command: string;
  /** The lines of the masked diff that change something. */
  readonly changes: readonly PlannedKey[];
  /** The values that are about to be written, by key. */
  readonly values: ReadonlyMap<string, SecretValue>;
  readonly fingerprints: Fingerprints;
}

/** A Secret to be created beside the one that is about to change. */
export interface Revision {
  readonly namespace: string;
  readonly name: string;
  readonly type: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly data: ReadonlyMap<string, SecretValue>;
}

/**
 * A copy of the data alone. Labels and annotations are kept as text in one annotation: with Argo CD's tracking id or
 * label the copy would be pruned as something that Git does not hold.
 */
export function revisionOf(secret: Secret, context: RevisionContext): Revision {
  const { name, namespace, labels = {}, annotations = {}, ownerReferences } = secret.metadata;
  // A Secret that cannot be changed is deleted: what is kept is then all that there is of it.
  const whole = secret.immutable ? { ownerReferences, immutable: true } : {};
  const { at, operator, version, command, changes, fingerprints, values } = context;
  const withKey = new Map([...secret.data, [fingerprintKey, fingerprints.key]]);
  const hasRoom = sizeOf(withKey) <= largestSecret;
  const prints = Object.fromEntries([...values].map(([key, value]) => [key, fingerprints.of(value)]));
  return {
    namespace,
    name: revisionName(name, at),
    type: revisionType,
    labels: { [revisionOfLabel]: labelValue(name) },
    annotations: {
      'c2l.dev/secret-name': name,
      'c2l.dev/secret-type': secret.type,
      'c2l.dev/secret-metadata': JSON.stringify({ labels, annotations, ...whole }),
      'c2l.dev/kept-at': at.toISOString(),
      'c2l.dev/kept-by': operator,
      'c2l.dev/version': version,
      'c2l.dev/command': command,
      'c2l.dev/plan': JSON.stringify(changes),
      ...(hasRoom ? { 'c2l.dev/fingerprints': JSON.stringify(prints) } : {}),
    },
    data: hasRoom ? withKey : secret.data,
  };
}

/** The bytes of the values, which is what the API limits. */
function sizeOf(data: ReadonlyMap<string, SecretValue>): number {
  return [...data.values()].reduce((sum, { byteLength }) => sum + byteLength, 0);
}

/**
 * What a Secret bears that is created again from a revision. Argo CD's tracking id goes with it only where Git has the
 * Secret: with it, one that Git lacks would be pruned.
 */
export function marksOf(
  { labels, annotations, ownerReferences, immutable }: KeptRevision,
  isInGit: boolean,
): SecretMarks {
  const kept = Object.entries(annotations).filter(
    ([name]) => !name.startsWith('c2l.dev/') && (isInGit || name !== trackingId),
  );
  return { labels, annotations: Object.fromEntries(kept), ...(immutable ? { ownerReferences, immutable } : {}) };
}

/**
 * The revisions among Secrets, newest first as the server tells it: with the clock of an operator that was set back, the
 * one that was just kept would seem to be the oldest. Within a second their names tell.
 */
export function revisionsIn(secrets: readonly Secret[], of?: { namespace: string; name: string }): KeptRevision[] {
  return secrets
    .flatMap((secret) => readRevision(secret) ?? [])
    .filter(({ namespace, secretName }) => of === undefined || (namespace === of.namespace && secretName === of.name))
    .sort((left, right) => compareText(right.createdAt, left.createdAt) || compareText(right.id, left.id));
}

/**
 * Those beyond the newest `keep`, and those of writes that did not happen, oldest first. A run that was killed between
 * its revision and its write leaves one behind, and the next run keeps the same state again; so does one that repairs
 * the same loss a second time, but then the Secret has noted the first.
 */
export function surplusRevisions(revisions: readonly KeptRevision[], keep: number): KeptRevision[] {
  const real = revisions.filter((revision, index) => {
    const newer = revisions[index - 1];
    return newer === undefined || !isSameData(revision, newer) || wasWritten(revision, newer);
  });
  const kept = new Set(real.slice(0, keep));
  return revisions.filter((revision) => !kept.has(revision)).reverse();
}

/** What is written counts from when its revision was kept, by the server's clock. */
function wasWritten({ createdAt, isReplaced }: KeptRevision, { annotations }: KeptRevision): boolean {
  const { changed, added } = notedTimes({ annotations });
  return isReplaced || [...changed.values(), ...added.values()].includes(createdAt);
}

function isSameData({ data }: KeptRevision, newer: KeptRevision): boolean {
  if (newer.data.size !== data.size) return false;
  return [...data].every(([key, value]) => newer.data.get(key)?.equals(value) === true);
}

const longestName = 253;
const longestLabelValue = 63;

/** Of a copy that is made at that time. */
export function revisionName(name: string, at: Date): string {
  const suffix = `.c2l-${nameTime(at)}`;
  return trimmed(name, longestName - suffix.length) + suffix;
}

/** The label of a longer name is its beginning; the annotation holds all of it. */
function labelValue(name: string): string {
  return trimmed(name, longestLabelValue);
}

/** Names and label values must not end in a separator where they were cut. */
function trimmed(name: string, length: number): string {
  return name.slice(0, length).replace(/[-.]+$/, '');
}
