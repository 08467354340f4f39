import { refText } from '../../cluster/kubernetes.ts';
import { creationFailure } from '../creation-failure.ts';
import type { Trouble, TroubledWorkload } from './trouble.ts';

/** Pods that the API server did not even let a controller create, because a quota is used up. */
export function quotaTrouble({ scene, workload }: TroubledWorkload): Trouble | undefined {
  const told = creationFailure(workload, (ref) => scene.eventsOf(ref));
  const [, quota, amounts] = /exceeded quota: ([^,\s]+), (.*)$/.exec(told ?? '') ?? [];
  if (quota === undefined) return undefined;
  const { ref } = workload;
  return {
    code: 'quota-exceeded',
    object: { kind: 'ResourceQuota', namespace: ref.namespace, name: quota },
    message: `resourcequota/${quota} is used up (${amounts ?? ''}), so ${refText(ref)} cannot create its pods`,
    fix: `kubectl -n ${ref.namespace} describe resourcequota ${quota}`,
  };
}
