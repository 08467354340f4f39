import type { Controller, ControlPlane } from './control-plane.ts';

/** Gives each new namespace what pods in it count on: the default ServiceAccount and the cluster's root certificate. */
export function namespaceController(plane: ControlPlane): Controller {
  return {
    observe({ type, resource, object }) {
      if (type !== 'ADDED' || resource !== 'namespaces') {
        return;
      }
      const namespace = object.metadata.name;
      plane.store.create('serviceaccounts', {
        apiVersion: 'v1',
        kind: 'ServiceAccount',
        metadata: { name: 'default', namespace },
      });
      plane.store.create('configmaps', {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { name: 'kube-root-ca.crt', namespace },
        data: { 'ca.crt': 'the sandbox speaks plain HTTP on the loopback and has no certificate\n' },
      });
    },
  };
}
