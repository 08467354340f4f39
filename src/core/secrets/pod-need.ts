import type { Pod } from '../cluster/kubernetes-pod.ts';
import { refOf } from '../cluster/object-owners.ts';
import { isAboutSecret } from '../workloads/kubelet-message.ts';
import { containerStatuses, podState } from '../workloads/pod-state.ts';
import { secretReferences, type SecretReference } from './references.ts';
import type { SecretsView } from './secrets-view.ts';
import { isWrittenAfter, valueText, valuesInUse, type DoubtedValues } from './value-age.ts';

/** What a pod needs so that it works with the Secrets as they are now, and why. */
export type PodNeed =
  | { readonly need: 'replace'; readonly reason: string }
  | { readonly need: 'restart'; readonly reason: string }
  /** `isDoubted` where it may need a restart, and nobody can tell; `remedy` where it serves nobody. */
  | { readonly need: 'nothing'; readonly reason: string; readonly isDoubted?: true; readonly remedy?: string }
  /** That what its init container waits for answers. */
  | { readonly need: 'dependency'; readonly reason: string }
  /** Nothing that time or a restart could give it. */
  | { readonly need: 'values'; readonly reason: string };

/** Judges one live pod by its own spec, which may be older than its workload's template. */
export function podNeed(pod: Pod, view: SecretsView): PodNeed {
  const references = secretReferences(refOf('Pod', pod.metadata), pod.spec);
  const stuck = stuckReason(pod, view);
  if (stuck === 'secret') return stuckNeed(references, view);
  if (stuck === 'pull') return pullNeed(pod, references, view);
  if (stuck === 'crash') return crashNeed(pod, references, view);

  const { outdated, trusted, doubted } = valuesInUse(pod, references, view);
  if (outdated !== undefined) return { need: 'restart', reason: outdated };
  const { state, text } = podState(pod);
  // One that did not begin yet will wait as well: kubelet starts init containers one by one.
  if (state === 'waiting-on-dependency' || /^Init:\d/.test(text)) return { need: 'dependency', reason: text };
  const standing = state === 'ready' ? 'healthy' : text;
  const known = trusted === undefined ? standing : `${standing}, and ${trusted}`;
  if (doubted === undefined) return { need: 'nothing', reason: known };
  // It serves nobody, so that to be sure costs nobody anything.
  if (state === 'starting' && doubted.isEven) return { need: 'replace', reason: `${text}, and ${doubted.text}` };
  return doubtedNeed(known, doubted, state === 'ready');
}

function doubtedNeed(known: string, { text, subject }: DoubtedValues, isReady: boolean): PodNeed {
  const remedy = `c2l restart --affected-by ${subject}`;
  const reason = `${known}, but ${text}: if so, ${remedy}`;
  return { need: 'nothing', reason, isDoubted: true, ...(!isReady && { remedy }) };
}

/** The first required key or Secret that the containers and volumes of a pod lack; image pulls are judged apart. */
export function lackText(references: readonly SecretReference[], view: SecretsView): string | undefined {
  for (const { namespace, secret, key, optional, via } of references) {
    if (optional || !['env', 'envFrom', 'volume', 'projected-volume', 'csi'].includes(via)) continue;
    const found = view.secret(namespace, secret);
    if (found === undefined) return `still lacks Secret ${secret}`;
    if (key !== undefined && !found.data.has(key)) return `still lacks key ${key} of Secret ${secret}`;
  }
  return undefined;
}

type Stuck = 'secret' | 'pull' | 'crash';

/** The same reasons stand for missing ConfigMaps and for images that want root; a new pod would not help there. */
function stuckReason(pod: Pod, view: SecretsView): Stuck | undefined {
  const waiting = containerStatuses(pod).flatMap(({ state }) => state?.waiting ?? []);
  if (waiting.some(({ reason, message }) => reason === 'CreateContainerConfigError' && isAboutSecret(message))) {
    return 'secret';
  }
  if (waiting.some(({ reason }) => isPullFailure(reason))) return 'pull';
  // Between its end and the back-off that follows it shows how it ended.
  if (podState(pod).state === 'failing') return 'crash';
  const isMounting = waiting.some(({ reason }) => reason === 'ContainerCreating' || reason === 'PodInitializing');
  return isMounting && view.mountFailures(pod).some(isAboutSecret) ? 'secret' : undefined;
}

function isPullFailure(reason: string | undefined): boolean {
  return reason === 'ErrImagePull' || reason === 'ImagePullBackOff';
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
  const came = pulls.some((reference) => isWrittenAfter(pod.metadata.creationTimestamp, reference, view));
  if (came) return { need: 'replace', reason: 'its image pull Secret is there now' };
  return { need: 'values', reason: `${podState(pod).text}: the image cannot be pulled, and not for want of a Secret` };
}

/** Each start reads the values anew, but the next one may be five minutes away; a new pod begins without that delay. */
function crashNeed(pod: Pod, references: readonly SecretReference[], view: SecretsView): PodNeed {
  const lack = lackText(references, view);
  if (lack !== undefined) return { need: 'values', reason: lack };
  const changed = references.find((reference) => isWrittenAfter(pod.metadata.creationTimestamp, reference, view));
  const { text } = podState(pod);
  if (changed === undefined) return { need: 'nothing', reason: text };
  return { need: 'replace', reason: `${text}, and ${valueText(changed)} is newer than the pod` };
}
