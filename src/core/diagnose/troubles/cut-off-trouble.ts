import { refText } from '../../cluster/kubernetes.ts';
import { count } from '../../list-text.ts';
import { replicasBefore } from '../../workloads/cut-off-restart.ts';
import type { Trouble, TroubledWorkload } from './trouble.ts';

/** Scaled to 0 by c2l for a moment that nobody ended. */
export function cutOffTrouble({ scene, workload: { ref, object, replicas } }: TroubledWorkload): Trouble | undefined {
  const before = replicasBefore(ref.kind, object.metadata, replicas);
  if (before === undefined) return undefined;
  return {
    code: 'workload-not-ready',
    message: `${refText(ref)} is scaled to 0 by a restart that did not end, and had ${count(before, 'pod')}`,
    fix: scene.command('restart', ref.namespace),
  };
}
