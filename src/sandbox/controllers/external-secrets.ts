import { createHash } from 'node:crypto';
import { managedFieldsAfter } from '../api/api-managed-fields.ts';
import { apiTime } from '../api/api-time.ts';
import { isSameJson } from '../store/same-json.ts';
import type { NewObject, StoredObject, StoredOwnerReference } from '../store/stored-object.ts';
import type { Controller, ControlPlane } from './control-plane.ts';
import { duration } from './go-duration.ts';
import { ProviderProblem, remoteText, storeNamed, transitionTime, type RemoteRef } from './secret-stores.ts';
import { WorkQueue } from './work-queue.ts';

interface ExternalSecretSpec {
  readonly refreshInterval?: string;
  readonly secretStoreRef?: { readonly name?: string; readonly kind?: string };
  readonly target?: {
    readonly name?: string;
    readonly creationPolicy?: 'Owner' | 'Merge' | 'Orphan' | 'None';
    readonly template?: { readonly type?: string };
  };
  readonly data?: readonly { readonly secretKey: string; readonly remoteRef: RemoteRef }[];
  readonly dataFrom?: readonly { readonly extract?: RemoteRef }[];
}

interface ExternalSecretStatus {
  readonly refreshTime?: string;
  readonly syncedResourceVersion?: string;
  readonly binding?: { readonly name: string };
  readonly conditions?: readonly object[];
}

type Values = Readonly<Record<string, string>>;

const firstRetryMs = 1_000;
const longestRetryMs = 420_000;

/**
 * Writes Secrets as External Secrets does: what it owns or merges is put back as soon as somebody changes it, and what
 * its store holds anew is fetched when the interval is over or the ExternalSecret itself changes (`force-sync`).
 */
export function externalSecretsController(plane: ControlPlane): Controller {
  const failures = new Map<string, number>();
  const written: Written = new Map();
  const queue = new WorkQueue(plane.clock, (namespace, name) => {
    const external = plane.store.get('externalsecrets', namespace, name);
    // It runs without stores of the whole cluster, and says nothing of what names one.
    if (!external || specOf(external).secretStoreRef?.kind === 'ClusterSecretStore') {
      return;
    }
    const { uid } = external.metadata;
    const isDone = !isDue(plane, external, written) || sync(plane, external, written);
    const tries = isDone ? 0 : (failures.get(uid) ?? 0) + 1;
    failures.set(uid, tries);
    const waitMs = isDone ? intervalMs(external) : Math.min(firstRetryMs * 2 ** (tries - 1), longestRetryMs);
    if (waitMs > 0) {
      queue.add(namespace, name, waitMs);
    }
  });
  return {
    observe({ resource, type, object }) {
      const { namespace = '', name } = object.metadata;
      if (resource === 'externalsecrets' && type !== 'DELETED') {
        queue.add(namespace, name);
      }
      if (resource === 'secrets') {
        const affected = plane.store.list('externalsecrets', namespace).filter((each) => targetOf(each) === name);
        for (const external of affected) {
          queue.add(namespace, external.metadata.name);
        }
      }
    },
  };
}

/** By uid of the ExternalSecret: what it last wrote. */
type Written = Map<string, Values>;

function specOf(external: StoredObject): ExternalSecretSpec {
  return external['spec'] ?? {};
}

function statusOf(external: StoredObject): ExternalSecretStatus {
  return external['status'] ?? {};
}

function targetOf(external: StoredObject): string {
  return specOf(external).target?.name ?? external.metadata.name;
}

function policyOf(external: StoredObject): string {
  return specOf(external).target?.creationPolicy ?? 'Owner';
}

function intervalMs(external: StoredObject): number {
  return duration(specOf(external).refreshInterval ?? '1h');
}

function isDue(plane: ControlPlane, external: StoredObject, written: Written): boolean {
  const { refreshTime, syncedResourceVersion } = statusOf(external);
  if (refreshTime === undefined || syncedResourceVersion !== versionOf(external)) {
    return true;
  }
  const every = intervalMs(external);
  if (every > 0 && plane.clock.now().getTime() >= Date.parse(refreshTime) + every) {
    return true;
  }
  return !isIntact(plane, external, written.get(external.metadata.uid));
}

/** Whether the target still holds what was written; what it only created, or never found, is none of its business. */
function isIntact(plane: ControlPlane, external: StoredObject, written: Values | undefined): boolean {
  const policy = policyOf(external);
  if (written === undefined || policy === 'Orphan' || policy === 'None') {
    return true;
  }
  const target = plane.store.get('secrets', external.metadata.namespace, targetOf(external));
  const data = (target?.['data'] ?? {}) as Values;
  const isWhole = policy === 'Merge' || Object.keys(data).length === Object.keys(written).length;
  return isWhole && Object.entries(written).every(([key, value]) => data[key] === value);
}

/** Any annotation counts as a change: that is what `force-sync` lives on. */
function versionOf({ metadata }: StoredObject): string {
  const { annotations = {}, labels = {}, generation = 0 } = metadata;
  const text = JSON.stringify([annotations, labels]);
  return `${generation}-${createHash('sha256').update(text).digest('hex').slice(0, 56)}`;
}

