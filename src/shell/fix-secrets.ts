import { count } from '../core/list-text.ts';
import { diagnose } from '../core/diagnose.ts';
import type { Finding, FindingCode } from '../core/findings.ts';
import { refId, type ObjectRef } from '../core/kubernetes.ts';
import {
  applySecretPlans,
  keysOf,
  promptSource,
  plannedSecret,
  planSecret,
  secretTargets,
  wantedKeys,
  type SecretPlan,
  type SecretTarget,
  type WantedKey,
} from '../core/plan-secrets.ts';
import { verdictOfWrites, type FixReport, type StepOutcome } from '../core/report.ts';
import { requirements } from '../core/requirements.ts';
import {
  allRefused,
  guardTarget,
  overwriteNeeded,
  refuseSharedSourceNames,
  refuseUnknownNames,
  unnamedChanges,
} from '../core/secret-guards.ts';
import type { Snapshot } from '../core/snapshot.ts';
import { OperatorError } from '../errors.ts';
import { ExitCode } from '../exit-codes.ts';
import type { Right } from '../ports.ts';
import { planLines } from '../render/plan-text.ts';
import { createStyle } from '../render/style.ts';
import { collectValues, refuseWhenInterrupted } from './collect-values.ts';
import { confirmWrite } from './confirm.ts';
import { observe } from './observe.ts';
import { proveRights } from './prove-rights.ts';
import { refuseUnreadableSecrets } from './readable-secrets.ts';
import { rehearseWrites } from './rehearse-writes.ts';
import { reportHead, type Session } from './session.ts';
import { untilInterrupted } from './until-interrupted.ts';
import { writeSecrets } from './write-secrets.ts';

export interface FixOptions {
  /** Sources in order of precedence; the session's own where there are none. */
  readonly from: readonly string[];
  readonly yes: boolean;
  readonly confirm?: string | undefined;
  readonly dryRun: boolean;
  /** Keys whose present value may be replaced. */
  readonly overwrite: readonly string[];
  /** How many revisions of each Secret stay. */
  readonly keep: number;
}

/**
 * Restores every missing required value, or none: nothing is written before all values are known and valid, the
 * rights are proven, and the change was agreed to. Throws OperatorError as long as nothing was written; from the
 * first write on the report tells what was done.
 */
export async function runFix(session: Session, options: FixOptions): Promise<FixReport> {
  const { cluster, deps, scope, stack } = session;
  const snapshot = await untilInterrupted(observe(cluster, scope, deps.clock.now()), deps.signal);
  refuseUnreadableSecrets(session, snapshot);

  const known = wantedBy(session, snapshot, options);
  const from = options.from.length > 0 ? options.from : session.defaultSources;
  // A wrong --from shows at the first run, not in the next outage.
  const sources = await Promise.all(from.map((spec) => deps.openSource(spec)));
  if (sources.length > 0) refuseSharedSourceNames(known);
  const { targets, refused } = guarded(session, secretTargets(known, snapshot, stack));
  const dryRun = options.dryRun;
  if (targets.length === 0) return report(session, { snapshot, plans: [], outcomes: [], dryRun });
  const wanted = targets.flatMap((target) => target.wanted);
  refuseUnnamedChanges(session, wanted, options);
  if (!dryRun) await untilInterrupted(proveRights(session, rightsFor(targets, snapshot)), deps.signal);

  const found = await collectValues(session, wanted, { sources, ask: !dryRun });
  const plans = targets.map((target) => planSecret(target, found));
  const isIdle = plans.every(({ action }) => action === 'none');
  const refusal = allRefused(refused.map((each) => each.refusal));
  if (isIdle && refusal !== undefined) throw refusal;
  const leftAlone = refused.map(toOutcome);
  if (dryRun || isIdle) return report(session, { snapshot, plans, outcomes: [], leftAlone, dryRun });

  show(session, plans, snapshot);
  await untilInterrupted(rehearseWrites(session, plans, snapshot.missingNamespaces), deps.signal);
  await agree(session, { plans, wanted, snapshot }, options);
  refuseWhenInterrupted(session);
  const { missingNamespaces } = snapshot;
  const how = { command: 'fix-secrets', missingNamespaces, keep: options.keep };
  const { outcomes, written } = await writeSecrets(session, plans, how);
  return report(session, { snapshot, plans, outcomes, leftAlone, dryRun, written });
}

interface Refused {
  readonly object: ObjectRef;
  readonly refusal: OperatorError;
}

/** The Secrets that may be written, and those that are left alone; throws where there are only such. */
function guarded(
  { deps }: Session,
  all: readonly SecretTarget[],
): { targets: readonly SecretTarget[]; refused: readonly Refused[] } {
  const answers = all.map((target) => ({ object: target.object, ...guardTarget(target) }));
  const targets = answers.flatMap(({ open }) => open ?? []);
  const refused = answers.flatMap(({ object, refusal }) => (refusal === undefined ? [] : [{ object, refusal }]));
  const error = targets.length === 0 ? allRefused(refused.map(({ refusal }) => refusal)) : undefined;
  if (error !== undefined) throw error;
  for (const warning of answers.flatMap(({ warnings }) => warnings)) deps.terminal.err(`warning: ${warning}`);
  for (const { refusal } of refused) deps.terminal.err(`warning: ${refusal.message}: left alone`);
  return { targets, refused };
}

function toOutcome({ object, refusal: { message, hint } }: Refused): StepOutcome {
  const detail = hint === undefined ? message : `${message}; ${hint}`;
  return { action: 'patch-secret', object, outcome: 'skipped', detail };
}

/**
 * A value that is there but breaks the stack's format may still be the one that works: where nobody can be asked it is
 * left alone unless the command line names it, and the report says so.
 */
