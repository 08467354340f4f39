import type { Container, ContainerStatus, KubernetesEvent, Pod } from './kubernetes.ts';
import { refOf } from './object-owners.ts';
import { podState } from './pod-state.ts';
import { secretReferences, type SecretReference } from './references.ts';
import type { Secret } from './secret.ts';
import type { Snapshot } from './snapshot.ts';

/** What a pod needs so that it works with the Secrets as they are now, and why. */
export type PodNeed =
  | { readonly need: 'replace'; readonly reason: string }
  | { readonly need: 'restart'; readonly reason: string }
  | { readonly need: 'nothing'; readonly reason: string }
  /** That what its init container waits for answers. */
  | { readonly need: 'dependency'; readonly reason: string }
  /** Nothing that time or a restart could give it. */
  | { readonly need: 'values'; readonly reason: string };

/** What is asked about pods again and again, arranged once for each snapshot. */
export interface SecretsView {
  secret(namespace: string, name: string): Secret | undefined;
  /** Messages of the pod's `FailedMount` events. */
  mountFailures(pod: Pod): readonly string[];
}

export function secretsView(snapshot: Snapshot): SecretsView {
  const secrets = new Map(
    snapshot.secrets.items.map((secret) => [`${secret.metadata.namespace}/${secret.metadata.name}`, secret]),
  );
  const failures = new Map<string, KubernetesEvent[]>();
  for (const event of snapshot.events.items) {
    const { uid } = event.involvedObject;
    if (event.reason !== 'FailedMount' || uid === undefined) continue;
    failures.set(uid, [...(failures.get(uid) ?? []), event]);
  }
  return {
    secret: (namespace, name) => secrets.get(`${namespace}/${name}`),
    mountFailures: ({ metadata }) => (failures.get(metadata.uid ?? '') ?? []).map(({ message }) => message ?? ''),
  };
}

/** Judges one live pod by its own spec, which may be older than its workload's template. */
export function podNeed(pod: Pod, view: SecretsView): PodNeed {
  const references = secretReferences(refOf('Pod', pod.metadata), pod.spec);
  const stuck = stuckReason(pod, view);
  if (stuck === 'secret') return stuckNeed(references, view);
  if (stuck === 'pull') return pullNeed(pod, references, view);
  if (stuck === 'crash') return crashNeed(pod, references, view);

  const outdated = outdatedReason(pod, references, view);
  if (outdated !== undefined) return { need: 'restart', reason: outdated };
  const { state, text } = podState(pod);
  if (state === 'waiting-on-dependency') return { need: 'dependency', reason: text };
  return { need: 'nothing', reason: state === 'ready' ? 'healthy' : text };
}

/** The first required key or Secret that the containers and volumes of a pod lack; image pulls are judged apart. */
export function lackText(references: readonly SecretReference[], view: SecretsView): string | undefined {
  for (const { namespace, secret, key, optional, via } of references) {
    if (optional || !['env', 'envFrom', 'volume', 'projected-volume'].includes(via)) continue;
    const found = view.secret(namespace, secret);
    if (found === undefined) return `still lacks Secret ${secret}`;
    if (key !== undefined && !found.data.has(key)) return `still lacks key ${key} of Secret ${secret}`;
  }
  return undefined;
}

type Stuck = 'secret' | 'pull' | 'crash';

function stuckReason(pod: Pod, view: SecretsView): Stuck | undefined {
  const waiting = statusesOf(pod).flatMap(({ state }) => state?.waiting ?? []);
  if (waiting.some(({ reason, message }) => reason === 'CreateContainerConfigError' && isAboutSecret(message))) {
    return 'secret';
  }
  if (waiting.some(({ reason }) => isPullFailure(reason))) return 'pull';
  if (waiting.some(({ reason }) => reason === 'CrashLoopBackOff')) return 'crash';
  const isMounting = waiting.some(({ reason }) => reason === 'ContainerCreating' || reason === 'PodInitializing');
  return isMounting && view.mountFailures(pod).some(isAboutSecret) ? 'secret' : undefined;
}

/** The same reasons stand for missing ConfigMaps and for images that want root; a new pod would not help there. */
function isAboutSecret(message: string | undefined): boolean {
  return message !== undefined && /secret/i.test(message);
}

function isPullFailure(reason: string | undefined): boolean {
  return reason === 'ErrImagePull' || reason === 'ImagePullBackOff';
}

function statusesOf({ status }: Pod): readonly ContainerStatus[] {
  return [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])];
}

