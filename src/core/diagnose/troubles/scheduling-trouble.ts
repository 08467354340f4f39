import type { Pod } from '../../cluster/kubernetes-pod.ts';
import { refText, type KubernetesEvent, type ObjectRef, type PersistentVolumeClaim } from '../../cluster/kubernetes.ts';
import { listText } from '../../list-text.ts';
import { describePod, troubledPod, type Trouble, type TroubledWorkload } from './trouble.ts';

/** A pod that no node takes: for want of room, of a volume, or of a node that fits. */
export function schedulingTrouble(troubled: TroubledWorkload): Trouble | undefined {
  const found = troubledPod(troubled);
  if (found?.state.reason !== 'Unschedulable') return undefined;
  const { pod, state } = found;
  const message = state.message ?? '';
  return claimTrouble(troubled, pod, message) ?? roomTrouble(troubled, pod, message) ?? misfit(troubled, pod, message);
}

function roomTrouble({ workload }: TroubledWorkload, pod: Pod, message: string): Trouble | undefined {
  const lacking = [...new Set([...message.matchAll(/Insufficient ([\w./-]*\w)/g)].map(([, what = '']) => what))];
  if (lacking.length === 0) return undefined;
  return {
    code: 'insufficient-resources',
    message: `${refText(workload.ref)} is not ready: no node has room for pod ${pod.metadata.name}, which requests ${listText(lacking.map((what) => requestText(pod, what)))}`,
    fix: `kubectl describe nodes`,
  };
}

/** What its containers ask for together is more than a sum: each amount as it is written. */
function requestText({ spec }: Pod, resource: string): string {
  if (resource !== 'cpu' && resource !== 'memory') return resource;
  const amounts = [...(spec.initContainers ?? []), ...spec.containers].flatMap(
    ({ resources }) => resources?.requests?.[resource] ?? [],
  );
  return amounts.length === 0 ? resource : `${resource} ${amounts.join(' + ')}`;
}

function claimTrouble({ scene, workload }: TroubledWorkload, pod: Pod, message: string): Trouble | undefined {
  const { namespace } = workload.ref;
  const absent = /persistentvolumeclaim "([^"]+)" not found/.exec(message)?.[1];
  if (absent !== undefined) {
    return {
      code: 'volume-claim-missing',
      object: claimRef(namespace, absent),
      message: `persistentvolumeclaim/${absent} does not exist, which ${refText(workload.ref)} mounts`,
      fix: `kubectl -n ${namespace} get persistentvolumeclaims`,
    };
  }
  if (!/unbound immediate PersistentVolumeClaims/.test(message)) return undefined;
  const names = (pod.spec.volumes ?? []).flatMap(({ persistentVolumeClaim }) => persistentVolumeClaim?.claimName ?? []);
  const claims = scene.snapshot.closer?.claims.filter(
    ({ metadata, status }) =>
      metadata.namespace === namespace && names.includes(metadata.name) && status?.phase !== 'Bound',
  );
  const name = claims?.[0]?.metadata.name ?? names[0];
  return name === undefined
    ? undefined
    : unbound(scene, { claim: claims?.[0], ref: claimRef(namespace, name), user: workload.ref });
}

function unbound(
  scene: TroubledWorkload['scene'],
  { claim, ref, user }: { claim: PersistentVolumeClaim | undefined; ref: ObjectRef; user: ObjectRef },
): Trouble {
  const event = scene.eventsOf(ref).findLast(({ reason }) => reason === 'ProvisioningFailed');
  const noClass = /storageclass\S* "([^"]+)" not found/i.exec(event?.message ?? '')?.[1];
  const mounted = `, which ${refText(user)} mounts`;
  if (noClass !== undefined) {
    return {
      code: 'storage-class-missing',
      object: ref,
      message: `${refText(ref)}${mounted}, is not bound: there is no StorageClass ${noClass}, and no volume of that class is free that fits`,
      fix: 'kubectl get storageclasses,persistentvolumes',
    };
  }
  return {
    code: 'volume-claim-unbound',
    object: ref,
    message: `${refText(ref)}${mounted}, is not bound to a volume${unboundReason(claim, event)}`,
    fix: `kubectl -n ${ref.namespace} describe persistentvolumeclaim ${ref.name}`,
  };
}

function unboundReason(claim: PersistentVolumeClaim | undefined, event: KubernetesEvent | undefined): string {
  if (event?.message !== undefined) return `: ${event.message}`;
  const isUnclassed = claim !== undefined && (claim.spec?.storageClassName ?? '') === '';
  return isUnclassed ? ': no volume fits, and it names no StorageClass' : '';
}

function claimRef(namespace: string, name: string): ObjectRef {
  return { kind: 'PersistentVolumeClaim', namespace, name };
}

function misfit({ workload }: TroubledWorkload, pod: Pod, message: string): Trouble {
  const [why = ''] = message.replace(/^\d+\/\d+ nodes are available: /, '').split(/\.(?:\s|$)/);
  return {
    code: 'unschedulable',
    message: `${refText(workload.ref)} is not ready: no node takes pod ${pod.metadata.name}${why === '' ? '' : `: ${why}`}`,
    fix: describePod(pod),
  };
}
