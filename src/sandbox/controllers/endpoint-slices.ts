import type { StoredObject } from '../store/stored-object.ts';
import type { ControlPlane } from './control-plane.ts';
import type { EndpointAddress, EndpointSubset } from './endpoint-subset.ts';
import { nameSuffix } from './names.ts';
import { controlledBy, controllerReference } from './owned-pods.ts';

/** Writes the endpoints of a Service in the form that has replaced Endpoints; it goes with the Service. */
export function writeEndpointSlice(
  plane: ControlPlane,
  service: StoredObject,
  subset: EndpointSubset | undefined,
): void {
  const { namespace, name } = service.metadata;
  const endpoints = [
    ...(subset?.addresses ?? []).map((address) => endpoint(address, true)),
    ...(subset?.notReadyAddresses ?? []).map((address) => endpoint(address, false)),
  ];
  const ports = subset?.ports ?? [];
  const [before] = controlledBy(plane, service, 'endpointslices');
  if (before) {
    plane.store.mutate('endpointslices', namespace, before.metadata.name, (draft) => {
      Object.assign(draft, { endpoints, ports });
    });
    return;
  }
  plane.store.create('endpointslices', {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: {
      name: `${name}-${nameSuffix()}`,
      ...(namespace !== undefined && { namespace }),
      labels: {
        'endpointslice.kubernetes.io/managed-by': 'endpointslice-controller.k8s.io',
        'kubernetes.io/service-name': name,
      },
      ownerReferences: [controllerReference(service)],
    },
    addressType: 'IPv4',
    endpoints,
    ports,
  });
}

function endpoint({ ip, nodeName, targetRef }: EndpointAddress, ready: boolean): object {
  return {
    addresses: [ip],
    conditions: { ready, serving: ready, terminating: false },
    ...(nodeName !== undefined && { nodeName }),
    targetRef,
  };
}
