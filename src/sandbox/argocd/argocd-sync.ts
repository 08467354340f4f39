import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseAllDocuments } from 'yaml';
import { managedFieldsAfter } from '../api/api-managed-fields.ts';
import type { Controller, ControlPlane } from '../controllers/control-plane.ts';
import { WorkQueue } from '../controllers/work-queue.ts';
import { groupVersion, resourceTypes } from '../resources.ts';
import { isSameJson } from '../store/same-json.ts';
import type { NewObject, StoredObject } from '../store/stored-object.ts';
import { prune, surplusOf, trackingId, trackingIdOf, type Pruning, type Surplus } from './argocd-prune.ts';

const refresh = 'argocd.argoproj.io/refresh';
const lookMs = 300;
/** Self-heal waits longer each time that the same revision drifts again. */
const backOffMs = [0, 2_000, 6_000, 18_000, 54_000, 162_000] as const;
const longestBackOffMs = 300_000;

interface Attempt {
  readonly revision: string;
  readonly heals: number;
  readonly healedAt: number;
}

interface ApplicationSpec {
  readonly source?: { readonly repoURL?: string; readonly path?: string };
  readonly destination?: { readonly namespace?: string };
  readonly syncPolicy?: { readonly automated?: Automated | null };
}

interface Automated extends Pruning {
  readonly enabled?: boolean;
  readonly selfHeal?: boolean;
}

/**
 * Keeps what Applications have in Git as it is there, where their repository is a folder of this machine: a new revision
 * is synced by itself where that is automated, drift is set back where self-heal is on, and what left Git goes where
 * prune is. What else stands in an object survives. The annotation that asks for a refresh is taken away once it was looked.
 */
export function applicationSync(plane: ControlPlane): Controller {
  const attempts = new Map<string, Attempt>();
  const queue: WorkQueue = new WorkQueue(plane.clock, (namespace, name) => {
    const application = plane.store.get('applications', namespace, name);
    if (application === undefined) {
      return;
    }
    const desired = desiredObjects(application);
    const waitMs = desired === undefined ? 0 : syncWhatIsDue(plane, application, { ...desired, attempts });
    if (waitMs > 0) {
      queue.add(namespace, name, waitMs);
    }
    if (desired !== undefined) {
      const surplus = surplusOf(plane, application, desired.objects);
      prune(plane, application, { surplus, policy: automatedOf(application), isEmpty: desired.objects.length === 0 });
    }
    writeStatus(plane, application, desired?.objects);
  });
  return {
    observe({ resource, type, object }) {
      const { namespace = '', name } = object.metadata;
      if (resource === 'applications' && type !== 'DELETED') {
        queue.add(namespace, name, lookMs);
      }
      const tracked = object.metadata.annotations?.[trackingId]?.split(':')[0];
      if (tracked !== undefined) {
        for (const { metadata } of plane.store.list('applications')) {
          if (metadata.name === tracked) {
            queue.add(metadata.namespace ?? '', tracked, lookMs);
          }
        }
      }
    },
  };
}

function specOf(application: StoredObject): ApplicationSpec {
  return application['spec'] ?? {};
}

interface Desired {
  readonly revision: string;
  readonly objects: readonly NewObject[];
}

function automatedOf(application: StoredObject): Automated | undefined {
  const { automated } = specOf(application).syncPolicy ?? {};
  return automated && automated.enabled !== false ? automated : undefined;
}

/** Undefined where the repository is not one that can be read here. */
function desiredObjects(application: StoredObject): Desired | undefined {
  const { source = {}, destination = {} } = specOf(application);
  if (source.repoURL?.startsWith('file://') !== true) {
    return undefined;
  }
  const folder = join(fileURLToPath(source.repoURL), source.path ?? '');
  const texts = readdirSync(folder)
    .filter((file) => /\.ya?ml$/.test(file))
    .sort()
    .map((file) => readFileSync(join(folder, file), 'utf8'));
  const objects = texts.flatMap((text) =>
    parseAllDocuments(text).map((document) =>
      tracked(document.toJS() as NewObject, application, destination.namespace),
    ),
  );
  return { revision: createHash('sha1').update(texts.join('\n---\n')).digest('hex'), objects };
}

function tracked(object: NewObject, { metadata: { name: owner } }: StoredObject, into: string | undefined): NewObject {
  const { stringData, data, ...others } = object as NewObject &
    Partial<Record<'stringData' | 'data', Record<string, string>>>;
  const { metadata } = object;
  const { namespace = into ?? '' } = metadata;
  const id = trackingIdOf(owner, { ...object, metadata: { ...metadata, namespace } });
  const encoded = Object.entries(stringData ?? {}).map(([key, text]) => [key, Buffer.from(text).toString('base64')]);
  const values = { ...data, ...(Object.fromEntries(encoded) as Record<string, string>) };
  return {
    ...others,
    ...(Object.keys(values).length > 0 && { data: values }),
    metadata: { ...metadata, namespace, annotations: { ...metadata.annotations, [trackingId]: id } },
  };
}

