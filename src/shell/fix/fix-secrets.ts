import { pauseSteps, plannedPause, type PlannedPause } from '../../core/argocd/plan-pause.ts';
import type { PausableRef } from '../../core/argocd/sync-pause.ts';
import type { Snapshot } from '../../core/cluster/snapshot.ts';
import { applySecretPlans } from '../../core/fix/apply-secret-plans.ts';
import { fixFlags } from '../../core/fix/fix-flags.ts';
import type { FixReport } from '../../core/fix/secret-reports.ts';
import type { StepOutcome } from '../../core/reports/report.ts';
import { heldSecrets } from '../../core/restart/held-secrets.ts';
import { OperatorError } from '../../errors.ts';
import { endLeftPauses, leftPauses, takingOver } from '../argocd/left-pauses.ts';
import { observe } from '../observe/observe.ts';
import { refuseUnreadableSecrets } from '../observe/readable-secrets.ts';
import { nothingSealed, sealValues } from '../owners/seal-values.ts';
import { syncExternals } from '../owners/sync-external.ts';
import { refuseWhenInterrupted, type Session } from '../session.ts';
import { untilInterrupted } from '../until-interrupted.ts';
import { agreeToFix, showPlans } from './agree-to-fix.ts';
import type { FixOptions } from './fix-options.ts';
import { fixReport, type FixResult } from './fix-report.ts';
import { planRepair, type CheckPlans } from './plan-repair.ts';
import { rehearseWrites } from './rehearse-writes.ts';
import { writePaused } from './write-paused.ts';
import { writeSecrets } from './write-secrets.ts';

/**
 * Restores every missing required value, or none: nothing is written before all values are known and valid, the
 * rights are proven, and the change was agreed to. Throws OperatorError as long as nothing was written; from the
 * first write on the report tells what was done.
 */
export async function runFix(session: Session, options: FixOptions): Promise<FixReport> {
  const { plan: file, only = [] } = options;
  if (file === undefined) return repair(session, options);
  const { openPlan, refuseOutdated, reviewedChanges, reviewedRecreations } = await import('./reviewed-plan.ts');
  if (only.length > 0) {
    throw new OperatorError('usage', '--plan carries out what was reviewed, and takes no names', {
      hint: `c2l fix-secrets --plan ${file}`,
    });
  }
  const reviewed = await openPlan(session, file);
  const overwrite = [...options.overwrite, ...reviewedChanges(reviewed)];
  const recreate = [...(options.recreate ?? []), ...reviewedRecreations(reviewed)];
  return repair(
    session,
    { ...options, only: reviewed.only ?? [], from: reviewed.sources, overwrite, recreate },
    (plans) => refuseOutdated(session, file, { reviewed, plans }),
  );
}

async function repair(session: Session, options: FixOptions, check?: CheckPlans): Promise<FixReport> {
  const { snapshot, resumed } = await lookFirst(session, options);
  const seen = { snapshot, resumed, check };
  if (!mayPause(options)) return repairSeen(session, options, { ...seen, settle: nothingToSettle });
  return takingOver(session, snapshot, (settle) => repairSeen(session, options, { ...seen, settle }));
}

const nothingToSettle = (): Promise<readonly StepOutcome[]> => Promise.resolve([]);

/** Whether it goes on with pauses that were left, rather than ending them before anything else. */
function mayPause({ pauseSyncMs, dryRun }: FixOptions): boolean {
  return pauseSyncMs !== undefined && !dryRun;
}

interface Seen {
  readonly snapshot: Snapshot;
  readonly resumed: readonly StepOutcome[];
  readonly check: CheckPlans | undefined;
  /** Ends what was left paused, but for what is to be paused now. */
  readonly settle: (needed: readonly PausableRef[]) => Promise<readonly StepOutcome[]>;
}

async function repairSeen(session: Session, options: FixOptions, seen: Seen): Promise<FixReport> {
  const { deps } = session;
  const { dryRun } = options;
  const { snapshot, resumed, check, settle } = seen;
  const { refusal, pauses, wanted, sealing, ...planned } = await planRepair(session, options, { snapshot, check });
  const { plans, fills, sealPlans } = planned;
  const { outcomes: sealedSteps, manifests } = dryRun ? nothingSealed : await sealValues(session, sealing, sealPlans);
  const pause = plannedPause(plans, pauses, {
    durationMs: options.pauseSyncMs ?? 0,
    left: leftPauses(session, snapshot),
  });
  const hasWork = plans.some(({ action }) => action !== 'none') || fills.length > 0 || pause.objects.length > 0;
  if (!hasWork && refusal !== undefined && sealPlans.length === 0) throw refusal;
  const { only, identity } = options;
  const result = { ...planned, only, identity, flags: fixFlags(options), snapshot, manifests, dryRun };
  if (dryRun || !hasWork) {
    const ended = await settle([]);
    return fixReport(session, { ...result, outcomes: [...resumed, ...ended, ...pauseSteps(pause), ...sealedSteps] });
  }

  await untilInterrupted(options.beforeWrite?.(applySecretPlans(snapshot, plans)) ?? Promise.resolve(), deps.signal);
  showPlans(session, { plans, fills, pause }, snapshot);
  await untilInterrupted(rehearseWrites(session, plans, snapshot.missingNamespaces), deps.signal);
  await agreeToFix(session, { plans, fills, pause, wanted, snapshot, recovered: planned.recovered }, options);
  refuseWhenInterrupted(session);
  const ended = await settle(pause.objects);
  const done = await carryOut(session, { ...result, pause }, options);
  return fixReport(session, { ...result, ...done, outcomes: [...resumed, ...ended, ...done.outcomes, ...sealedSteps] });
}

/** What was done, and what it looks like now where another program was to write. */
async function carryOut(
  session: Session,
  { snapshot, plans, fills = [], pause }: FixResultSoFar,
  { keep, keeper }: FixOptions,
): Promise<Pick<FixResult, 'snapshot' | 'outcomes' | 'written'>> {
  const { cluster, deps, scope, stack } = session;
  const { missingNamespaces } = snapshot;
  const { outcomes: writes, written } = await writePaused(session, {
    pause,
    command: 'fix-secrets',
    keeper,
    write: () => writeSecrets(session, plans, { command: 'fix-secrets', missingNamespaces, keep }),
  });
  const outcomes = [...writes, ...heldSecrets(written, snapshot, stack)];
  if (fills.length === 0) return { snapshot, outcomes, written };
  const synced = await syncExternals(session, fills);
  // What another program wrote is known only by looking again.
  const after = await observe(cluster, scope, deps.clock.now());
  return { snapshot: after, outcomes: [...outcomes, ...synced], written: [] };
}

type FixResultSoFar = Pick<FixResult, 'snapshot' | 'plans' | 'fills'> & { readonly pause: PlannedPause };

async function lookFirst(
  session: Session,
  options: FixOptions,
): Promise<{ readonly snapshot: Snapshot; readonly resumed: readonly StepOutcome[] }> {
  const { cluster, deps, scope } = session;
  const look = (): Promise<Snapshot> => untilInterrupted(observe(cluster, scope, deps.clock.now()), deps.signal);
  const snapshot = await look();
  refuseUnreadableSecrets(session, snapshot);
  const resumed = options.dryRun || mayPause(options) ? [] : await endLeftPauses(session, snapshot);
  // What syncs again may have written already.
  return { snapshot: resumed.length === 0 ? snapshot : await look(), resumed };
}
