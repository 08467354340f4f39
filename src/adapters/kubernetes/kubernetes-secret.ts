import { trackedBy, trackingLabel } from '../../core/argocd/application-objects.ts';
import type { ObjectMeta } from '../../core/cluster/kubernetes-metadata.ts';
import type { Secret, SecretOwner } from '../../core/cluster/secret.ts';
import { notedTimes, type NotedTimes } from '../../core/revisions/key-times.ts';
import { SecretValue } from '../../core/secrets/secret-value.ts';
import { asObject, asText, parseObject } from '../json-object.ts';
import { certificateFacts } from './certificate-facts.ts';
import { reducer, type Reduced } from './kubernetes-shapes.ts';
import { lastApplied, metadataShape } from './metadata-shape.ts';
import { pullCredentials } from './pull-credentials.ts';

export const fieldManager = 'c2l';

const reduceMetadata = reducer<ObjectMeta>(metadataShape);

/** Undefined when the object is no Secret: its values cannot be told apart from garbage then. */
export function toSecret(object: unknown): Secret | undefined {
  const fields = asObject(object);
  const metadata = asObject(fields?.['metadata']);
  const kept = namespaced(reduceMetadata(metadata));
  const data = toValues(fields?.['data']);
  if (fields === undefined || kept === undefined || data === undefined) return undefined;

  const managedFields = metadata?.['managedFields'];
  const writers = dataWriters(managedFields);
  const [owner, ...otherOwners] = ownersOf(kept, writers);
  const type = asText(fields['type']) || 'Opaque';
  const noted = notedTimes(kept);
  const lastWrite = lastWriteOf(managedFields);
  return {
    metadata: kept,
    type,
    immutable: fields['immutable'] === true,
    data,
    ...changeTimes(managedFields, noted, kept.creationTimestamp),
    keyAddedAt: noted.added,
    exposedKeys: exposedKeys(asText(asObject(metadata?.['annotations'])?.[lastApplied])),
    ...contentsOf(type, data),
    ...(owner === undefined ? {} : { owner }),
    ...(lastWrite === undefined ? {} : { lastWrite }),
    otherOwners,
    writers: writers.filter((manager) => manager !== fieldManager),
  };
}

function namespaced(reduced: Reduced<ObjectMeta>): Secret['metadata'] | undefined {
  if (reduced.misfit !== undefined || reduced.kept.namespace === undefined) return undefined;
  return { ...reduced.kept, namespace: reduced.kept.namespace };
}

function toValues(data: unknown): Map<string, SecretValue> | undefined {
  const values = new Map<string, SecretValue>();
  if (data === undefined || data === null) return values;
  const entries = Object.entries(asObject(data) ?? { '': undefined });
  for (const [key, value] of entries) {
    if (typeof value !== 'string' || !/^[A-Za-z0-9+/]*={0,2}$/.test(value) || value.length % 4 !== 0) return undefined;
    values.set(key, SecretValue.fromBase64(value));
  }
  return values;
}

/**
 * What c2l noted, and the times of others that hold one key alone; of one that holds several any may have changed. A
 * time from before c2l added keys back may be of the very write that lost them, and left its writer what it did not
 * touch; that of the creation is no change of anything.
 */
function changeTimes(
  managedFields: unknown,
  { changed, added }: NotedTimes,
  createdAt = '',
): Pick<Secret, 'keyChangedAt' | 'keyDoubtedAt'> {
  const keyChangedAt = new Map(changed);
  const keyDoubtedAt = new Map<string, string>();
  const from = [createdAt, ...added.values()].reduce((last, time) => (time > last ? time : last));
  for (const entry of Array.isArray(managedFields) ? managedFields.map(asObject) : []) {
    const time = asText(entry?.['time']);
    if (time <= from) continue;
    const isOwn = entry?.['manager'] === fieldManager;
    const keys = isOwn ? writtenUntil(time, changed) : heldKeys(entry);
    const times = keys.length === 1 && !isOwn ? keyChangedAt : keyDoubtedAt;
    for (const key of keys.filter((held) => time > (times.get(held) ?? ''))) times.set(key, time);
  }
  return { keyChangedAt, keyDoubtedAt };
}

/** No request takes longer. */
const longestWriteMs = 15_000;

/** What c2l changed with its last write: it notes the time before it writes, and the server that of the write. */
function writtenUntil(time: string, changed: NotedTimes['changed']): string[] {
  const last = [...changed.values()].reduce((latest, noted) => (noted > latest ? noted : latest), '');
  const isOfThatWrite = time > last && Date.parse(time) - Date.parse(last) <= longestWriteMs;
  return isOfThatWrite ? [...changed].flatMap(([key, noted]) => (noted === last ? [key] : [])) : [];
}

