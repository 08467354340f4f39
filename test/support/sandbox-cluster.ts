import type { Pod } from '../../src/core/cluster/kubernetes-pod.ts';
import { VirtualClock } from '../../src/sandbox/clock/virtual-clock.ts';
import type { ControlPlane } from '../../src/sandbox/controllers/control-plane.ts';
import { EventRecorder } from '../../src/sandbox/controllers/event-recorder.ts';
import { startControllers } from '../../src/sandbox/controllers/start-controllers.ts';
import { asPod } from '../../src/sandbox/kubelet/kubelet-pod.ts';
import type { NodePod } from '../../src/sandbox/kubelet/kubelet-pod.ts';
import { Kubelet } from '../../src/sandbox/kubelet/kubelet.ts';
import { createObjects } from '../../src/sandbox/scenario/scenario-objects.ts';
import { ObjectStore } from '../../src/sandbox/store/object-store.ts';
import type { NewObject, StoredObject } from '../../src/sandbox/store/stored-object.ts';

export interface StillCluster extends ControlPlane {
  readonly kubelet: Kubelet;
  /** Lets so many seconds pass, at once. */
  pass(seconds: number): void;
  apply(...objects: NewObject[]): void;
  pods(): NodePod[];
  pod(name: string): NodePod & Pod;
  object(resource: string, name: string): StoredObject;
  /** Reason and message of the events of an object. */
  eventsOf(name: string): string[];
}

const namespace = 'test';

/** Controllers and a node without a server, in a time that passes only when the test says so. */
export function stillCluster(): StillCluster {
  const clock = new VirtualClock(new Date('2026-11-23T12:00:00Z'), 1);
  const store = new ObjectStore(clock);
  const plane: ControlPlane = { store, clock, events: new EventRecorder(store, clock) };
  const kubelet = new Kubelet(plane);
  startControllers(plane, [kubelet]);
  const object = (resource: string, name: string): StoredObject => {
    const found = store.get(resource, namespace, name);
    if (!found) {
      throw new Error(`no ${resource} ${name}`);
    }
    return found;
  };
  createObjects(store, [{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } }]);
  return {
    ...plane,
    kubelet,
    pass: (seconds) => {
      clock.advance(seconds * 1000);
    },
    apply: (...objects) => {
      createObjects(
        store,
        objects.map((each) => ({ ...each, metadata: { namespace, ...each.metadata } })),
      );
    },
    pods: () => store.list('pods', namespace).map(asPod),
    pod: (name) => asPod(object('pods', name)),
    object,
    eventsOf: (name) =>
      store
        .list('events', namespace)
        .filter((event) => (event['involvedObject'] as { name: string }).name === name)
        .map((event) => `${String(event['reason'])}: ${String(event['message'])}`),
  };
}

export function pod(name: string, spec: object, labels: Record<string, string> = {}): NewObject {
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name, labels }, spec };
}

export function secret(name: string, values: Record<string, string>): NewObject {
  const encoded = Object.entries(values).map(([key, value]) => [key, Buffer.from(value).toString('base64')]);
  return { apiVersion: 'v1', kind: 'Secret', metadata: { name }, type: 'Opaque', data: Object.fromEntries(encoded) };
}

export function workload(
  kind: 'Deployment' | 'StatefulSet' | 'DaemonSet',
  name: string,
  options: WorkloadOptions = {},
): NewObject {
  const { container = {}, spec = {}, pod: podSpec = {} } = options;
  const labels = { app: name };
  const containers = [{ name: 'main', image: 'busybox:1.36', command: ['sleep', '3600'], ...container }];
  return {
    apiVersion: 'apps/v1',
    kind,
    metadata: { name, labels },
    spec: {
      selector: { matchLabels: labels },
      ...(kind === 'StatefulSet' && { serviceName: name }),
      ...spec,
      template: { metadata: { labels }, spec: { containers, ...podSpec } },
    },
  };
}

export interface WorkloadOptions {
  readonly container?: object;
  readonly spec?: object;
  readonly pod?: object;
}

/** A variable that comes from a key of a Secret. */
export function fromSecret(name: string, secretName: string, key: string, optional?: boolean): object {
  return { name, valueFrom: { secretKeyRef: { name: secretName, key, ...(optional !== undefined && { optional }) } } };
}
