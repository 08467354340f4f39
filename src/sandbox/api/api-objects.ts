import type { SandboxClock } from '../clock/sandbox-clock.ts';
import { admitPod } from '../controllers/pod-admission.ts';
import { groupVersion, qualifiedName, type ResourceType } from '../resources.ts';
import type { ObjectStore } from '../store/object-store.ts';
import type { ManagedFieldsEntry, NewObject, StoredMeta, StoredObject } from '../store/stored-object.ts';
import type { AccessRules } from './api-access.ts';
import { normalized, withDefaults } from './api-defaults.ts';
import type { Json } from './api-json.ts';
import { managedFieldsAfter } from './api-managed-fields.ts';
import { applyPatch, type PatchType } from './api-patch.ts';
import { ApiProblem, badRequest, conflict, notFound } from './api-problem.ts';
import type { Programs } from './api-programs.ts';
import type { ApiRequest } from './api-request.ts';
import { validateChange, validateNew } from './api-validation.ts';

export interface ApiContext {
  readonly store: ObjectStore;
  readonly clock: SandboxClock;
  readonly programs: Programs;
  readonly access: AccessRules;
}

export interface Answer {
  readonly code: number;
  readonly body: unknown;
}

export function isDryRun(request: ApiRequest): boolean {
  return request.query.getAll('dryRun').includes('All');
}

/** The stored object that a request names; 404 as the API words it. */
export function existing(context: ApiContext, request: ApiRequest): StoredObject {
  const { type, namespace, name = '' } = request;
  const found = context.store.get(type.name, namespace, name);
  if (!found) {
    throw noSuchObject(type, name);
  }
  return found;
}

function noSuchObject(type: ResourceType, name: string): Error {
  return notFound(qualifiedName(type), name, type);
}

/** What was sent, made sure to be an object of the kind and place that the path names. */
export function objectFrom(request: ApiRequest, body: unknown): NewObject {
  const { type, namespace } = request;
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw badRequest(`the object provided is unrecognized (must be of type ${type.kind})`);
  }
  const given = body as Partial<NewObject>;
  const { kind = type.kind, apiVersion = groupVersion(type) } = given;
  if (kind !== type.kind || apiVersion !== groupVersion(type)) {
    throw badRequest(`${kind} in version "${apiVersion}" cannot be handled as a ${type.kind}`);
  }
  checkPlace(request, given.metadata ?? {});
  return { ...given, kind, apiVersion, metadata: { ...given.metadata, ...(namespace !== undefined && { namespace }) } };
}

function checkPlace({ namespace, name }: ApiRequest, metadata: NewObject['metadata']): void {
  if (metadata.namespace !== undefined && metadata.namespace !== namespace) {
    throw badRequest('the namespace of the provided object does not match the namespace sent on the request');
  }
  if (name !== undefined && metadata.name !== name) {
    throw badRequest(`the name of the object (${metadata.name ?? ''}) does not match the name on the URL (${name})`);
  }
}

/** The metadata that a client decides; all other metadata is the server's. */
function clientMetadata({
  labels,
  annotations,
  ownerReferences,
  finalizers,
}: NewObject['metadata']): Partial<StoredMeta> {
  return {
    ...(labels && Object.keys(labels).length > 0 && { labels }),
    ...(annotations && Object.keys(annotations).length > 0 && { annotations }),
    ...(ownerReferences && ownerReferences.length > 0 && { ownerReferences }),
    ...(finalizers && finalizers.length > 0 && { finalizers }),
  };
}

export function createObject(context: ApiContext, request: ApiRequest, body: unknown): Answer {
  const { store } = context;
  const { type, namespace } = request;
  const filled = withDefaults(type, objectFrom(request, body));
  if (namespace !== undefined && !store.get('namespaces', undefined, namespace)) {
    throw notFound('namespaces', namespace);
  }
  const object = type.name === 'pods' ? admitPod(store, filled) : filled;
  const { name, generateName } = object.metadata;
  object.metadata = {
    ...(name !== undefined && { name }),
    ...(generateName !== undefined && { generateName }),
    ...(namespace !== undefined && { namespace }),
    ...clientMetadata(object.metadata),
    ...managed(context, request, { before: undefined, after: object }),
  };
  validateNew(type, object);
  return { code: 201, body: isDryRun(request) ? store.preview(type.name, object) : store.create(type.name, object) };
}

