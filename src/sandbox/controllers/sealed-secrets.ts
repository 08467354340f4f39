import type { NewObject, StoredObject } from '../store/stored-object.ts';
import type { Controller, ControlPlane } from './control-plane.ts';
import { transitionTime } from './secret-stores.ts';
import { unseal, UnsealProblem, type SealedLabel } from './unseal.ts';
import { WorkQueue } from './work-queue.ts';

interface SealedSecretSpec {
  readonly encryptedData?: Readonly<Record<string, string>>;
  readonly template?: {
    readonly type?: string;
    readonly metadata?: { readonly labels?: Record<string, string>; readonly annotations?: Record<string, string> };
  };
}

const prefix = 'sealedsecrets.bitnami.com';

/**
 * Unseals as Sealed Secrets does: when the SealedSecret's own spec changes and when its Secret is deleted. What somebody
 * changes in the Secret between stays until then.
 */
export function sealedSecretsController(plane: ControlPlane): Controller {
  const queue = new WorkQueue(plane.clock, (namespace, name) => {
    const sealed = plane.store.get('sealedsecrets', namespace, name);
    if (sealed) {
      unsealInto(plane, sealed);
    }
  });
  return {
    observe({ resource, type, object, previous }) {
      const { namespace = '', name, generation } = object.metadata;
      const isOwn = resource === 'sealedsecrets' && type !== 'DELETED';
      if (isOwn && generation !== previous?.metadata.generation) {
        queue.add(namespace, name);
      }
      if (resource === 'secrets' && type === 'DELETED') {
        queue.add(namespace, name);
      }
    },
  };
}

function unsealInto(plane: ControlPlane, sealed: StoredObject): void {
  try {
    const before = plane.store.get('secrets', sealed.metadata.namespace, sealed.metadata.name);
    const after = secretFrom(plane, sealed);
    if (before === undefined) {
      plane.store.create('secrets', after);
    } else {
      replaceOwn(plane, sealed, { before, after });
    }
    record(plane, sealed, ['Normal', 'Unsealed', 'SealedSecret unsealed successfully']);
    writeStatus(plane, sealed);
  } catch (problem) {
    if (!(problem instanceof UnsealProblem)) {
      throw problem;
    }
    record(plane, sealed, ['Warning', problem.reason, problem.message]);
    writeStatus(plane, sealed, problem.told);
  }
}

function secretFrom(plane: ControlPlane, sealed: StoredObject): NewObject {
  const { namespace = '', name, uid } = sealed.metadata;
  const { encryptedData = {}, template } = (sealed['spec'] ?? {}) as SealedSecretSpec;
  const keys = plane.store
    .list('secrets')
    .filter(({ metadata }) => metadata.labels?.[`${prefix}/sealed-secrets-key`] === 'active')
    .map((secret) => Buffer.from((secret['data'] as Record<string, string>)['tls.key'] ?? '', 'base64').toString());
  const data = Object.entries(encryptedData).map(([key, text]) => [key, unseal(text, keys, labelOf(sealed), key)]);
  const { labels, annotations } = template?.metadata ?? {};
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    type: template?.type ?? 'Opaque',
    data: Object.fromEntries(data) as Record<string, string>,
    metadata: {
      name,
      namespace,
      ...(labels && { labels }),
      ...(annotations && { annotations }),
      ownerReferences: [{ apiVersion: sealed.apiVersion, kind: sealed.kind, name, uid, controller: true }],
    },
  };
}

/** What a value was sealed for: this Secret, its namespace, or any. */
function labelOf({ metadata }: StoredObject): SealedLabel {
  const { namespace = '', name, annotations = {} } = metadata;
  if (annotations[`${prefix}/cluster-wide`] === 'true') {
    return '';
  }
  return annotations[`${prefix}/namespace-wide`] === 'true' ? namespace : `${namespace}/${name}`;
}

function replaceOwn(
  plane: ControlPlane,
  sealed: StoredObject,
  { before, after }: { before: StoredObject; after: NewObject },
): void {
  const isMarked = (mark: string): boolean => before.metadata.annotations?.[`${prefix}/${mark}`] === 'true';
  const isPatched = isMarked('patch');
  const isOwn = before.metadata.ownerReferences?.some(({ uid }) => uid === sealed.metadata.uid);
  if (!isPatched && !isMarked('managed') && isOwn !== true) {
    const message = `Resource ${JSON.stringify(before.metadata.name)} already exists and is not managed by SealedSecret`;
    throw new UnsealProblem('ErrUpdateFailed', message, `failed update: ${message}`);
  }
  const { labels = {}, annotations = {}, ownerReferences = [] } = after.metadata;
  const data = isPatched ? { ...(before['data'] as object), ...(after['data'] as object) } : after['data'];
  plane.store.replace('secrets', {
    ...before,
    type: after['type'],
    data,
    metadata: {
      ...before.metadata,
      ...(!isPatched && { labels, annotations }),
      ...((!isPatched || isMarked('managed')) && { ownerReferences }),
    },
  });
}

function record(
  plane: ControlPlane,
  sealed: StoredObject,
  said: readonly ['Normal' | 'Warning', string, string],
): void {
  const [type, reason, message] = said;
  plane.events.record(sealed, { type, reason, message, component: 'sealed-secrets' });
}

function writeStatus(plane: ControlPlane, sealed: StoredObject, problem?: string): void {
  const { namespace, name, generation } = sealed.metadata;
  const time = transitionTime(plane, sealed, '');
  plane.store.mutate('sealedsecrets', namespace, name, (draft) => {
    draft['status'] = {
      observedGeneration: generation,
      conditions: [
        {
          type: 'Synced',
          status: problem === undefined ? 'True' : 'False',
          ...(problem !== undefined && { message: problem }),
          lastTransitionTime: time,
          lastUpdateTime: time,
        },
      ],
    };
  });
}
