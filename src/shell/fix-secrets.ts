import { heldSecrets } from '../core/held-secrets.ts';
import { pauseSteps, plannedPause, type PlannedPause } from '../core/plan-pause.ts';
import {
  canDoWithout,
  keyId,
  plannedSecret,
  planSecret,
  secretTargets,
  wantedKeys,
  type SecretTarget,
  type WantedKey,
} from '../core/plan-secrets.ts';
import type { FixReport, PlannedSecret } from '../core/secret-reports.ts';
import type { StepOutcome } from '../core/report.ts';
import { requirements } from '../core/requirements.ts';
import {
  isSecretNamed,
  overwriteNeeded,
  refuseSharedSourceNames,
  refuseUnknownNames,
  refuseUnknownSecrets,
  unnamedChanges,
} from '../core/secret-guards.ts';
import { plannedSeal } from '../core/seal-plan.ts';
import type { Snapshot } from '../core/snapshot.ts';
import type { ValueSource } from '../value-ports.ts';
import { collectForStores, plannedFill } from './fill-stores.ts';
import { collectValues, type CollectOptions } from './collect-values.ts';
import { agreeToFix, showPlans } from './agree-to-fix.ts';
import { fixReport, type FixResult } from './fix-report.ts';
import { guardTargets } from './guard-targets.ts';
import { endLeftPauses } from './left-pauses.ts';
import type { Generate } from './generate-values.ts';
import { observe } from './observe.ts';
import { proveFixRights } from './fix-rights.ts';
import { refuseUnreadableSecrets } from './readable-secrets.ts';
import { refuseBrokenPairs, rehearseWrites } from './rehearse-writes.ts';
import { revisionSource, revisionSpec } from './revision-source.ts';
import { refuseWhenInterrupted, type Session } from './session.ts';
import { collectToSeal, nothingSealed, openSealing, sealValues } from './seal-values.ts';
import { syncExternals } from './sync-external.ts';
import { untilInterrupted } from './until-interrupted.ts';
import { writePaused } from './write-paused.ts';
import { writeSecrets } from './write-secrets.ts';

/** Where values come from, and which may be touched. */
export interface ValueOptions {
  /** Sources in order of precedence; the session's own where there are none. */
  readonly from: readonly string[];
  /** Keys whose present value may be replaced. */
  readonly overwrite: readonly string[];
  /** Immutable Secrets that may be deleted and created again. */
  readonly recreate?: readonly string[];
  /** Consent to bring back values that a source holds as deleted. */
  readonly recover?: boolean;
  /** Consent to put values into the stores that External Secrets reads. */
  readonly fillStore?: boolean;
  /** The file of the certificate to seal with. */
  readonly sealCert?: string | undefined;
  /** Which keys may get a made-up value where no source has one. */
  readonly generate?: Generate | undefined;
  /** The file of an age identity, for an encrypted backup. */
  readonly identity?: string | undefined;
}

export interface FixOptions extends ValueOptions {
  readonly yes: boolean;
  readonly confirm?: string | undefined;
  readonly dryRun: boolean;
  /** How many revisions of each Secret stay. */
  readonly keep: number;
  /** For how long owners that would undo a write may be kept from it; undefined where nobody agreed to that. */
  readonly pauseSyncMs?: number | undefined;
  /** Write what there is a value for, and leave the rest. */
  readonly partial?: boolean;
  /** A file that a dry run printed: nothing else than what stands there is done. */
  readonly plan?: string | undefined;
}

/**
 * Restores every missing required value, or none: nothing is written before all values are known and valid, the
 * rights are proven, and the change was agreed to. Throws OperatorError as long as nothing was written; from the
 * first write on the report tells what was done.
 */
