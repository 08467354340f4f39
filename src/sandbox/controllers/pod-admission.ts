import type { NodeContainer, NodePodSpec, NodeVolume } from '../kubelet/kubelet-pod.ts';
import type { ObjectStore } from '../store/object-store.ts';
import type { NewObject } from '../store/stored-object.ts';
import { nameSuffix } from './names.ts';

const tokenPath = '/var/run/secrets/kubernetes.io/serviceaccount';

const defaults = {
  enableServiceLinks: true,
  preemptionPolicy: 'PreemptLowerPriority',
  priority: 0,
  tolerations: ['not-ready', 'unreachable'].map((taint) => ({
    key: `node.kubernetes.io/${taint}`,
    operator: 'Exists',
    effect: 'NoExecute',
    tolerationSeconds: 300,
  })),
} as const;

/**
 * What admission adds to a pod that is created from a template, whose own defaults are set: the ServiceAccount with its
 * pull secrets, the volume with the account's token, and how long the pod tolerates a lost node.
 */
export function admitPod(store: ObjectStore, pod: NewObject): NewObject {
  const spec = pod['spec'] as NodePodSpec;
  const account = spec.serviceAccountName ?? 'default';
  const token = spec.volumes?.find(({ name }) => name.startsWith('kube-api-access-'));
  const tokenVolume = token ?? tokenVolumeNamed(`kube-api-access-${nameSuffix()}`);
  const inherited = store.get('serviceaccounts', pod.metadata.namespace, account)?.['imagePullSecrets'];
  return {
    ...pod,
    spec: {
      ...defaults,
      ...spec,
      ...(spec.imagePullSecrets === undefined && inherited !== undefined && { imagePullSecrets: inherited }),
      serviceAccountName: account,
      serviceAccount: account,
      containers: spec.containers.map((container) => admitContainer(container, tokenVolume.name)),
      ...(spec.initContainers && {
        initContainers: spec.initContainers.map((container) => admitContainer(container, tokenVolume.name)),
      }),
      volumes: [...(spec.volumes ?? []), ...(token ? [] : [tokenVolume])],
    },
    status: { phase: 'Pending', qosClass: hasRequests(spec) ? 'Burstable' : 'BestEffort' },
  };
}

function tokenVolumeNamed(name: string): NodeVolume {
  const sources = [
    { serviceAccountToken: { expirationSeconds: 3607, path: 'token' } },
    { configMap: { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
    {
      downwardAPI: { items: [{ path: 'namespace', fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.namespace' } }] },
    },
  ];
  return { name, projected: { sources, ...{ defaultMode: 420 } } };
}

function admitContainer(container: NodeContainer, tokenVolume: string): object {
  const mounts = container.volumeMounts ?? [];
  const mounted = mounts.some(({ mountPath }) => mountPath === tokenPath);
  const token = { name: tokenVolume, mountPath: tokenPath, readOnly: true };
  return mounted ? container : { ...container, volumeMounts: [...mounts, token] };
}

function hasRequests(spec: NodePodSpec): boolean {
  return spec.containers.some(({ resources }) => Object.keys(resources?.requests ?? {}).length > 0);
}
