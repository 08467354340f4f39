import { refId, type ObjectRef } from '../../core/cluster/kubernetes.ts';
import type { Snapshot } from '../../core/cluster/snapshot.ts';
import { diagnose } from '../../core/diagnose/diagnose.ts';
import { notReadyCodes, type Finding, type FindingCode } from '../../core/findings/findings.ts';
import { verdictOf, type StepOutcome, type Verdict } from '../../core/reports/report.ts';
import { planRestart, type RestartPlan } from '../../core/restart/plan-restart.ts';
import { withNext } from '../../core/restart/restart-next.ts';
import { keptOutcomes, plannedOutcomes, withoutWrites } from '../../core/restart/restart-outcomes.ts';
import type { RestartReport } from '../../core/restart/restart-report.ts';
import { awaitedIds } from '../../core/workloads/waiting.ts';
import { durationText } from '../../render/layout.ts';
import { endLeftPauses } from '../argocd/left-pauses.ts';
import { withNodes } from '../observe/look-closer.ts';
import { observe } from '../observe/observe.ts';
import { proveRights, refuseForbiddenReads } from '../prove-rights.ts';
import { refuseWhenInterrupted, reportHead, type Session } from '../session.ts';
import { untilInterrupted } from '../until-interrupted.ts';
import { agreeToRestart, restartRights } from './agree-to-restart.ts';
import { chooseRestart, type RestartWords } from './choose-restart.ts';
import { releaseSecrets } from './release-secrets.ts';
import { replacePods } from './replace-pods.ts';
import { restartBranches } from './restart-branches.ts';
import { waitForComponents, type WaitResult } from './wait-components.ts';

export interface RestartOptions extends RestartWords {
  readonly yes: boolean;
  readonly confirm?: string | undefined;
  readonly dryRun: boolean;
  /** Leave broken pods to kubelet and only wait. */
  readonly waitOnly: boolean;
  /** Longest wait for recovery, in all. */
  readonly timeoutMs: number;
  /** Nothing was written just before: what others must heal is not waited for to the end. */
  readonly isAlone?: boolean;
}

/** What kubelet starts again by itself is ready by then: it tries every 10 to 15 s. */
const patienceMs = 30_000;

/**
 * Lets kubelet forget immutable Secrets that were created again. Replaces the pods that serve nobody for want of a key that
 * is there now, all at once; restarts what runs with an
 * older value, in dependency order, each level proven before the next; then waits until everything is ready. Throws
 * OperatorError as long as nothing was done.
 */
export async function runRestart(session: Session, options: RestartOptions): Promise<RestartReport> {
  const { cluster, deps, scope, stack } = session;
  const seen = observe(cluster, scope, deps.clock.now());
  const snapshot = await untilInterrupted(
    seen.then((each) => withNodes(cluster, each)),
    deps.signal,
  );
  const choice = chooseRestart(session, snapshot, options);
  const { affectedBy } = options;
  const chosen = affectedBy === undefined ? {} : { affectedBy };
  const full = planRestart(snapshot, stack, choice);
  let plan = options.waitOnly ? withoutWrites(full) : full;
  const writes = plan.release.length + plan.replace.length + plan.restart.length;
  const isUnderWay = plan.keep.some(({ isRollout }) => isRollout);

  // With nothing to do it looks as long as the run would, and so comes to the same end.
  const isUntouched = writes === 0 && !isUnderWay && options.isAlone === true;
  if (options.dryRun && (!isUntouched || options.waitOnly))
    return withNext({ ...dryRunReport(session, snapshot, plan), ...chosen });
  const resumed = options.dryRun ? [] : await endLeftPauses(session, snapshot);
  if (writes > 0) {
    refuseForbiddenReads(session, snapshot, 'restart');
    await untilInterrupted(proveRights(session, restartRights(plan, choice.deletable)), deps.signal);
    plan = await agreeToRestart(session, plan, { ...options, deletable: choice.deletable });
    refuseWhenInterrupted(session);
  }

  const patience = isUntouched && !options.waitOnly ? Math.min(patienceMs, options.timeoutMs) : options.timeoutMs;
  const deadline = deps.clock.monotonic() + patience;
  const begun = [
    ...resumed,
    ...(await releaseSecrets(session, snapshot, { steps: plan.release, pause: plan.pause, deadline })),
    ...(await replacePods(session, plan.replace, { deadline, deletable: choice.deletable })),
    ...(await restartBranches(session, snapshot, { levels: plan.restart, deadline })),
  ];
  const wait = await waitForComponents(session, snapshot, {
    awaited: awaited(session, snapshot, plan),
    deadline,
    title: 'waiting for components',
  });
  const report = finalReport(session, { plan, begun, wait, isUntouched, dryRun: options.dryRun });
  return withNext({ ...report, ...chosen }, remedyLeft(plan, wait));
}

/** Throws `forbidden` where what this would do to such a cluster may not be done; nothing is changed by it. */
export async function proveRestart(
  session: Session,
  snapshot: Snapshot,
  options: Pick<RestartOptions, keyof RestartWords | 'waitOnly'>,
): Promise<void> {
  const choice = chooseRestart(session, snapshot, options);
  const plan = planRestart(snapshot, session.stack, choice);
  if (!options.waitOnly) await proveRights(session, restartRights(plan, choice.deletable));
}

