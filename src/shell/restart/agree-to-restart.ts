import type { Right } from '../../cluster-ports.ts';
import { refId, refText } from '../../core/cluster/kubernetes.ts';
import type { ReleaseStep } from '../../core/restart/plan-release.ts';
import type { RestartPlan, RestartStep } from '../../core/restart/plan-restart.ts';
import { plannedOutcomes } from '../../core/restart/restart-outcomes.ts';
import { componentRef } from '../../core/workloads/dependencies.ts';
import { OperatorError } from '../../errors.ts';
import { outcomeLines } from '../../render/change-text.ts';
import { createStyle } from '../../render/style.ts';
import { pauseRights } from '../argocd/pause-sync.ts';
import { confirmWrite, declined, type ConfirmOptions } from '../confirm.ts';
import type { Session } from '../session.ts';

export interface AgreeOptions extends ConfirmOptions {
  /** Ids of workloads whose pods are deleted where a budget refuses their eviction. */
  readonly deletable: ReadonlySet<string>;
}

/**
 * Shows the plan and gets consent for it, at a terminal for each critical workload that runs by itself; one that is
 * declined is left out. Throws `declined` where nothing is left.
 */
export async function agreeToRestart(session: Session, plan: RestartPlan, options: AgreeOptions): Promise<RestartPlan> {
  const { terminal } = session.deps;
  const style = createStyle(terminal.color, { width: terminal.width });
  for (const line of outcomeLines(plannedOutcomes(plan), style)) terminal.err(line);
  await confirmDeletes(session, plan, options);

  const apart = options.yes || !terminal.canPrompt ? [] : criticalSteps(session, plan);
  if (apart.length < 2) {
    await confirmWrite(session, question(plan), options);
    return plan;
  }
  const together = { ...plan, restart: without(plan.restart, apart) };
  const hasMore = together.release.length + together.replace.length + together.restart.length > 0;
  const isAgreed = hasMore && (await isConfirmed(session, question(together), options));
  const refused: (RestartStep | ReleaseStep)[] = isAgreed ? [] : [...together.release, ...together.restart.flat()];
  for (const step of apart) {
    const asked = `restart ${refText(step.workload)}, which is critical: ${step.reason}?`;
    if (!(await isConfirmed(session, asked, options))) refused.push(step);
  }
  return left(plan, refused, isAgreed);
}

function left(plan: RestartPlan, refused: readonly (RestartStep | ReleaseStep)[], isAgreed: boolean): RestartPlan {
  const keep = refused.map(({ workload, reason }) => ({
    object: workload,
    reason: `${reason}, but its restart was declined`,
    isWithheld: true,
  }));
  const restart = without(plan.restart, refused);
  const replace = isAgreed ? plan.replace : [];
  const [release, pause] = isAgreed ? [plan.release, plan.pause] : [[], []];
  const isSomethingLeft = release.length + restart.length + replace.length > 0;
  if (isSomethingLeft) return { release, pause, replace, restart, keep: [...keep, ...plan.keep] };
  throw declined();
}

/** Of what the stack does not call critical the restarts are asked for together. */
function criticalSteps({ stack }: Session, { restart }: RestartPlan): RestartStep[] {
  if (stack === undefined) return [];
  const critical = new Set(
    stack.components.filter((each) => each.critical).map((component) => refId(componentRef(stack, component))),
  );
  return restart.flat().filter(({ workload }) => critical.has(refId(workload)));
}

function without(
  levels: RestartPlan['restart'],
  steps: readonly (RestartStep | ReleaseStep)[],
): readonly (readonly RestartStep[])[] {
  return levels.map((level) => level.filter((step) => !steps.includes(step))).filter((level) => level.length > 0);
}

async function isConfirmed(session: Session, asked: string, options: ConfirmOptions): Promise<boolean> {
  try {
    await confirmWrite(session, asked, options);
    return true;
  } catch (error) {
    if (error instanceof OperatorError && error.code === 'declined') return false;
    throw error;
  }
}

async function confirmDeletes(session: Session, { replace }: RestartPlan, options: AgreeOptions): Promise<void> {
  const pods = replace.filter(({ workload }) => options.deletable.has(refId(workload))).map(({ pod }) => refText(pod));
  if (pods.length === 0) return;
  await confirmWrite(session, `delete ${pods.join(', ')} where a PodDisruptionBudget refuses the eviction?`, options);
}

export function restartRights(
  { release, pause, replace, restart }: RestartPlan,
  deletable: ReadonlySet<string>,
): Right[] {
  const rights = [
    ...pauseRights(pause),
    ...replace.map(({ pod }): Right => ({
      verb: 'create',
      group: '',
      resource: 'pods',
      subresource: 'eviction',
      namespace: pod.namespace,
    })),
    ...replace
      .filter(({ workload }) => deletable.has(refId(workload)))
      .map(({ pod }): Right => ({ verb: 'delete', group: '', resource: 'pods', namespace: pod.namespace })),
    ...[...release, ...restart.flat()].map(({ workload }): Right => ({
      verb: 'patch',
      group: 'apps',
      resource: `${workload.kind.toLowerCase()}s`,
      namespace: workload.namespace,
    })),
  ];
  return [...new Map(rights.map((right) => [JSON.stringify(right), right])).values()];
}

function question({ release, replace, restart }: RestartPlan): string {
  const workloads = restart.flat().map(({ workload }) => refText(workload));
  const pods = replace.length === 1 ? '1 pod that serves' : `${replace.length} pods that serve`;
  const away = release.map(({ workload }) => refText(workload)).join(', ');
  const parts = [
    ...(release.length > 0 ? [`scale ${away} to 0 at one time, which interrupts what they serve, and back`] : []),
    ...(replace.length > 0 ? [`replace ${pods} nobody`] : []),
    ...(workloads.length > 0 ? [`restart ${workloads.join(', ')}`] : []),
  ];
  return `${parts.join(' and ')}?`;
}
