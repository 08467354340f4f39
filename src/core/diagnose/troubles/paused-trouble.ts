import { refText } from '../../cluster/kubernetes.ts';
import { creationFailure } from '../creation-failure.ts';
import { troubledPod, type Trouble, type TroubledWorkload } from './trouble.ts';

/** A paused Deployment scales the pods that it has, and makes none of a template that it had not begun with. */
export function pausedTrouble(troubled: TroubledWorkload): Trouble | undefined {
  const { scene, workload, seen } = troubled;
  if (workload.type !== 'Deployment' || workload.object.spec.paused !== true) return undefined;
  const { ref, object } = workload;
  const hasBegun = troubledPod(troubled) !== undefined || (object.status?.updatedReplicas ?? 0) > 0;
  if (hasBegun || creationFailure(workload, (other) => scene.eventsOf(other)) !== undefined) return undefined;
  return {
    code: 'workload-not-ready',
    message: `${refText(ref)} is not ready: ${seen.detail}; it is paused, and makes no pod of its template before it is resumed`,
    fix: `kubectl -n ${ref.namespace} rollout resume ${refText(ref)}`,
  };
}
