import type { Pod } from '../cluster/kubernetes-pod.ts';
import { refId, refText, type ObjectRef } from '../cluster/kubernetes.ts';
import { compareText } from '../compare-text.ts';
import type { Finding } from '../findings/findings.ts';
import { newFinding } from '../findings/new-finding.ts';
import { listText } from '../list-text.ts';
import type { SecretReference } from '../secrets/references.ts';
import { places } from '../secrets/requirements.ts';
import type { SecretNeed } from '../secrets/secret-needs.ts';
import { containerStatuses } from '../workloads/pod-state.ts';
import type { Scene } from './diagnosis-scene.ts';

export function missingPullSecret(scene: Scene, need: SecretNeed, pulls: readonly SecretReference[]): Finding {
  const { severity, blocks, consequence } = pullImpact(scene, pulls);
  const object = { kind: 'Secret', namespace: need.namespace, name: need.name };
  return newFinding('image-pull-secret-missing', {
    object,
    severity,
    secret: need.name,
    references: places(pulls),
    message: `${refText(object)} for pulling images does not exist${throughAccounts(scene, pulls)}${consequence}`,
    blocks,
    fix: createPullSecret(need),
  });
}

/** Nothing in the workload's own manifest names what its ServiceAccount brings. */
export function throughAccounts({ byId }: Scene, pulls: readonly SecretReference[]): string {
  const accounts = pulls
    .filter(({ via }) => via === 'serviceAccount')
    .map((user) => `serviceaccount/${byId.get(refId(user))?.podSpec.serviceAccountName ?? 'default'}`);
  if (accounts.length === 0) return '';
  const names = [...new Set(accounts)].sort(compareText);
  return `; ${listText(names)} ${names.length === 1 ? 'names' : 'name'} it`;
}

/** What comes of a pull Secret that is of no use. */
export interface PullImpact {
  readonly severity: 'error' | 'warning';
  readonly blocks: readonly ObjectRef[];
  readonly consequence: string;
}

/** Where the image is already on the node the pod runs all the same, until it is scheduled elsewhere. */
export function pullImpact(scene: Scene, pulls: readonly SecretReference[]): PullImpact {
  const users = pulls.map(({ kind, namespace, name }) => ({ kind, namespace, name }));
  const pods = users.flatMap((ref) => scene.byId.get(refId(ref))?.pods ?? []);
  const failing = users.filter((ref) => scene.byId.get(refId(ref))?.pods.some(isPullFailing));
  const isWarning = failing.length === 0 && pods.some(isPulled);
  return {
    severity: isWarning ? 'warning' : 'error',
    blocks: isWarning ? [] : scene.blocks(failing.length > 0 ? failing : users),
    consequence: consequence(failing, isWarning),
  };
}

/** Of a cluster; manifests have no pods that could show it. */
export const noPodShows = ', and no pod shows that its image can be had without';

function consequence(failing: readonly ObjectRef[], isWarning: boolean): string {
  if (isWarning) return '; pods run with the images that their nodes already have';
  const [first] = failing.map(refText).sort(compareText);
  return first === undefined ? noPodShows : `, and ${first} cannot pull its image`;
}

const pullFailures: ReadonlySet<string> = new Set(['ErrImagePull', 'ImagePullBackOff', 'ErrImageNeverPull']);

export function isPullFailing(pod: Pod): boolean {
  return containerStatuses(pod).some(({ state }) => pullFailures.has(state?.waiting?.reason ?? ''));
}

/** kubelet looks at a container's environment only once it has the image. */
function isPulled(pod: Pod): boolean {
  return containerStatuses(pod).some(
    ({ state }) =>
      state?.running !== undefined ||
      state?.terminated !== undefined ||
      ['CreateContainerConfigError', 'CreateContainerError', 'CrashLoopBackOff', 'RunContainerError'].includes(
        state?.waiting?.reason ?? '',
      ),
  );
}

export function missingTlsSecret(need: SecretNeed, certificates: readonly SecretReference[]): Finding {
  const references = [...places(certificates)].sort((left, right) => compareText(left.name, right.name));
  const name = references[0]?.name ?? '';
  const object = { kind: 'Ingress', namespace: need.namespace, name };
  return newFinding('tls-secret-missing', {
    object,
    secret: need.name,
    references,
    message: `${refText(object)} has no certificate: secret/${need.name} does not exist`,
    fix: createTlsSecret(need),
  });
}

export function createTlsSecret({ namespace, name }: SecretNeed): string {
  return `kubectl -n ${namespace} create secret tls ${name} --cert=FILE --key=FILE`;
}

export const certificateKeys: readonly string[] = ['tls.crt', 'tls.key'];

/**
 * A type never changes, and what is immutable not at all: such a Secret is made anew. Where others have keys in it,
 * that would take them away, so that a person has to look.
 */
export function renewTls(need: SecretNeed): string {
  const { secret, namespace, name } = need;
  const made = `${createTlsSecret(need)} --dry-run=client -o yaml`;
  if (secret === undefined || (secret.type === 'kubernetes.io/tls' && !secret.immutable))
    return `${made} | kubectl apply --server-side --force-conflicts -f -`;
  const others = [...secret.data.keys()].filter((key) => ![...certificateKeys, 'ca.crt'].includes(key));
  if (others.length === 0) return `${made} | kubectl replace --force -f -`;
  if (!secret.immutable) return `kubectl -n ${namespace} edit secret ${name}`;
  const [ingress] = need.references.filter(({ via }) => via === 'tls').map((reference) => reference.name);
  return `kubectl -n ${namespace} edit ingress ${ingress ?? ''}`;
}

export function createPullSecret({ namespace, name }: SecretNeed): string {
  return `kubectl -n ${namespace} create secret docker-registry ${name} --from-file=.dockerconfigjson=FILE`;
}
