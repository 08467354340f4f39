import type { Pod } from '../cluster/kubernetes-pod.ts';
import { refOf } from '../cluster/object-owners.ts';
import { heldValues, type HeldValue } from '../secrets/held-value.ts';
import type { PodNeed } from '../secrets/pod-need.ts';
import { secretReferences, type SecretReference } from '../secrets/references.ts';
import type { SecretsView } from '../secrets/secrets-view.ts';
import { isCurrent, valueText } from '../secrets/value-age.ts';
import { containerStatuses } from '../workloads/pod-state.ts';

/** The Secret, or the one key of it, whose consumers are meant. */
export interface ChosenSecret {
  readonly namespace: string;
  readonly secret: string;
  readonly key?: string;
}

/**
 * What a pod needs where a value is said to have changed: whoever took it at its start and may hold an older one begins
 * anew, and nothing else is touched. A container that began after the last write of the Secret holds what is there.
 */
export function affectedNeed(pod: Pod, need: PodNeed, chosen: ChosenSecret, view: SecretsView): PodNeed {
  const ref = refOf('Pod', pod.metadata);
  const uses = secretReferences(ref, pod.spec).filter((reference) => isMeant(reference, chosen));
  const name = valueText(chosen);
  if (uses.length === 0) return { need: 'nothing', reason: `does not use ${name}` };
  if (need.need === 'replace' || need.need === 'values') return need;

  const held = [...heldValues(pod, secretReferences(ref, pod.spec)), ...givenToDrivers(pod, uses)].filter(
    ({ reference }) => isMeant(reference, chosen),
  );
  if (held.length === 0) return { need: 'nothing', reason: `${placeText(uses)}: no restart is needed for ${name}` };
  const older = held.some((value) => !isCurrent(pod, value, view));
  if (!older) return { need: 'nothing', reason: `began after the last write of Secret ${chosen.secret}` };
  return { need: 'restart', reason: need.need === 'restart' ? need.reason : `took ${name} at its start` };
}

function isMeant({ namespace, secret, key }: SecretReference, chosen: ChosenSecret): boolean {
  if (namespace !== chosen.namespace || secret !== chosen.secret) return false;
  return key === undefined || chosen.key === undefined || key === chosen.key;
}

/** A CSI driver is given it when the volume is mounted; whether ever again is known to the driver alone. */
function givenToDrivers(pod: Pod, uses: readonly SecretReference[]): HeldValue[] {
  const [startedAt] = containerStatuses(pod)
    .flatMap(({ state }) => state?.running?.startedAt ?? [])
    .sort();
  if (startedAt === undefined) return [];
  return uses.filter(({ via }) => via === 'csi').map((reference) => ({ reference, startedAt }));
}

/** Why a pod that uses a value does not hold on to it. */
function placeText(uses: readonly SecretReference[]): string {
  const isMounted = uses.some(({ via }) => via === 'volume' || via === 'projected-volume');
  if (isMounted) return 'kubelet refreshes its volume';
  const init = uses.find((use) => use.init === true);
  if (init?.container !== undefined) return `only init container ${init.container} reads it, at each start`;
  if (uses.every(({ via }) => via === 'imagePullSecrets' || via === 'serviceAccount'))
    return 'only pulls of images use it';
  return 'no container that runs holds it';
}