function wantedBy({ deps, stack }: Session, snapshot: Snapshot, options: FixOptions): WantedKey[] {
  const all = requirements(snapshot, stack);
  refuseUnknownNames(options.overwrite, all);
  const wanted = wantedKeys(all, options.overwrite);
  if (deps.terminal.canPrompt) return wanted;
  for (const { key, reason, detail } of wanted) {
    if (reason === 'invalid') deps.terminal.err(`warning: ${key} ${detail ?? 'is invalid'}: left as it is`);
  }
  return wanted.filter(({ reason }) => reason !== 'invalid');
}

function refuseUnnamedChanges({ deps }: Session, wanted: readonly WantedKey[], options: FixOptions): void {
  if (deps.terminal.canPrompt || options.dryRun) return;
  const unnamed = unnamedChanges(wanted, options.overwrite);
  if (unnamed.length > 0) throw overwriteNeeded(unnamed);
}

function rightsFor(targets: readonly SecretTarget[], { missingNamespaces }: Snapshot): Right[] {
  const rights = targets.flatMap(({ object, current }): Right[] => {
    const right = (verb: Right['verb']): Right => ({
      verb,
      group: '',
      resource: 'secrets',
      namespace: object.namespace,
    });
    // Creation is needed for the revision too.
    return [right('get'), right('create'), ...(current === undefined ? [] : [right('patch')])];
  });
  const creation: Right[] =
    missingNamespaces.length === 0 ? [] : [{ verb: 'create', group: '', resource: 'namespaces', namespace: '' }];
  return [...new Map([...creation, ...rights].map((right) => [JSON.stringify(right), right])).values()];
}

function show({ deps }: Session, plans: readonly SecretPlan[], { missingNamespaces }: Snapshot): void {
  const { terminal } = deps;
  for (const name of namespacesToCreate(plans, missingNamespaces)) terminal.err(`namespace ${name}  create`);
  const style = createStyle(terminal.color, { width: terminal.width });
  for (const line of planLines(plans.map(plannedSecret), style)) terminal.err(line);
}

function namespacesToCreate(plans: readonly SecretPlan[], missing: readonly string[]): string[] {
  return missing.filter((name) => plans.some(({ object, action }) => action !== 'none' && object.namespace === name));
}

async function agree(
  session: Session,
  { plans, wanted, snapshot }: { plans: readonly SecretPlan[]; wanted: readonly WantedKey[]; snapshot: Snapshot },
  options: FixOptions,
): Promise<void> {
  const changed = new Set(plans.flatMap((plan) => keysOf(plan, 'CHANGE')));
  const unnamed = unnamedChanges(wanted, options.overwrite).filter(({ key }) => changed.has(key));
  const { prompter } = session.deps;
  if (options.yes && unnamed.length > 0) {
    const names = unnamed.map(({ key }) => key).join(', ');
    if (!(await prompter.confirm(`replace the present value of ${names}?`))) {
      throw new OperatorError('declined', 'declined; nothing was changed', { exitCode: ExitCode.declined });
    }
  }
  await confirmWrite(session, question(plans, namespacesToCreate(plans, snapshot.missingNamespaces)), options);
}

function question(plans: readonly SecretPlan[], namespaces: readonly string[]): string {
  const changing = plans.filter(({ action }) => action !== 'none');
  const added = changing.flatMap((plan) => keysOf(plan, 'ADD')).length;
  const replaced = changing.flatMap((plan) => keysOf(plan, 'CHANGE')).length;
  const parts = [
    ...namespaces.map((name) => `create namespace ${name}`),
    ...(added > 0 ? [`add ${count(added, 'value')}`] : []),
    ...(replaced > 0 ? [`replace ${count(replaced, 'value')}`] : []),
  ];
  const secrets = changing.map(({ object }) => `${object.namespace}/${object.name}`);
  return `${parts.join(', ')} in ${secrets.join(', ')}?`;
}

/** What fix-secrets answers for: pods that still wait are the next phase's. */
const ownCodes: ReadonlySet<FindingCode> = new Set([
  'namespace-missing',
  'secret-missing',
  'secret-key-missing',
  'secret-value-placeholder',
  'secret-value-invalid',
  'unreadable',
]);

interface Result {
  readonly snapshot: Snapshot;
  readonly plans: readonly SecretPlan[];
  readonly outcomes: readonly StepOutcome[];
  /** Secrets that c2l must not write. */
  readonly leftAlone?: readonly StepOutcome[];
  readonly dryRun: boolean;
  /** The plans that were carried out; in a dry run and with nothing to do all of them count as such. */
  readonly written?: readonly SecretPlan[];
}

function report(session: Session, result: Result): FixReport {
  const { snapshot, plans, outcomes, leftAlone = [], dryRun, written = plans } = result;
  const after = applySecretPlans(snapshot, written);
  const findings = diagnose(after, session.stack).filter(
    (finding) => ownCodes.has(finding.code) && !(dryRun && isToBeAsked(finding, plans)),
  );
  const verdict = verdictOfWrites(outcomes, findings);
  const isIncomplete = outcomes.length > 0 && leftAlone.length > 0 && verdict !== 'interrupted';
  return {
    ...reportHead(session, snapshot),
    command: 'fix-secrets',
    verdict: isIncomplete ? 'partial' : verdict,
    findings,
    dryRun,
    plan: plans.map(plannedSecret),
    outcomes: [...outcomes, ...leftAlone],
  };
}

/** A dry run asks nobody; what a person will be asked for counts as known. */
function isToBeAsked({ object, key }: Finding, plans: readonly SecretPlan[]): boolean {
  const plan = plans.find((each) => refId(each.object) === refId(object));
  return plan?.keys.some((entry) => entry.key === key && entry.source === promptSource) === true;
}
