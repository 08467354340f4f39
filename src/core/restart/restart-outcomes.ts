import type { ObjectRef } from '../cluster/kubernetes.ts';
import type { StepOutcome } from '../reports/report.ts';
import type { KeepStep, RestartPlan } from './plan-restart.ts';

/** The plan when every pod is left to kubelet. */
export function withoutWrites({ release, replace, restart, keep }: RestartPlan): RestartPlan {
  const left: readonly Omit<KeepStep, 'isWithheld'>[] = [
    ...replace.map(({ pod, reason, workload }) => ({ object: pod, reason, awaits: workload })),
    ...[...release, ...restart.flat()].map(({ workload, reason }) => ({ object: workload, reason })),
  ];
  const kept = left.map((step) => ({ ...step, reason: `left to kubelet: ${step.reason}`, isWithheld: false }));
  return { release: [], pause: [], replace: [], restart: [], keep: [...kept, ...keep] };
}

/** The plan as a report shows it before anything is done. */
export function plannedOutcomes({ release, pause, replace, restart, keep }: RestartPlan): StepOutcome[] {
  return [
    ...pause.map((object) => planned('pause-sync', object, 'while what it would scale back is scaled to 0')),
    ...replace.map(({ pod, reason }) => planned('replace-pod', pod, reason)),
    ...[...release, ...restart.flat()].map(({ workload, reason }) => planned('restart-workload', workload, reason)),
    ...keptOutcomes(keep),
  ];
}

export function keptOutcomes(keep: readonly KeepStep[]): StepOutcome[] {
  return keep.map(({ object, reason, isWithheld, isDoubted, awaits }) => ({
    action: 'keep-pod',
    object,
    outcome: 'kept',
    detail: reason,
    ...(isWithheld && { isWithheld }),
    ...(awaits && { isAwaited: true }),
    ...(isDoubted && { isDoubted }),
  }));
}

function planned(action: StepOutcome['action'], object: ObjectRef, detail: string): StepOutcome {
  return { action, object, outcome: 'planned', detail };
}
