import type { SyncedObject } from '../../cluster-ports.ts';
import { applicationHealth, isHealthy } from '../../core/argocd/argocd.ts';
import type { Wave } from '../../core/bootstrap/apply-order.ts';
import type { Application } from '../../core/cluster/kubernetes.ts';
import type { StepOutcome } from '../../core/reports/report.ts';
import { OperatorError } from '../../errors.ts';
import { lookUntil } from '../look-until.ts';
import { nothingReadable, type Session } from '../session.ts';
import { unawaited } from '../step-by-step.ts';
import type { BootstrapPlan } from './bootstrap-plan.ts';

const pollMs = 500;
const mostTries = 5;

/** Those of the Applications that Argo CD has not brought up. */
export async function applicationsToSync(session: Session, names: readonly string[]): Promise<string[]> {
  const live = await applications(session);
  const open = live.filter((application) => !isUp(application)).map(({ metadata }) => metadata.name);
  return names.filter((name) => open.includes(name));
}

/** In the order of the stack, so that each finds there what it needs; then those that only the manifests have. */
export function applicationsOf({ stack, order }: BootstrapPlan): string[] {
  const applied = order.waves.flatMap(applicationsIn);
  return [...new Set([...stack.argocd.applications, ...applied])];
}

/** Those that one wave brings. */
export function applicationsIn({ objects }: Pick<Wave, 'objects'>): string[] {
  return objects.filter(({ kind }) => kind === 'Application').map(({ name }) => name);
}

/** Has Argo CD sync one after the other, each until it is healthy; those that sync by themselves are waited for. */
export async function syncApplications(
  session: Session,
  wanted: readonly string[],
  deadline: number,
): Promise<StepOutcome[]> {
  const names = await applicationsToSync(session, wanted);
  const outcomes: StepOutcome[] = [];
  for (const name of names) {
    const object = { kind: 'Application', namespace: session.scope.argocdNamespace, name };
    const step = (outcome: StepOutcome['outcome'], detail: string): StepOutcome => ({
      action: 'sync-application',
      object,
      outcome,
      detail,
    });
    const before = outcomes.at(-1);
    if (session.deps.signal.aborted || (before !== undefined && before.outcome !== 'done')) {
      outcomes.push(step('skipped', 'skipped because an earlier one is not healthy; c2l bootstrap goes on here'));
      continue;
    }
    outcomes.push(await syncOne(session, name, { step, deadline }));
  }
  return outcomes;
}

async function syncOne(
  session: Session,
  name: string,
  {
    step,
    deadline,
  }: {
    readonly step: (outcome: StepOutcome['outcome'], detail: string) => StepOutcome;
    readonly deadline: number;
  },
): Promise<StepOutcome> {
  const { deps } = session;
  const progress = deps.terminal.progress(`syncing ${name}`);
  try {
    const earlier = await request(session, name);
    const look = async (): Promise<Application | undefined> => {
      const application = (await applications(session)).find(({ metadata }) => metadata.name === name);
      if (!isUp(application)) progress.update(`syncing ${name}: ${stateText(application)}`);
      return application;
    };
    const isOver = (seen: Application | undefined): boolean => isUp(seen) || hasFailed(seen, earlier);
    const application = await lookUntil(deps, { everyMs: pollMs, deadline }, look, isOver);
    if (isUp(application)) {
      progress.finish('ok', `${name} is synced and healthy`);
      return step('done', 'synced and healthy');
    }
    progress.finish('failed', `${name}: ${stateText(application)}`);
    return step('failed', `not up: ${stateText(application)}; argocd app get ${name}`);
  } catch (error) {
    if (!(error instanceof OperatorError)) throw error;
    progress.finish('stopped', `${name}: ${error.message}`);
    return error.code === 'interrupted' ? step('skipped', unawaited('c2l bootstrap')) : step('failed', error.message);
  }
}

/** A sync that failed before this one was asked for stands there until this one is begun. */
function hasFailed(application: Application | undefined, earlier: string | undefined): boolean {
  const { phase, startedAt } = application?.status?.operationState ?? {};
  return (phase === 'Failed' || phase === 'Error') && (earlier === undefined || startedAt !== earlier);
}

interface SyncSpec {
  readonly automated?: { readonly enabled?: boolean };
  readonly syncOptions?: readonly string[];
}

/** Asks Argo CD to sync. Gives when the sync before the one that was asked for began. */
async function request(session: Session, name: string): Promise<string | undefined> {
  for (let tries = 1; ; tries++) {
    try {
      return await requestOnce(session, name);
    } catch (error) {
      // Argo CD writes its status into the same object all the time.
      if (!(error instanceof OperatorError) || error.code !== 'conflict' || tries === mostTries) throw error;
    }
  }
}

/** Who syncs by itself is told to look now; a sync that runs is not disturbed. */
async function requestOnce({ cluster, scope }: Session, name: string): Promise<string | undefined> {
  const namespace = scope.argocdNamespace;
  const found = await cluster.readSynced({ kind: 'Application', namespace, name });
  if (found.state !== 'present' || isUnderWay(found.value)) return undefined;
  const { metadata, spec, status } = found.value;
  const { automated, syncOptions = [] } = (spec['syncPolicy'] ?? {}) as SyncSpec;
  if (automated !== undefined && automated.enabled !== false) {
    const annotations = { 'argocd.argoproj.io/refresh': 'normal' };
    await cluster.annotate({ resource: 'applications', namespace, name, annotations });
    return undefined;
  }
  await cluster.requestSync({ namespace, name, resourceVersion: metadata.resourceVersion ?? '', syncOptions });
  return (status as Application['status'])?.operationState?.startedAt;
}

function isUnderWay({ hasOperation, status }: SyncedObject): boolean {
  const { operationState, sync } = status as NonNullable<Application['status']>;
  return hasOperation || operationState?.phase === 'Running' || sync?.status === 'Synced';
}

async function applications({ cluster, scope }: Session): Promise<readonly Application[]> {
  const answer = await cluster.list('applications', scope.argocdNamespace);
  if (answer.state === 'present') return answer.value;
  if (answer.state === 'absent' || answer.cause === 'forbidden') return [];
  throw nothingReadable(cluster, answer.reason);
}

function isUp(application: Application | undefined): boolean {
  return application !== undefined && application.status?.sync?.status === 'Synced' && isHealthy(application);
}

function stateText(application: Application | undefined): string {
  if (application === undefined) return 'gone';
  const { phase, message } = application.status?.operationState ?? {};
  const sync = application.status?.sync?.status ?? 'Unknown';
  const operation = phase === undefined ? '' : `, last sync ${phase}${message === undefined ? '' : ` (${message})`}`;
  return `${sync}, ${applicationHealth(application)}${operation}`;
}
