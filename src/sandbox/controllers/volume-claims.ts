import type { StoredObject } from '../store/stored-object.ts';
import type { Controller, ControlPlane } from './control-plane.ts';
import { WorkQueue } from './work-queue.ts';

interface ClaimSpec {
  readonly storageClassName?: string;
  readonly accessModes?: readonly string[];
  readonly resources?: { readonly requests?: { readonly storage?: string } };
}

/** Classes of which there are always volumes, as if a quick provisioner stood behind them. */
const classes: ReadonlySet<string> = new Set(['default', 'standard']);

const retryMs = 15_000;

/** Binds every claim of a class that there is at once, and says of the others why not. */
export function volumeClaimBinder(plane: ControlPlane): Controller {
  const reconcile = (namespace: string, name: string): void => {
    const claim = plane.store.get('persistentvolumeclaims', namespace, name);
    if (claim === undefined) {
      return;
    }
    const refusal = refusalFor(claim['spec'] as ClaimSpec);
    if (refusal === undefined) {
      bind(plane, claim);
      return;
    }
    plane.events.record(claim, { ...refusal, component: 'persistentvolume-controller' });
    queue.add(namespace, name, retryMs);
  };
  const queue = new WorkQueue(plane.clock, reconcile);
  return {
    observe({ type, resource, object }) {
      if (type === 'ADDED' && resource === 'persistentvolumeclaims') {
        reconcile(object.metadata.namespace ?? '', object.metadata.name);
      }
    },
  };
}

type Refusal = Pick<Parameters<ControlPlane['events']['record']>[1], 'type' | 'reason' | 'message'>;

function refusalFor({ storageClassName = '' }: ClaimSpec): Refusal | undefined {
  if (classes.has(storageClassName)) {
    return undefined;
  }
  if (storageClassName === '') {
    const message = 'no persistent volumes available for this claim and no storage class is set';
    return { type: 'Normal', reason: 'FailedBinding', message };
  }
  const message = `storageclass.storage.k8s.io "${storageClassName}" not found`;
  return { type: 'Warning', reason: 'ProvisioningFailed', message };
}

function bind(plane: ControlPlane, claim: StoredObject): void {
  const { namespace, name, uid } = claim.metadata;
  plane.store.mutate('persistentvolumeclaims', namespace, name, (draft) => {
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
}
