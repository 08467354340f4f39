import { refId } from '../../core/cluster/kubernetes.ts';
import { count } from '../../core/list-text.ts';
import type { ApplyReport } from '../../core/reports/apply-report.ts';
import { verdictOfWrites, type StepOutcome } from '../../core/reports/report.ts';
import type { StackComponent } from '../../core/stack/stack.ts';
import { componentRef } from '../../core/workloads/dependencies.ts';
import { confirmWrite } from '../confirm.ts';
import { observe } from '../observe/observe.ts';
import { waitForComponents } from '../restart/wait-components.ts';
import { refuseWhenInterrupted, reportHead, type Session } from '../session.ts';
import { unawaited } from '../step-by-step.ts';
import { untilInterrupted } from '../until-interrupted.ts';
import { applySteps, isStopped, isWrite, leftOutcomes, objectRef, type ApplyStep } from './apply-objects.ts';
import type { BootstrapPlan } from './bootstrap-plan.ts';
import { plannedSteps, rehearse, type BootstrapOptions } from './bootstrap-prepare.ts';
import { applicationsIn, applicationsOf, applicationsToSync, syncApplications } from './sync-applications.ts';

interface PlannedWave {
  readonly steps: readonly ApplyStep[];
  readonly awaited: readonly StackComponent[];
  /** In the order of the stack. */
  readonly applications: readonly string[];
}

/** The workloads and what they need, wave by wave, each component after those that it depends on; then Argo CD's. */
export async function applyBootstrap(
  session: Session,
  plan: BootstrapPlan,
  options: BootstrapOptions,
): Promise<ApplyReport> {
  const { deps } = session;
  const waves: PlannedWave[] = [];
  const named = applicationsOf(plan);
  for (const { objects, awaited } of plan.order.waves) {
    const applications = named.filter((name) => applicationsIn({ objects }).includes(name));
    waves.push({ steps: await untilInterrupted(rehearse(session, plan, objects), deps.signal), awaited, applications });
  }
  const steps = waves.flatMap((wave) => wave.steps);
  const writes = steps.filter(isWrite);
  const toSync = await untilInterrupted(applicationsToSync(session, named), deps.signal);
  const report = (outcomes: readonly StepOutcome[]): ApplyReport => ({
    ...reportHead(session, { namespaces: session.scope.namespaces, takenAt: deps.clock.now().toISOString() }),
    command: 'apply',
    verdict: verdictOfWrites(outcomes, []),
    findings: [],
    dryRun: options.dryRun,
    unchanged: steps.filter(({ change }) => change === 'same').length,
    outcomes: [...leftOutcomes(steps), ...outcomes],
  });
  if (options.dryRun) return report([...plannedSteps(writes), ...toSync.map(plannedSync)]);
  if (writes.length + toSync.length > 0) {
    await confirmWrite(session, question(waves, toSync), options);
    refuseWhenInterrupted(session);
  }
  const deadline = deps.clock.monotonic() + options.timeoutMs;
  const outcomes = await applyWaves(session, waves, deadline);
  if (!isStopped(outcomes)) outcomes.push(...(await syncApplications(session, named, deadline)));
  return report(outcomes);
}

/** What a wave brings is up before the next begins, as Argo CD has it; the Applications of the last are synced by whoever calls. */
async function applyWaves(session: Session, waves: readonly PlannedWave[], deadline: number): Promise<StepOutcome[]> {
  const outcomes: StepOutcome[] = [];
  for (const [index, { steps, awaited, applications }] of waves.entries()) {
    if (isStopped(outcomes)) {
      outcomes.push(...steps.filter(isWrite).map(skippedStep));
      continue;
    }
    outcomes.push(...(await applySteps(session, steps)));
    if (!isStopped(outcomes) && awaited.length > 0) outcomes.push(...(await awaitReady(session, awaited, deadline)));
    const isLast = index === waves.length - 1;
    if (!isStopped(outcomes) && !isLast) outcomes.push(...(await syncApplications(session, applications, deadline)));
  }
  return outcomes;
}

function skippedStep({ object }: ApplyStep): StepOutcome {
  const detail = 'skipped because an earlier wave is not there yet; c2l bootstrap goes on here';
  return { action: 'apply-object', object: objectRef(object), outcome: 'skipped', detail };
}

/** Nothing is told of what became ready: verify proves it. */
async function awaitReady(
  session: Session,
  components: readonly StackComponent[],
  deadline: number,
): Promise<StepOutcome[]> {
  const { cluster, deps, scope, stack } = session;
  if (stack === undefined) return [];
  const refs = components.map((component) => componentRef(stack, component));
  const { end, states, reason } = await waitForComponents(session, await observe(cluster, scope, deps.clock.now()), {
    awaited: { ids: new Set(refs.map(refId)), rollouts: new Set() },
    deadline,
    title: `waiting for ${components.map(({ name }) => name).join(', ')}`,
  });
  if (end === 'ready') return [];
  return states
    .filter(({ state }) => state !== 'ready')
    .map(({ object, detail, hopeless }) => ({
      action: 'wait-ready',
      object,
      outcome: end === 'interrupted' ? 'skipped' : 'failed',
      detail:
        end === 'interrupted' ? unawaited('c2l bootstrap') : (reason ?? hopeless ?? `not ready in time: ${detail}`),
    }));
}

function question(waves: readonly PlannedWave[], toSync: readonly string[]): string {
  const written = waves.filter(({ steps }) => steps.some(isWrite));
  const writes = written.flatMap(({ steps }) => steps.filter(isWrite));
  const parts = [
    ...(writes.length === 0 ? [] : [`apply ${count(writes.length, 'object')} in ${count(written.length, 'wave')}`]),
    ...(toSync.length === 0 ? [] : [`sync ${toSync.join(', ')}`]),
  ];
  return `${parts.join(', ')}?`;
}

function plannedSync(name: string): StepOutcome {
  const object = { kind: 'Application', namespace: '', name };
  return { action: 'sync-application', object, outcome: 'planned', detail: 'would be synced' };
}