/** Whether it is done for this time. */
function sync(plane: ControlPlane, external: StoredObject, written: Written): boolean {
  try {
    const values = fetchValues(plane, external);
    const isWritten = writeTarget(plane, external, values);
    if (isWritten) {
      written.set(external.metadata.uid, values);
    }
    writeStatus(plane, external, isWritten ? synced : targetMissing);
    return true;
  } catch (problem) {
    if (!(problem instanceof ProviderProblem || problem instanceof TargetProblem)) {
      throw problem;
    }
    const { message } = problem;
    plane.events.record(external, { type: 'Warning', reason: 'UpdateFailed', message, component: 'external-secrets' });
    writeStatus(plane, external, problem instanceof TargetProblem ? updateFailed : fetchFailed);
    return false;
  }
}

function fetchValues(plane: ControlPlane, external: StoredObject): Values {
  const { namespace = '' } = external.metadata;
  const { data = [], dataFrom = [], secretStoreRef } = specOf(external);
  const get = (place: string, ref: RemoteRef): string => {
    try {
      return remoteText(plane, storeNamed(plane, namespace, secretStoreRef?.name ?? ''), ref);
    } catch (problem) {
      const why = problem instanceof ProviderProblem ? problem.message : String(problem);
      throw new ProviderProblem(`error processing ${place} (key: ${ref.key}), err: ${why}`);
    }
  };
  const texts = Object.assign(
    {},
    ...dataFrom.map(({ extract }, index): unknown =>
      extract ? JSON.parse(get(`spec.dataFrom[${index}].extract`, extract)) : {},
    ),
    ...data.map(({ secretKey, remoteRef }, index) => ({ [secretKey]: get(`spec.data[${index}]`, remoteRef) })),
  ) as Values;
  const encoded = Object.entries(texts).map(([key, text]) => [key, Buffer.from(text).toString('base64')] as const);
  return Object.fromEntries(encoded);
}

class TargetProblem extends Error {}

/** False where there is nothing to merge into. */
function writeTarget(plane: ControlPlane, external: StoredObject, values: Values): boolean {
  const { namespace } = external.metadata;
  const policy = policyOf(external);
  const before = plane.store.get('secrets', namespace, targetOf(external));
  if (policy === 'None') {
    return true;
  }
  if (policy === 'Merge' && before === undefined) {
    return false;
  }
  const after = targetAfter(external, before, values);
  if (before !== undefined && isSameJson(before, after)) {
    return true;
  }
  after.metadata.managedFields = managedFieldsAfter(before, after, {
    manager: `externalsecrets.external-secrets.io/${external.metadata.name}`,
    now: plane.clock.now(),
    apiVersion: 'v1',
  });
  if (before === undefined) {
    plane.store.create('secrets', after);
  } else {
    plane.store.replace('secrets', { ...before, ...after, metadata: { ...before.metadata, ...after.metadata } });
  }
  return true;
}

function targetAfter(external: StoredObject, before: StoredObject | undefined, values: Values): NewObject {
  const { namespace = '' } = external.metadata;
  const policy = policyOf(external);
  const kept = policy === 'Merge' ? (before?.['data'] as Values | undefined) : {};
  return {
    ...before,
    apiVersion: 'v1',
    kind: 'Secret',
    type: before?.['type'] ?? specOf(external).target?.template?.type ?? 'Opaque',
    data: { ...kept, ...values },
    metadata: {
      ...before?.metadata,
      name: targetOf(external),
      namespace,
      labels: { ...before?.metadata.labels, 'reconcile.external-secrets.io/managed': 'true' },
      ...(policy === 'Owner' && { ownerReferences: ownersAfter(external, before) }),
    },
  };
}

function ownersAfter(
  { apiVersion, kind, metadata }: StoredObject,
  before: StoredObject | undefined,
): StoredOwnerReference[] {
  const { name, namespace = '', uid } = metadata;
  const others = before?.metadata.ownerReferences?.filter((owner) => owner.uid !== uid) ?? [];
  const rival = others.find(({ controller }) => controller === true);
  if (rival !== undefined) {
    const target = `${namespace}/${before?.metadata.name ?? ''}`;
    throw new TargetProblem(`Object ${target} is already owned by another ${rival.kind} controller ${rival.name}`);
  }
  return [...others, { apiVersion, kind, name, uid, controller: true, blockOwnerDeletion: true }];
}

interface Said {
  readonly status: 'True' | 'False';
  readonly reason: string;
  readonly message: string;
}

const synced: Said = { status: 'True', reason: 'SecretSynced', message: 'secret synced' };
const targetMissing: Said = {
  status: 'True',
  reason: 'SecretMissing',
  message: 'secret will not be created due to CreationPolicy=Merge',
};
const fetchFailed: Said = {
  status: 'False',
  reason: 'SecretSyncedError',
  message: 'could not get secret data from provider',
};
const updateFailed: Said = { status: 'False', reason: 'SecretSyncedError', message: 'could not update secret' };

/** A failure leaves the times of the last success as they were. */
function writeStatus(plane: ControlPlane, external: StoredObject, said: Said): void {
  const { namespace, name } = external.metadata;
  plane.store.mutate('externalsecrets', namespace, name, (draft) => {
    draft['status'] = {
      ...statusOf(external),
      ...(said.status === 'True' && {
        refreshTime: apiTime(plane.clock.now()),
        syncedResourceVersion: versionOf(external),
        binding: { name: targetOf(external) },
      }),
      conditions: [{ type: 'Ready', ...said, lastTransitionTime: transitionTime(plane, external, said.reason) }],
    };
  });
}
