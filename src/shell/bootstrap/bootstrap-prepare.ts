import { count } from '../../core/list-text.ts';
import type { Manifest } from '../../core/manifests/manifests.ts';
import type { ApplyReport } from '../../core/reports/apply-report.ts';
import { verdictOfWrites, type StepOutcome } from '../../core/reports/report.ts';
import type { Stack } from '../../core/stack/stack.ts';
import { namespaceOf } from '../../core/stack/stack.ts';
import { OperatorError } from '../../errors.ts';
import { confirmWrite, type ConfirmOptions } from '../confirm.ts';
import type { ValueOptions } from '../fix/fix-options.ts';
import { runFix } from '../fix/fix-secrets.ts';
import { refuseWhenInterrupted, reportHead, type Session } from '../session.ts';
import { untilInterrupted } from '../until-interrupted.ts';
import { applySteps, isStopped, isWrite, leftOutcomes, rehearseObjects, type ApplyStep } from './apply-objects.ts';
import { awaitDefined, awaitPromised } from './bootstrap-await.ts';
import type { BootstrapPlan } from './bootstrap-plan.ts';
import { resolveObjects } from './resolve-objects.ts';

export interface BootstrapOptions extends ValueOptions, ConfirmOptions {
  readonly dryRun: boolean;
  readonly keep: number;
  /** Longest wait of each phase. */
  readonly timeoutMs: number;
}

/**
 * Everything that the Secrets need: namespaces, the definitions of kinds, and whoever writes Secrets. Before the first
 * write it is proven that the sources have every value and that the API server takes every object.
 */
export async function prepareBootstrap(
  session: Session,
  plan: BootstrapPlan,
  options: BootstrapOptions,
): Promise<ApplyReport> {
  const { deps } = session;
  await runFix(withoutPromised(session, plan), { ...options, dryRun: true });
  const { first, waves } = plan.order;
  const steps = await untilInterrupted(rehearse(session, plan, first), deps.signal);
  const later = waves.flatMap(({ objects }) => objects);
  await untilInterrupted(rehearse(session, plan, later), deps.signal);
  const made = new Set(first.filter(({ kind }) => kind === 'Namespace').map(({ name }) => name));
  const namespaces = [...plan.missingNamespaces].filter((name) => !made.has(name));
  const writes = steps.filter(isWrite);
  const report = (outcomes: readonly StepOutcome[]): ApplyReport => ({
    ...reportHead(session, { namespaces: session.scope.namespaces, takenAt: deps.clock.now().toISOString() }),
    command: 'apply',
    verdict: verdictOfWrites(outcomes, []),
    findings: [],
    dryRun: options.dryRun,
    unchanged: steps.filter(({ change }) => change === 'same').length,
    outcomes: [...plan.left, ...leftOutcomes(steps), ...outcomes],
  });
  if (options.dryRun) return report([...namespaces.map(plannedNamespace), ...plannedSteps(writes)]);
  if (namespaces.length + writes.length > 0) {
    await confirmWrite(session, question(namespaces, writes), options);
    refuseWhenInterrupted(session);
  }
  const outcomes = await createNamespaces(session, namespaces);
  if (!isStopped(outcomes)) outcomes.push(...(await applyFirst(session, plan, steps, options.timeoutMs)));
  if (!isStopped(outcomes)) outcomes.push(...(await awaitPromised(session, plan, options.timeoutMs)));
  return report(outcomes);
}

/** Values that a program in the cluster brings are not looked for in a source. */
export function withoutPromised(session: Session, { stack, order }: BootstrapPlan): Session {
  const isPromised = (secret: Stack['secrets'][number]): boolean =>
    order.promised.some(({ namespace, name }) => name === secret.name && namespace === namespaceOf(stack, secret));
  return { ...session, stack: { ...stack, secrets: stack.secrets.filter((secret) => !isPromised(secret)) } };
}

/** Kinds that the manifests define themselves are known only once that is applied. */
export async function rehearse(
  session: Session,
  { missingNamespaces }: BootstrapPlan,
  manifests: readonly Manifest[],
): Promise<ApplyStep[]> {
  const { objects } = await resolveObjects(session, manifests);
  return rehearseObjects(session, [...objects.values()], missingNamespaces);
}

/** Definitions first; the API server takes a moment until what they define can be asked for. */
async function applyFirst(
  session: Session,
  plan: BootstrapPlan,
  steps: readonly ApplyStep[],
  timeoutMs: number,
): Promise<StepOutcome[]> {
  const outcomes = await applySteps(session, steps);
  if (isStopped(outcomes)) return outcomes;
  const { first, waves } = plan.order;
  outcomes.push(...(await awaitDefined(session, [...first, ...waves.flatMap(({ objects }) => objects)], timeoutMs)));
  const known = new Set(steps.map(({ object }) => `${object.kind}/${object.name}`));
  const rest = first.filter(({ kind, name }) => !known.has(`${kind}/${name}`));
  if (isStopped(outcomes) || rest.length === 0) return outcomes;
  return [...outcomes, ...(await applySteps(session, await rehearse(session, plan, rest)))];
}

function question(namespaces: readonly string[], writes: readonly ApplyStep[]): string {
  const names = [
    ...namespaces,
    ...writes.flatMap(({ object, change }) =>
      object.kind === 'Namespace' && change === 'create' ? [object.name] : [],
    ),
  ];
  const others = writes.length - (names.length - namespaces.length);
  const parts = [
    ...(names.length === 0 ? [] : [`create namespace ${names.join(', ')}`]),
    ...(others === 0 ? [] : [`apply ${count(others, 'object')} that the Secrets need`]),
  ];
  return `${parts.join(', ')}?`;
}

function plannedNamespace(name: string): StepOutcome {
  const object = { kind: 'Namespace', namespace: '', name };
  return { action: 'create-namespace', object, outcome: 'planned', detail: 'would be created' };
}

export function plannedSteps(steps: readonly ApplyStep[]): StepOutcome[] {
  return steps.map(({ object: { kind, namespace = '', name }, change }) => ({
    action: 'apply-object',
    object: { kind, namespace, name },
    outcome: 'planned',
    detail: change === 'create' ? 'would be created' : 'would be changed',
  }));
}

async function createNamespaces({ cluster }: Session, names: readonly string[]): Promise<StepOutcome[]> {
  const outcomes: StepOutcome[] = [];
  for (const name of names) {
    const object = { kind: 'Namespace', namespace: '', name };
    try {
      await cluster.createNamespace(name);
      outcomes.push({ action: 'create-namespace', object, outcome: 'done', detail: 'created' });
    } catch (error) {
      if (!(error instanceof OperatorError)) throw error;
      outcomes.push({ action: 'create-namespace', object, outcome: 'failed', detail: error.message });
      return outcomes;
    }
  }
  return outcomes;
}
