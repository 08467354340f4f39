import { refId } from '../cluster/kubernetes.ts';
import type { Secret } from '../cluster/secret.ts';
import type { Snapshot } from '../cluster/snapshot.ts';
import { afterWrites, usersOf } from '../fix/after-writes.ts';
import type { SecretPlan } from '../fix/plan-secrets.ts';
import { isUntouched } from '../fix/planned-secret.ts';
import type { RollbackReport } from '../fix/secret-reports.ts';
import { planRestart } from '../restart/plan-restart.ts';
import type { Stack } from '../stack/stack.ts';

type Restart = RollbackReport['restarts'][number];

/**
 * What of those that take the Secret has to begin anew once a plan is carried out, and what would have to and is left
 * alone. A pod that was older before is named as well: what it runs with is not what is written now.
 */
export function restartsAfter(snapshot: Snapshot, plan: SecretPlan, stack?: Stack): Restart[] {
  const after = afterWrites(snapshot, [plan]);
  const users = usersOf(plan.object, after);
  const known = new Set(neededIn(snapshot, stack).map(stepId));
  const anyway = new Set(neededIn(asEverWritten(after, plan), stack).map(stepId));
  const isNew = (step: Restart): boolean => !known.has(stepId(step)) || !anyway.has(stepId(step));
  return neededIn(after, stack).filter((step) => users.has(refId(step.object)) && isNew(step));
}

function stepId({ object, reason }: Restart): string {
  return `${refId(object)} ${reason}`;
}

function neededIn(snapshot: Snapshot, stack: Stack | undefined): Restart[] {
  const { release, restart, replace, keep } = planRestart(snapshot, stack);
  return [
    ...[...release, ...restart.flat()].map(({ workload, reason }) => ({ object: workload, reason })),
    ...replace.map(({ pod, reason }) => ({ object: pod, reason })),
    ...keep.filter(({ isWithheld }) => isWithheld).map(({ object, reason }) => ({ object, reason })),
  ];
}

/** As if the keys had never held anything else. */
function asEverWritten(after: Snapshot, { object, keys }: SecretPlan): Snapshot {
  const written = new Set(keys.filter((planned) => !isUntouched(planned)).map(({ key }) => key));
  const untold = (times: ReadonlyMap<string, string>): Map<string, string> =>
    new Map([...times].filter(([key]) => !written.has(key)));
  const items = after.secrets.items.map((secret): Secret => {
    const { metadata, keyChangedAt, keyAddedAt } = secret;
    if (metadata.name !== object.name || metadata.namespace !== object.namespace) return secret;
    return { ...secret, keyChangedAt: untold(keyChangedAt), keyAddedAt: untold(keyAddedAt) };
  });
  return { ...after, secrets: { ...after.secrets, items } };
}
