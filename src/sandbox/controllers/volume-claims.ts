import type { Controller, ControlPlane } from './control-plane.ts';

interface ClaimSpec {
  readonly accessModes?: readonly string[];
  readonly resources?: { readonly requests?: { readonly storage?: string } };
}

/** Binds every claim at once, as a storage class with a quick provisioner does. */
export function volumeClaimBinder(plane: ControlPlane): Controller {
  return {
    observe({ type, resource, object }) {
      if (type !== 'ADDED' || resource !== 'persistentvolumeclaims') {
        return;
      }
      const { namespace, name, uid } = object.metadata;
      plane.store.mutate(resource, namespace, name, (draft) => {
        const spec = draft['spec'] as ClaimSpec;
        draft.metadata.annotations = {
          ...draft.metadata.annotations,
          'pv.kubernetes.io/bind-completed': 'yes',
          'pv.kubernetes.io/bound-by-controller': 'yes',
        };
        draft['spec'] = { ...spec, volumeName: `pvc-${uid}`, volumeMode: 'Filesystem' };
        draft['status'] = {
          phase: 'Bound',
          accessModes: spec.accessModes ?? ['ReadWriteOnce'],
          capacity: { storage: spec.resources?.requests?.storage ?? '1Gi' },
        };
      });
    },
  };
}
