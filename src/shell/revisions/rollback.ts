import { findObject } from '../../core/cluster/find-object.ts';
import { refText, type ObjectRef } from '../../core/cluster/kubernetes.ts';
import type { Snapshot } from '../../core/cluster/snapshot.ts';
import { diagnose } from '../../core/diagnose/diagnose.ts';
import { applySecretPlans } from '../../core/fix/apply-secret-plans.ts';
import { rollbackFlags } from '../../core/fix/fix-flags.ts';
import type { Finding } from '../../core/findings/findings.ts';
import { keysOf, plannedSecret, type SecretPlan } from '../../core/fix/plan-secrets.ts';
import { guardTarget, overwriteNeeded, unnamedChanges } from '../../core/fix/secret-guards.ts';
import type { RollbackReport } from '../../core/fix/secret-reports.ts';
import { listText } from '../../core/list-text.ts';
import { nearestNames } from '../../core/nearest.ts';
import { writerIndex } from '../../core/owners/secret-writers.ts';
import { verdictOfWrites, type StepOutcome } from '../../core/reports/report.ts';
import { foretoldFindings } from '../../core/revisions/foretold-findings.ts';
import type { KeptRevision } from '../../core/revisions/kept-revision.ts';
import { planRollback, rollbackTarget } from '../../core/revisions/plan-rollback.ts';
import { revisionsIn } from '../../core/revisions/revision.ts';
import { restartsAfter } from '../../core/revisions/rollback-restarts.ts';
import { utcText } from '../../core/utc-text.ts';
import { OperatorError } from '../../errors.ts';
import { planLines } from '../../render/plan-text.ts';
import { createStyle } from '../../render/style.ts';
import { endLeftPauses } from '../argocd/left-pauses.ts';
import { confirmWrite } from '../confirm.ts';
import { secretRights } from '../fix/fix-rights.ts';
import { refuseBrokenPairs, rehearseWrites } from '../fix/rehearse-writes.ts';
import { writeSecrets } from '../fix/write-secrets.ts';
import { observe } from '../observe/observe.ts';
import { refuseUnreadableSecrets } from '../observe/readable-secrets.ts';
import { proveRights, refuseForbiddenReads } from '../prove-rights.ts';
import { refuseWhenInterrupted, reportHead, type Session } from '../session.ts';
import { untilInterrupted } from '../until-interrupted.ts';

export interface RollbackOptions {
  readonly secret: string;
  /** Its id or its whole name; the newest where none is named. */
  readonly revision?: string | undefined;
  readonly yes: boolean;
  readonly confirm?: string | undefined;
  readonly dryRun: boolean;
  /** Keys whose present value may be replaced or taken away without asking. */
  readonly overwrite: readonly string[];
  /** Whether an immutable Secret may be deleted and created again without asking. */
  readonly recreate?: boolean;
  readonly keep: number;
}

/**
 * Makes a Secret hold again what a revision holds, with a revision of its own kept first, so that a rollback can be
 * rolled back. Throws OperatorError as long as nothing was written.
 */
export async function runRollback(session: Session, options: RollbackOptions): Promise<RollbackReport> {
  const { cluster, deps, scope } = session;
  const snapshot = await untilInterrupted(observe(cluster, scope, deps.clock.now()), deps.signal);
  refuseUnreadableSecrets(session, snapshot);
  if (!options.dryRun) await endLeftPauses(session, snapshot);
  const revision = chosenRevision(snapshot, options);
  const current = findObject(snapshot.secrets.items, {
    namespace: revision.namespace,
    name: revision.secretName,
  });
  const { application } = writerIndex(snapshot).of(revision.namespace, revision.secretName);
  const plan = planRollback(revision, current, application !== undefined);
  refuseOwned(session, plan);
  refuseUnnamedRecreation(session, plan, options);
  refuseBrokenPairs(session, [plan]);
  const context = { snapshot, revision, plan };
  if (options.dryRun || plan.action === 'none') return report(session, { ...context, outcomes: [] }, options);

  const unnamed = unnamedChanges(rollbackTarget(plan).wanted, options.overwrite);
  if (unnamed.length > 0 && !deps.terminal.canPrompt) throw overwriteNeeded(unnamed, keysOf(plan, 'REMOVE'));
  refuseForbiddenReads(session, snapshot, 'rollback');
  await untilInterrupted(proveRights(session, secretRights(plan)), deps.signal);
  const style = createStyle(deps.terminal.color, { width: deps.terminal.width });
  for (const line of planLines([plannedSecret(plan)], style)) deps.terminal.err(line);
  await untilInterrupted(rehearseWrites(session, [plan], snapshot.missingNamespaces), deps.signal);
  // Whoever answers saw each key: what they leave out of --overwrite is asked for even with --yes.
  const yes = options.yes && unnamed.length === 0 && (plan.action !== 'recreate' || options.recreate === true);
  await confirmWrite(session, question(revision, plan, brokenBy(session, snapshot, plan)), { ...options, yes });
  refuseWhenInterrupted(session);
  const { outcomes, written } = await writeSecrets(session, [plan], {
    command: 'rollback',
    missingNamespaces: [],
    keep: options.keep,
  });
  return report(session, { ...context, outcomes, isWritten: written.length > 0 }, options);
}

