import { refId } from '../cluster/kubernetes.ts';
import type { Snapshot } from '../cluster/snapshot.ts';
import { afterWrites, usersOf } from '../fix/after-writes.ts';
import type { SecretPlan } from '../fix/plan-secrets.ts';
import type { StepOutcome } from '../reports/report.ts';
import type { Stack } from '../stack/stack.ts';
import { planRestart } from './plan-restart.ts';
import { keptOutcomes } from './restart-outcomes.ts';

/**
 * What still has to happen where an immutable Secret was created again: a kubelet asks for one only once, and keeps it
 * as long as any pod of its node refers to it. New pods get the old one too, unless all are gone at one time. Whom that
 * concerns is judged as `restart` will judge it, so that nothing is said to be due that it keeps.
 */
export function heldSecrets(plans: readonly SecretPlan[], snapshot: Snapshot, stack?: Stack): StepOutcome[] {
  const held = plans.filter(({ action }) => action === 'recreate').map(({ object }) => object);
  if (held.length === 0) return [];
  const after = afterWrites(snapshot, plans);
  const users = new Set(held.flatMap((secret) => [...usersOf(secret, after)]));
  const { release, restart, keep } = planRestart(after, stack);
  const due = [...release, ...restart.flat()].map(({ workload, reason }): StepOutcome => {
    return {
      action: 'restart-workload',
      object: workload,
      outcome: 'planned',
      detail: `to do by c2l restart: ${reason}`,
    };
  });
  const kept = keptOutcomes(keep.filter(({ isWithheld }) => isWithheld));
  return [...due, ...kept].filter(({ object }) => users.has(refId(object)));
}
