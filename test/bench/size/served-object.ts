import type { NewObject } from '../../../src/sandbox/store/stored-object.ts';

/**
 * The object as a real API server gives it back: with the fields that defaulting, the kubelet and the bookkeeping of
 * managers add, which are most of what goes over the wire.
 */
export function asServed(object: NewObject): NewObject {
  const time = new Date().toISOString().replace(/\.\d+Z$/, 'Z');
  const { metadata, ...fields } = object;
  const managed = {
    manager: 'kubectl-create',
    operation: 'Update' as const,
    apiVersion: object.apiVersion,
    time,
    fieldsType: 'FieldsV1' as const,
    fieldsV1: fieldsOf({ metadata: { labels: metadata.labels }, ...fields }),
  };
  const whole = { ...object, metadata: { ...metadata, managedFields: [managed] } };
  if (object.kind === 'Pod') return { ...whole, spec: withoutGates(object), status: podStatus(object, time) };
  return object.kind === 'Deployment' ? { ...whole, status: { observedGeneration: 1 } } : whole;
}

/** One entry for each field that was set; the members of lists are named by their keys. */
function fieldsOf(value: object): Record<string, unknown> {
  const entries = Object.entries(value).filter(([name]) => name !== 'apiVersion' && name !== 'kind');
  return Object.fromEntries(entries.map(([name, field]) => [`f:${name}`, fieldOf(field)]));
}

function fieldOf(value: unknown): unknown {
  if (Array.isArray(value)) return listFields(value);
  if (typeof value !== 'object' || value === null) return {};
  return { '.': {}, ...fieldsOf(value) };
}

function listFields(items: readonly unknown[]): Record<string, unknown> {
  const named = items.filter(
    (item): item is { name: string } => typeof item === 'object' && item !== null && 'name' in item,
  );
  return Object.fromEntries(named.map((item) => [`k:${JSON.stringify({ name: item.name })}`, fieldOf(item)]));
}

type PodSpec = Record<string, unknown> & {
  readonly containers: readonly {
    readonly name: string;
    readonly image: string;
    readonly env: readonly {
      readonly valueFrom: { readonly secretKeyRef: { readonly name: string; readonly key: string } };
    }[];
  }[];
};

/** Where no scheduler would take a pod there is nothing to hold back. */
function withoutGates(pod: NewObject): object {
  const bound = { nodeName: 'node-1', serviceAccountName: 'default', terminationGracePeriodSeconds: 30 };
  return { ...(pod['spec'] as PodSpec), schedulingGates: undefined, ...bound };
}

/** As kubelet tells it: a container that wants a missing key waits, all others run. */
function podStatus(pod: NewObject, time: string): object {
  const { containers } = pod['spec'] as PodSpec;
  const statuses = containers.map(({ name, image, env }) => {
    const missing = env.map(({ valueFrom }) => valueFrom.secretKeyRef).find(({ key }) => key.startsWith('absent-'));
    const ready = missing === undefined;
    const message = `couldn't find key ${missing?.key ?? ''} in Secret ${pod.metadata.namespace ?? ''}/${missing?.name ?? ''}`;
    const state = ready
      ? { running: { startedAt: time } }
      : { waiting: { reason: 'CreateContainerConfigError', message } };
    return {
      name,
      image,
      imageID: `${image}@sha256:${'0'.repeat(64)}`,
      ready,
      started: ready,
      restartCount: 0,
      lastState: {},
      state,
    };
  });
  const ready = statuses.every((status) => status.ready);
  const condition = (type: string, holds: boolean): object => ({
    type,
    status: holds ? 'True' : 'False',
    lastProbeTime: null,
    lastTransitionTime: time,
  });
  return {
    phase: ready ? 'Running' : 'Pending',
    conditions: [
      condition('Initialized', true),
      condition('Ready', ready),
      condition('ContainersReady', ready),
      condition('PodScheduled', true),
    ],
    containerStatuses: statuses,
    hostIP: '10.0.0.1',
    podIP: '10.1.0.1',
    startTime: time,
    qosClass: 'Burstable',
  };
}
