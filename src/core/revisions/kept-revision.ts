import type { OwnerReference } from '../cluster/kubernetes-metadata.ts';
import type { Secret } from '../cluster/secret.ts';
import type { KeyChange, PlannedKey } from '../fix/planned-secret.ts';
import { isRecord } from '../is-record.ts';
import { parsedJson } from '../parsed-json.ts';
import type { SecretValue } from '../secrets/secret-value.ts';

/** The type of a Secret that holds what another one held before c2l changed it. */
export const revisionType = 'c2l.dev/revision';

/** Noted on it once the immutable Secret that it is a copy of was deleted and created again. */
export const replacedAnnotation = 'c2l.dev/replaced-at';

/** Beside the values, where only those look who may see them: it makes the fingerprints useless to everybody else. */
export const fingerprintKey = 'c2l.dev.fingerprint-key';

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

function plannedKeys(value: unknown): PlannedKey[] {
  return (Array.isArray(value) ? value : []).flatMap((entry) => {
    const { key, change, source } = asRecord(entry);
    const word = changeWords.find((each) => each === change);
    if (typeof key !== 'string' || word === undefined) return [];
    return [{ key, change: word, ...(typeof source === 'string' ? { source } : {}) }];
  });
}

function asRecord(value: unknown): Readonly<Record<string, unknown>> {
  return isRecord(value) ? value : {};
}

const changeWords: readonly KeyChange[] = ['ADD', 'CHANGE', 'SAME', 'KEEP', 'REMOVE'];