function managed(
  context: ApiContext,
  request: ApiRequest,
  change: { before: StoredObject | undefined; after: NewObject },
): { managedFields?: ManagedFieldsEntry[] } {
  if (request.type.name !== 'secrets' && request.type.name !== 'configmaps') {
    return {};
  }
  const operation = request.operation ?? 'Update';
  const manager = request.query.get('fieldManager') ?? (request.userAgent.split('/')[0] || 'unknown');
  const managedFields = managedFieldsAfter(change.before, change.after, {
    manager,
    operation,
    now: context.clock.now(),
    apiVersion: groupVersion(request.type),
  });
  return managedFields.length > 0 ? { managedFields } : {};
}

export function updateObject(context: ApiContext, request: ApiRequest, body: unknown): Answer {
  const before = existing(context, request);
  return { code: 200, body: write(context, request, { before, wanted: objectFrom(request, body) }) };
}

export function patchObject(
  context: ApiContext,
  request: ApiRequest,
  patch: { type: Exclude<PatchType, 'apply'>; body: unknown },
): Answer {
  const before = existing(context, request);
  const patched = applyPatch(patch.type, before as unknown as Json, patch.body as Json);
  const wanted = objectFrom(request, patched);
  assertDecodable(request.type, wanted);
  return { code: 200, body: write(context, request, { before, wanted }) };
}

/** What cannot be read after a patch is answered with all of it, Secret or not: clients must not print that message. */
function assertDecodable(type: ResourceType, patched: NewObject): void {
  try {
    normalized(type, patched);
  } catch (error) {
    const why = error instanceof ApiProblem ? error.message.replace(/^.*cannot be handled as a \w+: /, '') : '';
    const message = `Invalid value: ${JSON.stringify(JSON.stringify(patched))}: ${why}`;
    throw new ApiProblem(422, 'Invalid', ` "" is invalid: patch: ${message}`, {
      causes: [{ reason: 'FieldValueInvalid', message, field: 'patch' }],
    });
  }
}

/** Puts a wanted state in the place of the stored one, after all checks; the server's own fields stay the server's. */
export function write(
  context: ApiContext,
  request: ApiRequest,
  change: { before: StoredObject; wanted: NewObject },
): StoredObject {
  const { before, wanted } = change;
  const { type } = request;
  const expected = wanted.metadata.resourceVersion;
  if (expected !== undefined && expected !== '' && expected !== before.metadata.resourceVersion) {
    throw conflict(
      qualifiedName(type),
      before.metadata.name,
      'the object has been modified; please apply your changes to the latest version and try again',
    );
  }
  const kept = ownFieldsKept(type, request.subresource, change);
  const { uid = kept.metadata.uid } = wanted.metadata;
  const after = { ...kept, metadata: { ...kept.metadata, uid } };
  validateChange(type, before, after);
  Object.assign(after.metadata, managed(context, request, { before, after }));
  return isDryRun(request) ? after : context.store.replace(type.name, after);
}

function ownFieldsKept(
  type: ResourceType,
  subresource: string | undefined,
  { before, wanted }: { before: StoredObject; wanted: NewObject },
): StoredObject {
  if (subresource === 'status') {
    return { ...before, status: wanted['status'] ?? {} };
  }
  const metadata = { ...before.metadata };
  for (const field of ['labels', 'annotations', 'ownerReferences', 'finalizers'] as const) {
    Reflect.deleteProperty(metadata, field);
  }
  return {
    ...normalized(type, wanted),
    metadata: { ...metadata, ...clientMetadata(wanted.metadata) },
    ...(type.status && before['status'] !== undefined && { status: before['status'] }),
  };
}
