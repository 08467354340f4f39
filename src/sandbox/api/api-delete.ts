import type { ResourceType } from '../resources.ts';
import type { StoredObject } from '../store/stored-object.ts';
import { existing, isDryRun, type Answer, type ApiContext } from './api-objects.ts';
import { badRequest, conflict } from './api-problem.ts';
import type { ApiRequest } from './api-request.ts';
import { apiTime } from './api-time.ts';

/** The options of a deletion, from the query only where there is no body. */
export interface DeleteOptions {
  readonly gracePeriodSeconds?: number;
  readonly propagationPolicy?: string;
  readonly orphanDependents?: boolean;
  readonly dryRun?: readonly string[];
  readonly preconditions?: { readonly uid?: string; readonly resourceVersion?: string };
}

function optionsOf(request: ApiRequest, body: unknown): DeleteOptions {
  if (body !== undefined && (typeof body !== 'object' || body === null)) {
    throw badRequest('the deletion options are not an object');
  }
  if (body !== undefined) return body;
  const grace = request.query.get('gracePeriodSeconds');
  const propagation = request.query.get('propagationPolicy');
  return {
    ...(grace !== null && { gracePeriodSeconds: Number(grace) }),
    ...(propagation !== null && { propagationPolicy: propagation }),
    ...(isDryRun(request) && { dryRun: ['All'] }),
  };
}

export function deleteObject(context: ApiContext, request: ApiRequest, body: unknown): Answer {
  const object = existing(context, request);
  const options = optionsOf(request, body);
  checkPreconditions(request.type, object, options);
  const dryRun = (options.dryRun ?? []).includes('All');
  const left = dryRun ? object : removeObject(context, request.type, { object, options });
  return { code: 200, body: left ?? success(request.type, object) };
}

export function deleteCollection(
  context: ApiContext,
  request: ApiRequest,
  chosen: { objects: readonly StoredObject[]; body: unknown },
): Answer {
  const options = optionsOf(request, chosen.body);
  if (!(options.dryRun ?? []).includes('All')) {
    for (const object of chosen.objects) {
      removeObject(context, request.type, { object, options });
    }
  }
  return { code: 200, body: { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success' } };
}

function success(type: ResourceType, object: StoredObject): unknown {
  const { name, uid } = object.metadata;
  const details = { name, ...(type.group !== '' && { group: type.group }), kind: type.name, uid };
  return { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', details };
}

/** Throws 409 where the object is no longer the one that was meant. */
export function checkPreconditions(type: ResourceType, object: StoredObject, options: DeleteOptions): void {
  const { uid, resourceVersion } = options.preconditions ?? {};
  const { metadata } = object;
  if (uid !== undefined && uid !== metadata.uid) {
    throw conflict(
      type.kind,
      metadata.name,
      `the UID in the precondition (${uid}) does not match the UID in record (${metadata.uid}). ` +
        'The object might have been deleted and then recreated',
    );
  }
  if (resourceVersion !== undefined && resourceVersion !== metadata.resourceVersion) {
    throw conflict(
      type.kind,
      metadata.name,
      `the ResourceVersion in the precondition (${resourceVersion}) does not match the ResourceVersion in record ` +
        `(${metadata.resourceVersion}). The object might have been modified`,
    );
  }
}

/**
 * Takes an object away, or marks it as being deleted where somebody has to act first: a finalizer, or the kubelet that
 * runs the pod. Returns what is left of it, or undefined. What it owned is collected by the garbage collector.
 */
export function removeObject(
  context: ApiContext,
  type: ResourceType,
  { object, options }: { object: StoredObject; options: DeleteOptions },
): StoredObject | undefined {
  const { store } = context;
  const { namespace, name, uid } = object.metadata;
  if (options.propagationPolicy === 'Orphan' || options.orphanDependents === true) {
    orphanDependents(context, uid);
  }
  if (type.name === 'namespaces') {
    emptyNamespace(context, name);
  }
  const grace = gracePeriod(type, object, options);
  if (grace === 0 && (object.metadata.finalizers ?? []).length === 0) {
    store.remove(type.name, namespace, name);
    return type.name === 'pods' || type.name === 'namespaces' ? object : undefined;
  }
  return store.mutate(type.name, namespace, name, ({ metadata }) => {
    metadata.deletionTimestamp ??= apiTime(new Date(context.clock.now().getTime() + grace * 1000));
    metadata.deletionGracePeriodSeconds = Math.min(grace, metadata.deletionGracePeriodSeconds ?? grace);
  });
}

/** Only a pod that a node runs, or is about to run, is given time; one that was never scheduled is gone at once. */
function gracePeriod(type: ResourceType, object: StoredObject, options: DeleteOptions): number {
  const spec = (object['spec'] ?? {}) as { nodeName?: string; terminationGracePeriodSeconds?: number };
  const { phase } = (object['status'] ?? {}) as { phase?: string };
  if (type.name !== 'pods' || spec.nodeName === undefined || phase === 'Succeeded' || phase === 'Failed') {
    return 0;
  }
  return options.gracePeriodSeconds ?? spec.terminationGracePeriodSeconds ?? 30;
}

function orphanDependents({ store }: ApiContext, uid: string): void {
  for (const resource of store.resources()) {
    const owned = store
      .list(resource)
      .filter(({ metadata }) => metadata.ownerReferences?.some((owner) => owner.uid === uid));
    for (const { metadata } of owned) {
      store.mutate(resource, metadata.namespace, metadata.name, (draft) => {
        draft.metadata.ownerReferences = (draft.metadata.ownerReferences ?? []).filter((owner) => owner.uid !== uid);
      });
    }
  }
}

function emptyNamespace({ store }: ApiContext, namespace: string): void {
  // Owners go before what they own, so that no controller puts back what was just taken away.
  const owners = ['applications', 'cronjobs', 'jobs', 'deployments', 'statefulsets', 'daemonsets', 'replicasets'];
  for (const resource of [...owners, ...store.resources().filter((name) => !owners.includes(name))]) {
    for (const { metadata } of store.list(resource, namespace)) {
      if (store.get(resource, namespace, metadata.name)) {
        store.remove(resource, namespace, metadata.name);
      }
    }
  }
}
