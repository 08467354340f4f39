import { trackingId } from '../argocd/application-objects.ts';
import type { OwnerReference } from '../cluster/kubernetes-metadata.ts';
import type { Secret } from '../cluster/secret.ts';
import { compareText } from '../findings/findings.ts';
import type { KeyChange, PlannedKey } from '../fix/secret-reports.ts';
import { nameTime } from '../name-time.ts';
import { parsedJson } from '../parsed-json.ts';
import type { SecretValue } from '../secrets/secret-value.ts';
import { notedTimes } from './key-times.ts';

/** The type of a Secret that holds what another one held before c2l changed it. */
export const revisionType = 'c2l.dev/revision';
export const revisionOfLabel = 'c2l.dev/revision-of';

/** Noted on it once the immutable Secret that it is a copy of was deleted and created again. */
export const replacedAnnotation = 'c2l.dev/replaced-at';

/** Beside the values, where only those look who may see them: it makes the fingerprints useless to everybody else. */
const fingerprintKey = 'c2l.dev.fingerprint-key';

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

/** What a Secret bears beside its values and its type. */
export interface SecretMarks {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly ownerReferences?: readonly OwnerReference[];
  readonly immutable?: boolean;
}

/** A revision as it was read back from the cluster. */
export interface KeptRevision {
  /** The part of its name that tells it from others of the same Secret: `20261123t181530123z`. */
  readonly id: string;
  readonly name: string;
  readonly namespace: string;
  readonly uid: string;
  readonly secretName: string;
  readonly secretType: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly ownerReferences: readonly OwnerReference[];
  /** Kept before its Secret was deleted, to be created again. */
  readonly immutable: boolean;
  /** Whether it is known that its Secret was created again: one that is absent went after that. */
  readonly isReplaced: boolean;
  /** UTC, ISO 8601, by the clock of who kept it. */
  readonly keptAt: string;
  /** The same by the server's clock, to the second. */
  readonly createdAt: string;
  readonly keptBy: string;
  readonly version: string;
  readonly command: string;
  /** What was changed right after it was kept. */
  readonly changes: readonly PlannedKey[];
  readonly data: ReadonlyMap<string, SecretValue>;
  readonly fingerprintKey: SecretValue | undefined;
  /** Of the values that were written right after it was kept. */
  readonly fingerprints: ReadonlyMap<string, string>;
}

/** Undefined where the Secret is none, or one whose annotations no longer tell of what. */
export function readRevision({ metadata, type, data }: Secret): KeptRevision | undefined {
  const noted = metadata.annotations ?? {};
  const secretName = noted['c2l.dev/secret-name'];
  const id = /\.c2l-([0-9tz]+)$/.exec(metadata.name)?.[1];
  if (type !== revisionType || secretName === undefined || id === undefined) return undefined;
  // Anybody can edit an annotation.
  const text = (name: string, otherwise = ''): string => noted[`c2l.dev/${name}`] ?? otherwise;
  const original = asRecord(parsedJson(text('secret-metadata')));
  return {
    id,
    name: metadata.name,
    namespace: metadata.namespace,
    uid: metadata.uid ?? '',
    secretName,
    secretType: text('secret-type', 'Opaque'),
    labels: texts(original['labels']),
    annotations: texts(original['annotations']),
    ownerReferences: owners(original['ownerReferences']),
    immutable: original['immutable'] === true,
    isReplaced: noted[replacedAnnotation] !== undefined,
    keptAt: text('kept-at', metadata.creationTimestamp),
    createdAt: metadata.creationTimestamp ?? '',
    keptBy: text('kept-by'),
    version: text('version'),
    command: text('command'),
    changes: plannedKeys(parsedJson(text('plan'))),
    data: new Map([...data].filter(([key]) => key !== fingerprintKey)),
    fingerprintKey: data.get(fingerprintKey),
    fingerprints: new Map(Object.entries(texts(parsedJson(text('fingerprints'))))),
  };
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

function asRecord(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {};
}

function texts(value: unknown): Record<string, string> {
  const entries = Object.entries(asRecord(value));
  return Object.fromEntries(entries.filter((entry): entry is [string, string] => typeof entry[1] === 'string'));
}

function owners(value: unknown): OwnerReference[] {
  return (Array.isArray(value) ? value : []).flatMap((entry) => {
    const { apiVersion, kind, name, uid, controller, blockOwnerDeletion } = asRecord(entry);
    if (typeof apiVersion !== 'string' || typeof kind !== 'string') return [];
    if (typeof name !== 'string' || typeof uid !== 'string') return [];
    const flags = Object.entries({ controller, blockOwnerDeletion }).filter(([, flag]) => typeof flag === 'boolean');
    return [{ apiVersion, kind, name, uid, ...Object.fromEntries(flags) }];
  });
}

const changeWords: readonly KeyChange[] = ['ADD', 'CHANGE', 'SAME', 'KEEP', 'REMOVE'];

function plannedKeys(value: unknown): PlannedKey[] {
  return (Array.isArray(value) ? value : []).flatMap((entry) => {
    const { key, change, source } = asRecord(entry);
    const word = changeWords.find((each) => each === change);
    if (typeof key !== 'string' || word === undefined) return [];
    return [{ key, change: word, ...(typeof source === 'string' ? { source } : {}) }];
  });
}
