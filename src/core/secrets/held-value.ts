import type { Container, Pod } from '../cluster/kubernetes-pod.ts';
import { refOf } from '../cluster/object-owners.ts';
import type { Secret } from '../cluster/secret.ts';
import { containerStatuses } from '../workloads/pod-state.ts';
import { type SecretReference, secretReferences } from './references.ts';

/** A value that a running container took at its start and holds until it ends. */
export interface HeldValue {
  readonly reference: SecretReference;
  readonly startedAt: string;
}

export function heldValues(pod: Pod, references: readonly SecretReference[]): readonly HeldValue[] {
  return containerStatuses(pod).flatMap(({ name, state }) => {
    const startedAt = state?.running?.startedAt;
    const container = lastingContainer(pod, name);
    if (startedAt === undefined || container === undefined) return [];
    const read = [...references.filter((reference) => reference.container === name), ...subPathVolumes(pod, container)];
    return read.map((reference) => ({ reference, startedAt }));
  });
}

/** Of an immutable Secret kubelet asks no more, so that its volumes stay as they were too. */
export function allHeld(
  pod: Pod,
  references: readonly SecretReference[],
  view: { secret(namespace: string, name: string): Secret | undefined },
): readonly HeldValue[] {
  const started = containerStatuses(pod).flatMap(({ state }) => state?.running?.startedAt ?? []);
  const [startedAt] = started.sort();
  const isFixed = ({ via, namespace, secret }: SecretReference): boolean =>
    (via === 'volume' || via === 'projected-volume') && view.secret(namespace, secret)?.immutable === true;
  const fixed = startedAt === undefined ? [] : references.filter(isFixed);
  return [...heldValues(pod, references), ...fixed.map((reference) => ({ reference, startedAt: startedAt ?? '' }))];
}

/** Of init containers only sidecars keep running; the others are over before their value matters again. */
function lastingContainer({ spec }: Pod, name: string): Container | undefined {
  const sidecars = (spec.initContainers ?? []).filter(({ restartPolicy }) => restartPolicy === 'Always');
  return [...spec.containers, ...sidecars].find((container) => container.name === name);
}

function subPathVolumes(pod: Pod, container: Container): readonly SecretReference[] {
  const volumeMounts = (container.volumeMounts ?? []).filter(({ subPath = '' }) => subPath !== '');
  if (volumeMounts.length === 0) return [];
  const names = new Set(volumeMounts.map(({ name }) => name));
  const volumes = (pod.spec.volumes ?? []).filter(({ name }) => names.has(name));
  return secretReferences(refOf('Pod', pod.metadata), {
    containers: [{ name: container.name, volumeMounts }],
    volumes,
  });
}