function stuckNeed(references: readonly SecretReference[], view: SecretsView): PodNeed {
  const lack = lackText(references, view);
  if (lack !== undefined) return { need: 'values', reason: lack };
  return { need: 'replace', reason: 'its keys are there now' };
}

/** A pull that fails for another reason than the Secret would fail again in a new pod. */
function pullNeed(pod: Pod, references: readonly SecretReference[], view: SecretsView): PodNeed {
  const pulls = references.filter(({ via }) => via === 'imagePullSecrets' || via === 'serviceAccount');
  const [missing] = pulls.filter(({ namespace, secret }) => view.secret(namespace, secret) === undefined);
  if (missing !== undefined) return { need: 'values', reason: `still lacks image pull Secret ${missing.secret}` };
  const came = pulls.some((reference) => isLater(lastChange(reference, view), pod.metadata.creationTimestamp));
  if (came) return { need: 'replace', reason: 'its image pull Secret is there now' };
  return { need: 'values', reason: `${podState(pod).text}: the image cannot be pulled, and not for want of a Secret` };
}

/** Each start reads the values anew, but the next one may be five minutes away; a new pod begins without that delay. */
function crashNeed(pod: Pod, references: readonly SecretReference[], view: SecretsView): PodNeed {
  const lack = lackText(references, view);
  if (lack !== undefined) return { need: 'values', reason: lack };
  const changed = references.find((reference) => isLater(lastChange(reference, view), pod.metadata.creationTimestamp));
  const { text } = podState(pod);
  if (changed === undefined) return { need: 'nothing', reason: text };
  return { need: 'replace', reason: `${text}, and ${valueText(changed)} is newer than the pod` };
}

/**
 * Whether a running container began with an older value. Volumes are refreshed by kubelet, except where a `subPath`
 * is mounted.
 */
function outdatedReason(pod: Pod, references: readonly SecretReference[], view: SecretsView): string | undefined {
  for (const status of statusesOf(pod)) {
    const startedAt = status.state?.running?.startedAt;
    const container = mainContainer(pod, status.name);
    if (startedAt === undefined || container === undefined) continue;
    const mounted = subPathVolumes(pod, container);
    const read = [...references.filter((reference) => reference.container === status.name), ...mounted];
    const changed = read.find((reference) => isLater(lastChange(reference, view), startedAt));
    if (changed !== undefined) return `runs with an older value of ${valueText(changed)}`;
  }
  return undefined;
}

/** Of init containers only sidecars keep running; the others are over before their value matters again. */
function mainContainer({ spec }: Pod, name: string): Container | undefined {
  const sidecars = (spec.initContainers ?? []).filter(({ restartPolicy }) => restartPolicy === 'Always');
  return [...spec.containers, ...sidecars].find((container) => container.name === name);
}

function subPathVolumes(pod: Pod, container: Container): readonly SecretReference[] {
  const names = new Set((container.volumeMounts ?? []).flatMap(({ name, subPath }) => (subPath ? [name] : [])));
  if (names.size === 0) return [];
  const volumes = (pod.spec.volumes ?? []).filter(({ name }) => names.has(name));
  return secretReferences(refOf('Pod', pod.metadata), { containers: [], volumes });
}

/** When the value, or any value of the Secret where it is used as a whole, was last written. */
function lastChange({ namespace, secret, key }: SecretReference, view: SecretsView): string | undefined {
  const found = view.secret(namespace, secret);
  if (found === undefined) return undefined;
  if (key !== undefined) return found.data.has(key) ? changeOf(found, key) : undefined;
  return [...found.data.keys()].map((each) => changeOf(found, each) ?? '').reduce(later, '');
}

function changeOf({ keyChangedAt, metadata }: Secret, key: string): string | undefined {
  return keyChangedAt.get(key) ?? metadata.creationTimestamp;
}

function later(left: string, right: string): string {
  return isLater(right, left) ? right : left;
}

/** Kubernetes tells times in whole seconds; within the same second a container counts as started after the write. */
function isLater(time: string | undefined, than: string | undefined): boolean {
  if (time === undefined || time === '') return false;
  if (than === undefined || than === '') return true;
  return Math.floor(Date.parse(time) / 1000) > Math.floor(Date.parse(than) / 1000);
}

function valueText({ secret, key }: SecretReference): string {
  return key === undefined ? `Secret ${secret}` : `key ${key} of Secret ${secret}`;
}
