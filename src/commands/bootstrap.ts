import { takenBy } from '../core/fix/fix-flags.ts';
import type { Phase } from '../core/reports/walk-report.ts';
import { OperatorError } from '../errors.ts';
import type { OutputFormat } from '../render/output-format.ts';
import { applyBootstrap } from '../shell/bootstrap/bootstrap-apply.ts';
import { planBootstrap, readManifests, type BootstrapPlan } from '../shell/bootstrap/bootstrap-plan.ts';
import { prepareBootstrap, withoutPromised, type BootstrapOptions } from '../shell/bootstrap/bootstrap-prepare.ts';
import { runFix } from '../shell/fix/fix-secrets.ts';
import { withStackOf, type Session } from '../shell/session.ts';
import { untilInterrupted } from '../shell/until-interrupted.ts';
import { runVerify } from '../shell/verify/verify.ts';
import type { CommandResult } from './run-report.ts';
import { walkThrough, type WalkStep } from './walk-phases.ts';

export interface BootstrapCommandOptions extends BootstrapOptions {
  readonly manifests: readonly string[];
  readonly output: OutputFormat;
  readonly verbose: boolean;
}

/** From an empty cluster to a stack that is proven to work, Secrets before the workloads that need them. */
export async function bootstrap(opened: Session, options: BootstrapCommandOptions): Promise<CommandResult> {
  const { signal } = opened.deps;
  const { output, verbose, timeoutMs } = options;
  const paths = options.manifests.length > 0 ? options.manifests : opened.defaultManifests;
  const set = await untilInterrupted(readManifests(opened, paths), signal);
  const session = await withStackOf(set, opened);
  const plan = await untilInterrupted(planBootstrap(session, set), signal);
  refuseNothing(plan);
  const filled: BootstrapPlan = { ...plan, missingNamespaces: new Set() };
  const later = options.dryRun ? plan : filled;
  const steps: readonly WalkStep[] = [
    { name: 'prepare', body: () => prepareBootstrap(session, plan, options) },
    { name: 'fix-secrets', body: () => runFix(withoutPromised(session, plan), options) },
    { name: 'apply', body: () => applyBootstrap(session, later, options) },
    { name: 'verify', body: () => untilInterrupted(runVerify(session, { timeoutMs }), signal) },
  ];
  const { manifests } = options;
  const taken = { ...(manifests.length > 0 && { manifests }), ...takenBy(options) };
  return walkThrough(session, steps, { command: 'bootstrap', output, verbose, taken, leadsOn: leadsOn(options) });
}

/** Missing Secrets and Applications are what bootstrap is for: only what it could not do stops it. */
function leadsOn({ dryRun }: BootstrapCommandOptions): (phase: Phase) => boolean {
  return ({ name, verdict }) => {
    if (dryRun) return name !== 'apply';
    return verdict === 'ok' || verdict === 'problems' || verdict === 'unreadable';
  };
}

function refuseNothing({ stack, order }: BootstrapPlan): void {
  if (order.waves.length > 0 || stack.argocd.applications.length > 0) return;
  throw new OperatorError('usage', `stack ${stack.name} names no Argo CD Application, and no manifests are given`, {
    hint: 'c2l bootstrap --manifests DIR',
  });
}
