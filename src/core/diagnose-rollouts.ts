import type { Scene } from './diagnosis-scene.ts';
import type { Finding } from './findings.ts';
import { refId, refText } from './kubernetes.ts';
import { count } from './list-text.ts';
import { newFinding } from './new-finding.ts';
import { isCurrent } from './secret-needs.ts';
import type { Workload } from './workloads.ts';

/** Ready workloads whose newer template nobody brings: with `OnDelete` each pod keeps the older one until it is deleted. */
export function diagnoseRollouts(scene: Scene): Finding[] {
  return scene.workloads.flatMap((workload) => {
    if (!isOnDelete(workload) || scene.readiness.get(refId(workload.ref))?.isReady !== true) return [];
    const old = workload.pods.filter((pod) => !isCurrent(workload, pod));
    const [first] = old;
    if (first === undefined) return [];
    const { ref } = workload;
    return newFinding('rollout-waits-for-delete', {
      object: ref,
      message: `${refText(ref)} has a newer template that ${count(old.length, 'pod')} ${old.length === 1 ? 'does' : 'do'} not run: its update strategy is OnDelete`,
      fix: `kubectl -n ${ref.namespace} delete pod ${first.metadata.name}`,
    });
  });
}

function isOnDelete({ type, object }: Workload): boolean {
  return (type === 'StatefulSet' || type === 'DaemonSet') && object.spec.updateStrategy?.type === 'OnDelete';
}