/** Of two in one second the server tells no order: c2l's own is then the one of which more is known. */
function lastWriteOf(managedFields: unknown): { manager: string; at: string } | undefined {
  const entries = Array.isArray(managedFields) ? managedFields.map(asObject) : [];
  const writes = entries.map((entry) => ({ manager: asText(entry?.['manager']), at: asText(entry?.['time']) }));
  return writes.reduce<{ manager: string; at: string } | undefined>(
    (last, write) => (last === undefined || isLater(write, last) ? write : last),
    undefined,
  );
}

function isLater(write: { manager: string; at: string }, last: { manager: string; at: string }): boolean {
  return write.at === last.at ? last.manager !== fieldManager : write.at > last.at;
}

function heldKeys(entry: Record<string, unknown> | undefined): string[] {
  const data = asObject(asObject(entry?.['fieldsV1'])?.['f:data']) ?? {};
  return Object.keys(data).flatMap((field) => (field.startsWith('f:') ? [field.slice(2)] : []));
}

/** Client-side apply keeps the whole manifest, values included, in an annotation that every reader can see. */
function exposedKeys(applied: string): string[] {
  const manifest = parseObject(applied);
  const exposed = [manifest?.['data'], manifest?.['stringData']].flatMap((values) =>
    Object.entries(asObject(values) ?? {}).filter(([, value]) => typeof value === 'string' && value !== ''),
  );
  return [...new Set(exposed.map(([key]) => key))].sort();
}

type SecretMetadata = ObjectMeta & { readonly namespace: string };

/** What is told of values as a whole, so that nobody has to look into them again. */
function contentsOf(type: string, data: Secret['data']): Pick<Secret, 'certificate' | 'pullCredentials'> {
  const certificate = certificateFacts(data);
  const credentials = pullCredentials(type, data);
  return { ...(certificate && { certificate }), ...(credentials && { pullCredentials: credentials }) };
}

/** Those that refuse a patch come first: a Secret may bear the marks of several. */
function ownersOf(metadata: SecretMetadata, writers: readonly string[]): SecretOwner[] {
  const owners = metadata.ownerReferences ?? [];
  const named = (by: SecretOwner['by'], names: readonly (string | undefined)[]): SecretOwner[] =>
    [...new Set(names)].flatMap((name) => (name === undefined ? [] : [{ by, name }]));
  const namesOf = (kind: string): string[] => owners.filter((owner) => owner.kind === kind).map(({ name }) => name);
  const external = namesOf('ExternalSecret');
  const controllers = owners.filter(
    ({ kind, controller }) => controller === true && kind !== 'ExternalSecret' && kind !== 'SealedSecret',
  );
  return [
    ...named('external-secrets', external.length > 0 ? external : [externalWriter(metadata, writers)]),
    ...named('sealed-secrets', namesOf('SealedSecret')),
    ...named('argocd', [applicationOf(metadata, writers)]),
    ...named(
      'controller',
      controllers.map(({ kind, name }) => `${kind}/${name}`),
    ),
    ...named('helm', [releaseOf(metadata)]),
  ];
}

/** Where Argo CD tracks by label, that label alone could as well be a chart's. */
function applicationOf(metadata: SecretMetadata, writers: readonly string[]): string | undefined {
  const { namespace, name } = metadata;
  const tracked = trackedBy({ group: '', kind: 'Secret', namespace, name }, metadata);
  if (tracked !== undefined || !writers.includes('argocd-controller')) return tracked;
  return metadata.labels?.[trackingLabel];
}

function releaseOf({ annotations, labels }: SecretMetadata): string | undefined {
  const isHelm = labels?.['app.kubernetes.io/managed-by'] === 'Helm';
  return isHelm ? annotations?.['meta.helm.sh/release-name'] : undefined;
}

/** Who wrote a key that is there. */
function dataWriters(managedFields: unknown): string[] {
  const entries = Array.isArray(managedFields) ? managedFields.map(asObject) : [];
  return entries.filter((entry) => heldKeys(entry).length > 0).map((entry) => asText(entry?.['manager']));
}

/**
 * External Secrets that merges into a Secret leaves no owner reference, but writes as a manager of its own name. The
 * label does not tell the ExternalSecret, which is called like its Secret where it names no other.
 */
function externalWriter({ name, labels }: SecretMetadata, writers: readonly string[]): string | undefined {
  const prefix = 'externalsecrets.external-secrets.io/';
  const writer = writers.find((manager) => manager.startsWith(prefix));
  if (writer !== undefined) return writer.slice(prefix.length);
  return labels?.['reconcile.external-secrets.io/managed'] === 'true' ? name : undefined;
}
