import type { DrillScenario } from '../../core/drill/drill-schema.ts';
import { lastRecords, stepsLeft, type RunbookProgress } from '../../core/runbook/runbook-progress.ts';
import type { Runbook } from '../../core/runbook/runbook.ts';
import { verifyTroubles } from '../../core/verify/verify-report.ts';
import { createStyle } from '../../render/style.ts';
import type { ProgressFile, RunbookWorld } from '../../runbook-ports.ts';
import { runbookValues } from '../runbook/runbook-values.ts';
import { walkRunbook } from '../runbook/walk-runbook.ts';
import type { Session } from '../session.ts';
import { runVerify } from '../verify/verify.ts';
import type { Recovery } from './drill-recovery.ts';
import { Stopwatch } from './drill-stopwatch.ts';

/** A runbook that is to recover, read and filled in before anything is broken. */
export interface DrillRunbook {
  readonly runbook: Runbook;
  readonly world: RunbookWorld;
  readonly values: Readonly<Record<string, string>>;
}

/** Undefined where c2l recovers by itself. Throws `runbook-invalid`, or `usage` where a variable has no value. */
export async function openDrillRunbook(
  session: Session,
  { recovery }: DrillScenario,
  { namespace, from }: { readonly namespace: string; readonly from: readonly string[] },
): Promise<DrillRunbook | undefined> {
  if (recovery.path === 'built-in') return undefined;
  const { deps, cluster } = session;
  const world = await deps.openRunbookWorld();
  const runbook = await world.read(recovery.runbook);
  // The vault of a sandbox is trusted by the process that made it and by no other.
  const source = session.defaultSources.find((spec) => spec.startsWith('env:')) ?? from[0];
  const known = {
    CONTEXT: cluster.context,
    NAMESPACE: namespace,
    ...(source === undefined ? {} : { SOURCE: source }),
  };
  const set = Object.entries(recovery.values).map(([name, value]) => `${name}=${value}`);
  return { runbook, world, values: await runbookValues(runbook, { set, known, yes: true, isSandbox: false }, deps) };
}

export interface RunbookRecoveryOptions {
  readonly timeoutMs: number;
  /** What must be there before the runbook begins; gives what went wrong. */
  readonly before: () => Promise<readonly string[]>;
  /** Is told what became of each step. */
  readonly onStep: (detail: string) => Promise<void>;
}

/** The commands of a runbook as a script runs them, then the proof by c2l, whatever they say of themselves. */
export async function recoverByRunbook(
  session: Session,
  { runbook, world, values }: DrillRunbook,
  { timeoutMs, before, onStep }: RunbookRecoveryOptions,
): Promise<Recovery> {
  const { deps, cluster, childEnv } = session;
  const { clock, operator, signal, terminal } = deps;
  const times = new Stopwatch(clock);
  const wrong = await before();
  const progress = await walkRunbook(
    {
      runbook,
      world,
      file: { ...nowhere, save: (next) => onStep(stepWords(next)) },
      deps,
      style: createStyle(terminal.color, { width: terminal.width }),
      env: { ...childEnv, ...values },
      yes: true,
      signal,
    },
    {
      version: 1,
      runbook: runbook.name,
      startedAt: clock.now().toISOString(),
      startedBy: operator,
      context: cluster.context,
      values,
      steps: [],
    },
  );
  const verified = await runVerify(session, { timeoutMs });
  times.lap('all-verified');
  return {
    isRecovered: verified.verdict === 'ok',
    troubles: stepTroubles(runbook, progress),
    phases: times.phases,
    wrong: [...wrong, ...verifyTroubles(verified)],
  };
}

/** The first step that did not end well: what comes after it was not tried. */
function stepTroubles(runbook: Runbook, progress: RunbookProgress): string[] {
  const [failed] = stepsLeft(runbook, progress);
  if (failed === undefined) return [];
  const exitCode = lastRecords(progress).get(failed.title)?.exitCode;
  const how = exitCode === undefined ? 'did not run' : `ended with exit ${exitCode}`;
  return [`step "${failed.title}" of runbook ${runbook.name} ${how}`];
}

/** The journal is what is kept of a drill. */
const nowhere: Omit<ProgressFile, 'save'> = { path: '', logPath: '', found: undefined };

function stepWords({ steps }: RunbookProgress): string {
  const last = steps.at(-1);
  return last === undefined ? '' : `step "${last.title}" ${last.outcome}, exit ${last.exitCode ?? '-'}`;
}
