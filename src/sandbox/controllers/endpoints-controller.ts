import { apiTime } from '../api/api-time.ts';
import { asPod, isFinished, isReady, isTerminating, type NodePod, portNumber } from '../kubelet/kubelet-pod.ts';
import type { StoredObject } from '../store/stored-object.ts';
import type { Controller, ControlPlane } from './control-plane.ts';
import { writeEndpointSlice } from './endpoint-slices.ts';
import type { EndpointAddress, EndpointSubset } from './endpoint-subset.ts';
import { WorkQueue } from './work-queue.ts';

export interface ServiceSpec {
  readonly clusterIP?: string;
  readonly selector?: Readonly<Record<string, string>>;
  readonly publishNotReadyAddresses?: boolean;
  readonly ports?: readonly {
    readonly name?: string;
    readonly port: number;
    readonly targetPort?: number | string;
    readonly protocol?: string;
  }[];
}

/** Lists behind each Service the pods that it selects, those that are ready apart from those that are not. */
export function endpointsController(plane: ControlPlane): Controller {
  const queue = new WorkQueue(plane.clock, (namespace, name) => {
    const service = plane.store.get('services', namespace, name);
    if (service) {
      reconcile(plane, service);
    } else if (plane.store.get('endpoints', namespace, name)) {
      plane.store.remove('endpoints', namespace, name);
    }
  });
  const services = new Map<string, { namespace: string; name: string; selector: ServiceSpec['selector'] }>();
  return {
    observe({ type, resource, object }) {
      const { namespace = '', name, uid, labels = {} } = object.metadata;
      if (resource === 'services') {
        const { selector } = (object['spec'] ?? {}) as ServiceSpec;
        if (type === 'DELETED') {
          services.delete(uid);
        } else {
          services.set(uid, { namespace, name, selector });
        }
        queue.add(namespace, name);
      }
      if (resource === 'pods') {
        const affected = [...services.values()].filter(
          (each) => each.namespace === namespace && selects(each.selector, labels),
        );
        for (const service of affected) {
          queue.add(namespace, service.name);
        }
      }
    },
  };
}

function selects(selector: ServiceSpec['selector'], labels: Readonly<Record<string, string>>): boolean {
  return selector !== undefined && Object.entries(selector).every(([key, value]) => labels[key] === value);
}

function reconcile(plane: ControlPlane, service: StoredObject): void {
  const spec = (service['spec'] ?? {}) as ServiceSpec;
  if (!spec.selector) {
    return;
  }
  const pods = plane.store
    .list('pods', service.metadata.namespace)
    .map(asPod)
    .filter((pod) => selects(spec.selector, pod.metadata.labels ?? {}))
    .filter((pod) => !isFinished(pod) && !isTerminating(pod) && pod.status?.podIP !== undefined);
  const takesPart = (pod: NodePod): boolean => isReady(pod) || spec.publishNotReadyAddresses === true;
  const addresses = pods.filter(takesPart).map(addressOf);
  const notReadyAddresses = pods.filter((pod) => !takesPart(pod)).map(addressOf);
  const containers = pods[0]?.spec.containers ?? [];
  const ports = (spec.ports ?? []).map(({ name, port, targetPort, protocol = 'TCP' }) => ({
    ...(name !== undefined && { name }),
    port: portNumber(containers, targetPort ?? port) ?? port,
    protocol,
  }));
  const subset: EndpointSubset = {
    ...(addresses.length > 0 && { addresses }),
    ...(notReadyAddresses.length > 0 && { notReadyAddresses }),
    ports,
  };
  const subsets = pods.length > 0 ? [subset] : [];
  writeEndpoints(plane, service, subsets);
  writeEndpointSlice(plane, service, subsets[0]);
}

function addressOf(pod: NodePod): EndpointAddress {
  const { namespace, name, uid } = pod.metadata;
  return {
    ip: pod.status?.podIP ?? '',
    ...(pod.spec.nodeName !== undefined && { nodeName: pod.spec.nodeName }),
    targetRef: { kind: 'Pod', namespace, name, uid },
  };
}

function writeEndpoints(plane: ControlPlane, service: StoredObject, subsets: readonly EndpointSubset[]): void {
  const { namespace, name, labels } = service.metadata;
  if (plane.store.get('endpoints', namespace, name)) {
    plane.store.mutate('endpoints', namespace, name, (draft) => {
      draft['subsets'] = subsets;
    });
    return;
  }
  plane.store.create('endpoints', {
    apiVersion: 'v1',
    kind: 'Endpoints',
    metadata: {
      name,
      ...(namespace !== undefined && { namespace }),
      labels: { ...labels, 'endpoints.kubernetes.io/managed-by': 'endpoint-controller' },
      annotations: { 'endpoints.kubernetes.io/last-change-trigger-time': apiTime(plane.clock.now()) },
    },
    subsets,
  });
}