function chosenRevision({ secrets }: Snapshot, { secret, revision: wanted }: RollbackOptions): KeptRevision {
  const all = revisionsIn(secrets.items).filter(({ secretName }) => secretName === secret);
  const places = new Set(all.map(({ namespace }) => namespace));
  if (places.size > 1) {
    throw new OperatorError('usage', `Secret ${secret} has revisions in ${[...places].join(', ')}`, {
      hint: `add -n ${all[0]?.namespace ?? ''}`,
    });
  }
  const found = wanted === undefined ? all[0] : all.find(({ id, name }) => id === wanted || name === wanted);
  if (found !== undefined) return found;
  const what = wanted === undefined ? 'no revision' : `no revision ${wanted}`;
  const names = [...new Set(revisionsIn(secrets.items).map(({ secretName }) => secretName))];
  const [near] = all.length === 0 ? nearestNames(secret, names) : [];
  throw new OperatorError('revision-not-found', `${what} of Secret ${secret} is kept here`, {
    hint: near === undefined ? 'c2l history' : `c2l history ${near}`,
  });
}

function refuseOwned({ deps }: Session, plan: SecretPlan): void {
  const { refusal, warnings } = guardTarget(rollbackTarget(plan), undefined, () => true);
  if (refusal !== undefined && plan.action !== 'none') throw refusal;
  for (const warning of warnings) deps.terminal.err(`warning: ${warning}`);
}

/** What cannot be changed is deleted, which is more than anybody agrees to by `--yes`. */
function refuseUnnamedRecreation(
  { deps }: Session,
  { action, object }: SecretPlan,
  { dryRun, recreate }: RollbackOptions,
): void {
  if (action !== 'recreate' || dryRun || recreate === true || deps.terminal.canPrompt) return;
  const { namespace, name } = object;
  throw new OperatorError(
    'secret-owned',
    `Secret ${namespace}/${name} is immutable: it can only be deleted and created again, which needs consent by name`,
    { hint: `c2l rollback ${name} -n ${namespace} --recreate` },
  );
}

/** What lacks something of the Secret once it is brought back, and did not before. */
function brokenBy({ stack }: Session, snapshot: Snapshot, plan: SecretPlan): string[] {
  const lacking = (state: Snapshot): string[] =>
    diagnose(state, stack)
      .filter(({ object, severity }) => severity === 'error' && isSame(object, plan.object))
      .flatMap(({ blocks }) => blocks.map(refText));
  const before = new Set(lacking(snapshot));
  const after = new Set(lacking(applySecretPlans(snapshot, [plan])));
  return [...after].filter((workload) => !before.has(workload));
}

function question({ id, keptAt }: KeptRevision, plan: SecretPlan, broken: readonly string[]): string {
  const parts = (['ADD', 'CHANGE', 'REMOVE'] as const).flatMap((change) => {
    const keys = keysOf(plan, change);
    const verb = { ADD: 'add', CHANGE: 'replace', REMOVE: 'remove' }[change];
    return keys.length === 0 ? [] : [`${verb} ${keys.join(', ')}`];
  });
  const { namespace, name } = plan.object;
  const done = parts.length === 0 ? 'create it empty' : parts.join('; ');
  const what = plan.action === 'recreate' ? `delete it and create it again (it is immutable): ${done}` : done;
  const harm = broken.length === 0 ? '' : `; that breaks ${listText(broken)}`;
  return `bring ${namespace}/${name} back to revision ${id} of ${utcText(keptAt)}: ${what}${harm}?`;
}

interface Result {
  readonly snapshot: Snapshot;
  readonly revision: KeptRevision;
  readonly plan: SecretPlan;
  readonly outcomes: readonly StepOutcome[];
  readonly isWritten?: boolean;
}

function report(
  session: Session,
  { snapshot, revision, plan, outcomes, isWritten = true }: Result,
  options: RollbackOptions,
): RollbackReport {
  const { dryRun } = options;
  const flags = rollbackFlags(options);
  const findingsIn = (state: Snapshot): Finding[] =>
    diagnose(state, session.stack).filter(
      ({ object, code }) => code.startsWith('secret-') && isSame(object, plan.object),
    );
  const left = findingsIn(isWritten ? applySecretPlans(snapshot, [plan]) : snapshot);
  const findings = dryRun && plan.current !== undefined ? foretoldFindings(left, findingsIn(snapshot)) : left;
  const { id, name, keptAt, keptBy } = revision;
  return {
    ...reportHead(session, snapshot),
    command: 'rollback',
    verdict: verdictOfWrites(outcomes, findings),
    findings,
    dryRun,
    ...(flags.length > 0 && { flags }),
    revision: { id, name, keptAt, keptBy },
    plan: [plannedSecret(plan)],
    outcomes,
    restarts: plan.action === 'none' || !isWritten ? [] : restartsAfter(snapshot, plan, session.stack),
  };
}

function isSame(left: ObjectRef, right: ObjectRef): boolean {
  return left.namespace === right.namespace && refText(left) === refText(right);
}