function awaited(
  { stack }: Session,
  snapshot: Snapshot,
  plan: RestartPlan,
): { ids: ReadonlySet<string>; rollouts: ReadonlySet<string> } {
  const restarted = [...plan.release, ...plan.restart.flat()].map(({ workload }) => workload);
  const touched = [...touchedBy(plan), ...plan.keep.flatMap(({ awaits }) => awaits ?? [])];
  const begun = plan.keep.flatMap(({ isRollout, awaits }) => (isRollout && awaits ? [awaits] : []));
  return { ids: awaitedIds(snapshot, stack, touched), rollouts: new Set([...restarted, ...begun].map(refId)) };
}

function touchedBy({ release, replace, restart }: RestartPlan): ObjectRef[] {
  return [...replace, ...release, ...restart.flat()].map(({ workload }) => workload);
}

/** What restart answers for: keys that hold a pod back now or at its next start, and workloads that do not come up. */
const ownCodes: ReadonlySet<FindingCode> = new Set([
  'namespace-missing',
  'secret-missing',
  'secret-key-missing',
  'secret-value-placeholder',
  'secret-value-invalid',
  'workload-missing',
  'next-start-fails',
  'unreadable',
  ...notReadyCodes,
]);

type Ending = Omit<RestartReport, 'next'>;

function dryRunReport(session: Session, snapshot: Snapshot, plan: RestartPlan): Ending {
  const findings = diagnose(snapshot, session.stack).filter(
    ({ code }) => ownCodes.has(code) && !notReadyCodes.has(code),
  );
  return {
    ...reportHead(session, snapshot),
    command: 'restart',
    verdict: verdictOf(findings),
    findings,
    dryRun: true,
    outcomes: plannedOutcomes(plan),
  };
}

interface Ended {
  readonly plan: RestartPlan;
  readonly begun: readonly StepOutcome[];
  readonly wait: WaitResult;
  /** Nothing was changed, neither now nor just before. */
  readonly isUntouched: boolean;
  readonly dryRun: boolean;
}

function finalReport(session: Session, ended: Ended): Ending {
  const { plan, begun, wait, dryRun } = ended;
  const findings = diagnose(wait.snapshot, session.stack).filter(({ code }: Finding) => ownCodes.has(code));
  const outcomes = [...begun, ...keptOutcomes(plan.keep), ...waitOutcomes(ended)];
  return {
    ...reportHead(session, wait.snapshot),
    command: 'restart',
    verdict: finalVerdict(ended, findings),
    findings,
    dryRun,
    outcomes,
  };
}

/** A kept pod in doubt served nobody, and its workload is still not ready: a new pod costs it nothing. */
function remedyLeft({ keep }: RestartPlan, { states }: WaitResult): string | undefined {
  const open = new Set(states.filter(({ state }) => state !== 'ready').map(({ object }) => refId(object)));
  return keep.find(({ remedy }) => remedy !== undefined && open.has(refId(remedy.workload)))?.remedy?.command;
}

/** Of a wait that nothing was begun before, and that found no error. */
const untouchedVerdicts = { timeout: 'partial', hopeless: 'problems', unreadable: 'unreadable' } as const;

/** `partial` promises that something was changed, or was on its way when the time was over. */
function finalVerdict({ begun, wait, isUntouched }: Ended, findings: readonly Finding[]): Verdict {
  const found = verdictOf(findings);
  if (wait.end === 'interrupted') return 'interrupted';
  if (begun.some(isUndone)) return 'partial';
  if (wait.end === 'ready') return found;
  if (isUntouched) return found === 'ok' ? untouchedVerdicts[wait.end] : found;
  return begun.length > 0 || wait.end === 'timeout' || found === 'ok' ? 'partial' : found;
}

/** A pod that somebody else replaced is what was wanted. */
function isUndone({ action, outcome }: StepOutcome): boolean {
  return outcome === 'failed' || (action === 'restart-workload' && outcome === 'skipped');
}

function waitOutcomes({ plan, wait, isUntouched }: Ended): StepOutcome[] {
  const { end, states, readyAfterMs, reason, hasLooked } = wait;
  const unseen = hasLooked ? new Set<string>() : new Set(touchedBy(plan).map(refId));
  const untouched =
    remedyLeft(plan, wait) === undefined ? 'nothing that a restart would help' : 'what runs is in doubt';
  const late = isUntouched ? `not ready, and ${untouched}` : 'not ready in time';
  return states.map(({ object, state, detail, hopeless }): StepOutcome => {
    const after = readyAfterMs.get(refId(object));
    if (end === 'interrupted' && unseen.has(refId(object))) {
      const unknown = 'interrupted before it was looked at again; c2l restart goes on from here';
      return { action: 'wait-ready', object, outcome: 'skipped', detail: unknown };
    }
    if (state === 'ready') {
      const when = after === undefined ? 'ready' : `ready after ${durationText(after)}`;
      return { action: 'wait-ready', object, outcome: 'done', detail: when };
    }
    const why = {
      ready: detail,
      timeout: `${late}: ${detail}`,
      hopeless: hopeless === undefined ? `waits for what cannot become ready: ${detail}` : `cannot heal: ${hopeless}`,
      interrupted: `interrupted while ${detail}; c2l restart goes on from here`,
      unreadable: `not known: ${reason ?? detail}`,
    };
    return { action: 'wait-ready', object, outcome: end === 'interrupted' ? 'skipped' : 'failed', detail: why[end] };
  });
}