export async function runFix(session: Session, options: FixOptions): Promise<FixReport> {
  const { plan: file } = options;
  if (file === undefined) return repair(session, options);
  const { openPlan, refuseOutdated, reviewedChanges, reviewedRecreations } = await import('./reviewed-plan.ts');
  const reviewed = await openPlan(session, file);
  const overwrite = [...options.overwrite, ...reviewedChanges(reviewed)];
  const recreate = [...(options.recreate ?? []), ...reviewedRecreations(reviewed)];
  return repair(session, { ...options, from: reviewed.sources, overwrite, recreate }, (plans) =>
    refuseOutdated(session, file, { reviewed, plans }),
  );
}

type CheckPlans = (plans: readonly PlannedSecret[]) => Promise<void>;

async function repair(session: Session, options: FixOptions, check?: CheckPlans): Promise<FixReport> {
  const { deps, stack } = session;
  const { dryRun } = options;
  const { snapshot, resumed } = await lookFirst(session, options);
  const known = wantedBy(session, snapshot, options);
  const from = options.from.length > 0 ? options.from : session.defaultSources;
  const sources = await openSources(session, options, { from, snapshot, known });
  const sealing = await openSealing(session, snapshot, { certificateFile: options.sealCert });
  const { targets, syncs, seals, pauses, refusal, leftAlone } = guardTargets(
    session,
    secretTargets(known, snapshot, stack),
    {
      snapshot,
      mayPause: options.pauseSyncMs !== undefined,
      maySeal: sealing !== undefined,
      recreate: (secret) => dryRun || deps.terminal.canPrompt || isSecretNamed(secret, options.recreate ?? []),
    },
  );
  const wanted = targets.flatMap((target) => target.wanted);
  const inStores = syncs.flatMap(({ vault }) => vault?.entries.map((entry) => entry.wanted) ?? []);
  refuseUnnamedChanges(session, [...wanted, ...inStores], options);
  const isPartial = options.partial === true;
  if (!dryRun) await proveFixRights(session, { targets, syncs, pauses, snapshot, isPartial });

  const collect: CollectOptions = {
    sources,
    recover: options.recover === true,
    identity: options.identity,
    generate: options.generate,
    snapshot,
    dryRun,
    partial: isPartial,
    kept: from.includes(revisionSpec) ? undefined : revisionSource(snapshot, { known, stack }),
  };
  const { found, later } = await collectValues(session, wanted, collect);
  const fills = await collectForStores(session, syncs, collect);
  const sealPlans = await collectToSeal(session, seals, collect);
  const { open, left } = isPartial
    ? withValues(session, targets, new Set([...found.keys(), ...later.keys()]))
    : { open: targets, left: [] };
  const plans = open.map((target) => planSecret(target, found, later));
  refuseBrokenPairs(session, plans);
  await check?.([...plans.map(plannedSecret), ...fills.map(plannedFill), ...sealPlans.map(plannedSeal)]);
  const { outcomes: sealedSteps, manifests } =
    sealing === undefined || dryRun ? nothingSealed : await sealValues(session, sealing, sealPlans);
  const isIdle = plans.every(({ action }) => action === 'none') && syncs.length === 0;
  if (isIdle && refusal !== undefined && sealPlans.length === 0) throw refusal;
  const result = { snapshot, from, plans, fills, sealPlans, manifests, leftAlone: [...leftAlone, ...left], dryRun };
  const pause = plannedPause(plans, pauses, options.pauseSyncMs ?? 0);
  if (dryRun || isIdle)
    return fixReport(session, { ...result, outcomes: [...resumed, ...pauseSteps(pause), ...sealedSteps] });

  showPlans(session, { plans, fills, pause }, snapshot);
  await untilInterrupted(rehearseWrites(session, plans, snapshot.missingNamespaces), deps.signal);
  await agreeToFix(session, { plans, fills, pause, wanted: [...wanted, ...inStores], snapshot }, options);
  refuseWhenInterrupted(session);
  const done = await carryOut(session, { ...result, pause }, options);
  return fixReport(session, { ...result, ...done, outcomes: [...resumed, ...done.outcomes, ...sealedSteps] });
}

