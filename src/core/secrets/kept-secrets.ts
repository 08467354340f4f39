import type { Pod } from '../cluster/kubernetes-pod.ts';
import { refOf } from '../cluster/object-owners.ts';
import type { Secret } from '../cluster/secret.ts';
import { isAboutSecret } from '../workloads/kubelet-message.ts';
import { containerStatuses } from '../workloads/pod-state.ts';
import type { PodNeed } from './pod-need.ts';
import { secretReferences } from './references.ts';
import type { SecretsView } from './secrets-view.ts';
import { outdatedSecrets } from './value-age.ts';
import { isLater } from './write-time.ts';

/** Immutable Secrets that were created again, of which a kubelet keeps the old one to the harm of this pod. */
export function keptSecrets(pod: Pod, { need }: PodNeed, view: SecretsView): Secret[] {
  if (need !== 'restart' && need !== 'replace') return [];
  const { namespace = '' } = pod.metadata;
  const isRefused = need === 'replace';
  return [...(isRefused ? refusedSecrets(pod, view) : outdatedSecrets(pod, view))].flatMap((name) => {
    const secret = view.secret(namespace, name);
    if (secret === undefined) return [];
    const isOld = isNewerThan(pod, secret) || view.olderUser(pod, secret) !== undefined;
    return isOld || (isRefused && isAsCreated(secret)) ? [secret] : [];
  });
}

/** Of which a pod lacks a key: had there been no Secret at all, kubelet would have nothing to hold on to. */
function refusedSecrets(pod: Pod, view: SecretsView): Set<string> {
  const statuses = containerStatuses(pod).map(({ state }) => state?.waiting?.message);
  const references = secretReferences(refOf('Pod', pod.metadata), pod.spec);
  const lacks = [...statuses, ...view.mountFailures(pod)].filter(isAboutSecret).flatMap((message = '') => {
    const named = /find key \S+ in Secret [^\s/]+\/(\S+)/.exec(message)?.[1];
    if (named !== undefined) return [named];
    // A mount names the key alone.
    return message.includes('non-existent secret key') ? references.map(({ secret }) => secret) : [];
  });
  return new Set(lacks);
}

function isNewerThan({ metadata, status }: Pod, { immutable, metadata: { creationTimestamp } }: Secret): boolean {
  return immutable && isLater(creationTimestamp, status?.startTime ?? metadata.creationTimestamp);
}

/** Had kubelet this one, it would have found the key: it came with the Secret, and cannot have been added to it. */
function isAsCreated({ immutable, lastWrite, metadata: { creationTimestamp } }: Secret): boolean {
  return immutable && lastWrite !== undefined && !isLater(lastWrite.at, creationTimestamp);
}