function resourceOf({ apiVersion, kind }: NewObject): string {
  return resourceTypes.find((type) => type.kind === kind && groupVersion(type) === apiVersion)?.name ?? '';
}

function liveOf({ store }: ControlPlane, object: NewObject): StoredObject | undefined {
  return store.get(resourceOf(object), object.metadata.namespace, object.metadata.name ?? '');
}

/** Gives how long it waits before it heals. */
function syncWhatIsDue(
  plane: ControlPlane,
  application: StoredObject,
  { revision, objects, attempts }: Desired & { readonly attempts: Map<string, Attempt> },
): number {
  const automated = automatedOf(application);
  const drifted = objects.filter((object) => !holds(liveOf(plane, object), object));
  if (automated === undefined || drifted.length === 0) {
    return 0;
  }
  const { uid } = application.metadata;
  const before = attempts.get(uid);
  const now = plane.clock.now().getTime();
  if (before?.revision === revision) {
    const waitMs = automated.selfHeal === true ? healsIn(before, now) : undefined;
    if (waitMs !== 0) {
      return waitMs ?? 0;
    }
  }
  const heals = before?.revision === revision ? before.heals + 1 : 0;
  attempts.set(uid, { revision, heals, healedAt: now });
  for (const object of drifted) {
    apply(plane, object);
  }
  return 0;
}

function healsIn({ heals, healedAt }: Attempt, now: number): number {
  const waitMs = backOffMs[heals] ?? longestBackOffMs;
  return Math.max(0, healedAt + waitMs - now);
}

function apply({ store, clock }: ControlPlane, object: NewObject): void {
  const resource = resourceOf(object);
  const live = store.get(resource, object.metadata.namespace, object.metadata.name ?? '');
  const after = merged(live ?? {}, object) as NewObject;
  after.metadata.managedFields = managedFieldsAfter(live, after, {
    manager: 'argocd-controller',
    now: clock.now(),
    apiVersion: object.apiVersion,
  });
  if (live === undefined) {
    store.create(resource, { ...after, ...(object.kind === 'Secret' && { type: after['type'] ?? 'Opaque' }) });
  } else {
    store.replace(resource, { ...live, ...after, metadata: { ...live.metadata, ...after.metadata } });
  }
}

/** Whether everything that Git says of an object is so; what Git does not mention is nobody's drift. */
function holds(live: unknown, desired: unknown): boolean {
  if (typeof desired !== 'object' || desired === null || Array.isArray(desired)) {
    return isSameJson(live, desired);
  }
  if (typeof live !== 'object' || live === null) {
    return false;
  }
  return Object.entries(desired).every(([key, value]) => holds((live as Record<string, unknown>)[key], value));
}

function merged(live: unknown, desired: unknown): unknown {
  if (typeof desired !== 'object' || desired === null || Array.isArray(desired)) {
    return desired;
  }
  const base = typeof live === 'object' && live !== null ? live : {};
  const entries = Object.entries(desired).map(([key, value]) => [
    key,
    merged((base as Record<string, unknown>)[key], value),
  ]);
  return { ...base, ...(Object.fromEntries(entries) as object) };
}

function writeStatus(plane: ControlPlane, application: StoredObject, objects: readonly NewObject[] | undefined): void {
  const { namespace, name } = application.metadata;
  plane.store.mutate('applications', namespace, name, (draft) => {
    const { [refresh]: asked, ...others } = draft.metadata.annotations ?? {};
    if (asked !== undefined) {
      draft.metadata.annotations = others;
    }
    // Argo CD itself leaves no empty policy behind.
    const { syncPolicy, ...spec } = specOf(draft);
    if (syncPolicy !== undefined && Object.keys(syncPolicy).length === 0) {
      draft['spec'] = spec;
    }
    if (objects !== undefined) {
      draft['status'] = {
        ...(draft['status'] as object | undefined),
        ...comparison(plane, objects, surplusOf(plane, draft, objects)),
      };
    }
  });
}

function comparison(plane: ControlPlane, objects: readonly NewObject[], surplus: readonly Surplus[]): object {
  const compared = objects.map((object) => ({
    ...resourceRef(object),
    status: holds(liveOf(plane, object), object) ? 'Synced' : 'OutOfSync',
  }));
  const pruned = surplus.map(({ object }) => ({ ...resourceRef(object), status: 'OutOfSync', requiresPruning: true }));
  const resources = [...compared, ...pruned];
  const isSynced = resources.every(({ status }) => status === 'Synced');
  return { sync: { status: isSynced ? 'Synced' : 'OutOfSync' }, resourceHealthSource: 'appTree', resources };
}

function resourceRef({ apiVersion, kind, metadata: { namespace, name } }: NewObject): object {
  const [group, version] = apiVersion.includes('/') ? apiVersion.split('/') : [undefined, 'v1'];
  return { ...(group !== undefined && { group }), version, kind, namespace, name };
}