/** What was done, and what it looks like now where another program was to write. */
async function carryOut(
  session: Session,
  { snapshot, plans, fills = [], pause }: FixResultSoFar,
  { keep }: FixOptions,
): Promise<Pick<FixResult, 'snapshot' | 'outcomes' | 'written'>> {
  const { cluster, deps, scope, stack } = session;
  const { missingNamespaces } = snapshot;
  const { outcomes: writes, written } = await writePaused(session, {
    pause,
    command: 'fix-secrets',
    write: () => writeSecrets(session, plans, { command: 'fix-secrets', missingNamespaces, keep }),
  });
  const outcomes = [...writes, ...heldSecrets(written, requirements(snapshot, stack), snapshot)];
  if (fills.length === 0) return { snapshot, outcomes, written };
  const synced = await syncExternals(session, fills);
  // What another program wrote is known only by looking again.
  const after = await observe(cluster, scope, deps.clock.now());
  return { snapshot: after, outcomes: [...outcomes, ...synced], written: [] };
}

type FixResultSoFar = Pick<FixResult, 'snapshot' | 'plans' | 'fills'> & { readonly pause: PlannedPause };

async function lookFirst(
  session: Session,
  { dryRun }: FixOptions,
): Promise<{ readonly snapshot: Snapshot; readonly resumed: readonly StepOutcome[] }> {
  const { cluster, deps, scope } = session;
  const look = (): Promise<Snapshot> => untilInterrupted(observe(cluster, scope, deps.clock.now()), deps.signal);
  const snapshot = await look();
  refuseUnreadableSecrets(session, snapshot);
  const resumed = dryRun ? [] : await endLeftPauses(session, snapshot);
  // What syncs again may have written already.
  return { snapshot: resumed.length === 0 ? snapshot : await look(), resumed };
}

/** A wrong `--from` shows at the first run, not in the next outage. */
async function openSources(
  { deps, stack }: Session,
  options: FixOptions,
  {
    from,
    snapshot,
    known,
  }: { readonly from: readonly string[]; readonly snapshot: Snapshot; readonly known: readonly WantedKey[] },
): Promise<readonly ValueSource[]> {
  const sources = await Promise.all(
    from.map(async (spec) =>
      spec === revisionSpec ? revisionSource(snapshot, { known, stack }) : deps.openSource(spec, options),
    ),
  );
  if (sources.length > 0) refuseSharedSourceNames(known);
  return sources;
}

/** What can be written of each Secret, and what is left out of it, which is said loudly. */
function withValues(
  { deps }: Session,
  targets: readonly SecretTarget[],
  found: ReadonlySet<string>,
): { open: readonly SecretTarget[]; left: readonly StepOutcome[] } {
  const isLacking = (key: WantedKey): boolean => !found.has(keyId(key)) && !canDoWithout(key);
  const open = targets.map((target) => ({ ...target, wanted: target.wanted.filter((key) => !isLacking(key)) }));
  const left = targets.flatMap(({ object, wanted }): StepOutcome[] => {
    const keys = wanted.filter(isLacking).map(({ key }) => key);
    if (keys.length === 0) return [];
    const detail = `left without ${keys.join(', ')}: no source has a usable value`;
    deps.terminal.err(`warning: PARTIAL: secret ${object.namespace}/${object.name} is ${detail}`);
    return [{ action: 'patch-secret', object, outcome: 'skipped', detail }];
  });
  return { open: open.filter(({ wanted, unfinished }) => wanted.length > 0 || unfinished !== undefined), left };
}

/**
 * A value that is there but breaks the stack's format may still be the one that works: where nobody can be asked it is
 * left alone unless the command line names it, and the report says so.
 */
function wantedBy({ deps, stack }: Session, snapshot: Snapshot, options: FixOptions): WantedKey[] {
  const all = requirements(snapshot, stack);
  refuseUnknownNames(options.overwrite, all);
  refuseUnknownSecrets(options.recreate ?? [], all);
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
