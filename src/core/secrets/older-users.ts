import type { Pod } from '../cluster/kubernetes-pod.ts';
import { refOf } from '../cluster/object-owners.ts';
import type { Secret } from '../cluster/secret.ts';
import type { Snapshot } from '../cluster/snapshot.ts';
import { allHeld } from './held-value.ts';
import { secretReferences } from './references.ts';
import { isLater } from './write-time.ts';

/** Another pod on the node of one, that began with an immutable Secret before it was created again. */
export type OlderUsers = (pod: Pod, secret: Secret) => Pod | undefined;

type Lookup = (namespace: string, name: string) => Secret | undefined;

/**
 * A kubelet keeps an immutable Secret as long as any pod of its node refers to it, so that a pod which begins beside one
 * that took the Secret before it was created again is given the old one. Those that end still hold it; who takes it
 * only where it is there may have begun without it, and proves nothing.
 */
export function olderUsers({ secrets, pods }: Snapshot, secretOf: Lookup): OlderUsers {
  const places = new Set(secrets.items.filter(({ immutable }) => immutable).map(({ metadata }) => metadata.namespace));
  const byPlace = new Map<string, Pod[]>();
  for (const pod of pods.items) {
    const { namespace = '' } = pod.metadata;
    if (!places.has(namespace) || pod.spec.nodeName === undefined) continue;
    for (const name of heldBefore(pod, secretOf)) {
      const place = placeId(pod, name);
      byPlace.set(place, [...(byPlace.get(place) ?? []), pod]);
    }
  }
  return (pod, secret) => {
    if (pod.spec.nodeName === undefined) return undefined;
    const { namespace, name } = secret.metadata;
    if (namespace !== pod.metadata.namespace) return undefined;
    return byPlace.get(placeId(pod, name))?.find(({ metadata }) => metadata.name !== pod.metadata.name);
  };
}

/** Names of the immutable Secrets that a pod took before they were created as they are. */
function heldBefore(pod: Pod, secretOf: Lookup): ReadonlySet<string> {
  const references = secretReferences(refOf('Pod', pod.metadata), pod.spec);
  const isOlder = (namespace: string, name: string, startedAt: string): boolean => {
    const secret = secretOf(namespace, name);
    return secret?.immutable === true && isLater(secret.metadata.creationTimestamp, startedAt);
  };
  return new Set(
    allHeld(pod, references, { secret: secretOf }).flatMap(
      ({ reference: { namespace, secret, optional }, startedAt }) =>
        !optional && isOlder(namespace, secret, startedAt) ? [secret] : [],
    ),
  );
}

function placeId({ metadata, spec }: Pod, secret: string): string {
  return [metadata.namespace, secret, spec.nodeName].join('/');
}
