import type { PausesBySecret } from '../../core/argocd/plan-pause.ts';
import type { Snapshot } from '../../core/cluster/snapshot.ts';
import { takenBy } from '../../core/fix/fix-flags.ts';
import { withNotes } from '../../core/fix/plan-notes.ts';
import {
  canDoWithout,
  isNamedBy,
  keyId,
  keyNamer,
  plannedSecret,
  planSecret,
  secretTargets,
  wantedKeys,
  type SecretPlan,
} from '../../core/fix/plan-secrets.ts';
import type { PlannedSecret } from '../../core/fix/planned-secret.ts';
import {
  isSecretNamed,
  overwriteNeeded,
  refuseUnknownNames,
  refuseUnknownSecrets,
  unnamedChanges,
} from '../../core/fix/secret-guards.ts';
import { idleNames, isInScope, refuseUnknownScope } from '../../core/fix/secret-scope.ts';
import type { SecretTarget } from '../../core/fix/secret-target.ts';
import type { WantedKey } from '../../core/fix/wanted-key.ts';
import { plannedSeal, type SealPlan } from '../../core/owners/seal-plan.ts';
import type { StepOutcome } from '../../core/reports/report.ts';
import { requirements, type Requirement } from '../../core/secrets/requirements.ts';
import { wantedPairs } from '../../core/sources/wanted-pairs.ts';
import type { OperatorError } from '../../errors.ts';
import type { ValueSource } from '../../value-ports.ts';
import { collectForStores, plannedFill, type FilledSync } from '../owners/fill-stores.ts';
import { collectToSeal, openSealing, type Sealing } from '../owners/seal-values.ts';
import { refuseForbiddenReads } from '../prove-rights.ts';
import type { Session } from '../session.ts';
import { collectValues, type CollectOptions } from '../sources/collect-values.ts';
import { doubtFiles } from '../sources/doubt-files.ts';
import { refuseUnknownGenerate } from '../sources/generate-values.ts';
import { revisionSource, revisionSpec } from '../sources/revision-source.ts';
import type { FixOptions } from './fix-options.ts';
import { proveFixRights } from './fix-rights.ts';
import { guardTargets, type Guarded } from './guard-targets.ts';
import { refuseBrokenPairs } from './rehearse-writes.ts';

/** Compares what is planned with what was reviewed. */
export type CheckPlans = (plans: readonly PlannedSecret[]) => Promise<void>;

/** What is to be done of what a snapshot lacks, with all values known and valid. */
export interface PlannedRepair {
  /** As `--from` names them. */
  readonly from: readonly string[];
  readonly wanted: readonly WantedKey[];
  readonly plans: readonly SecretPlan[];
  readonly fills: readonly FilledSync[];
  readonly sealPlans: readonly SealPlan[];
  readonly sealing: Sealing | undefined;
  readonly pauses: PausesBySecret;
  /** Why the rest is left alone, where there is a rest. */
  readonly refusal: OperatorError | undefined;
  readonly leftAlone: readonly StepOutcome[];
  /** Names of what was brought back in a vault. */
  readonly recovered: readonly string[];
}

/** Nothing is changed by it but what a source brings back after consent. Throws where a plan cannot be had whole. */
export async function planRepair(
  session: Session,
  options: FixOptions,
  { snapshot, check }: { readonly snapshot: Snapshot; readonly check: CheckPlans | undefined },
): Promise<PlannedRepair> {
  const known = wantedBy(session, snapshot, options);
  const partial = options.partial === true;
  // Whoever writes what there is takes it that something was not seen, too.
  if (known.length > 0 && !options.dryRun && !partial) refuseForbiddenReads(session, snapshot, 'fix-secrets');
  const from = options.from.length > 0 ? options.from : session.defaultSources;
  const sources = await openSources(session, options, { from, snapshot, known });
  const sealing = await openSealing(session, snapshot, options.sealing);
  const guarded = guard(session, options, { snapshot, known, maySeal: sealing !== undefined });
  const { targets, syncs, seals, pauses, refusal } = guarded;
  const wanted = targets.flatMap((target) => target.wanted);
  const inStores = syncs.flatMap(({ vault }) => vault?.entries.map((entry) => entry.wanted) ?? []);
  const toSeal = seals.flatMap(({ target }) => target.wanted);
  refuseUnknownGenerate(options.generate, [...wanted, ...inStores, ...toSeal]);
  refuseUnnamedChanges(session, [...wanted, ...inStores], options);
  if (!options.dryRun) await proveFixRights(session, { targets, syncs, pauses, snapshot });

  const collect: CollectOptions = {
    sources,
    recover: options.recover === true,
    identity: options.identity,
    generate: options.generate,
    snapshot,
    dryRun: options.dryRun,
    partial,
    mayLack: options.mayLack === true,
    known,
    recovered: [],
    kept: from.includes(revisionSpec) ? undefined : revisionSource(snapshot, { known, stack: session.stack }),
  };
  const collected = await collectValues(session, wanted, { ...collect, pairs: wantedPairs(targets) });
  const { found, later } = collected;
  const differing = await doubtFiles(session, snapshot, { sources, found });
  const fills = await collectForStores(session, syncs, collect);
  const sealPlans = await collectToSeal(session, seals, collect);
  const { open, left } = partial
    ? withValues(session, targets, new Set([...found.keys(), ...later.keys()]))
    : { open: targets, left: [] };
  const plans = open.map((target) => withNotes(planSecret(target, found, later), { ...collected, differing }));
  refuseBrokenPairs(session, plans);
  await check?.([...plans.map(plannedSecret), ...fills.map(plannedFill), ...sealPlans.map(plannedSeal)]);
  const leftAlone = [...guarded.leftAlone, ...left];
  const { recovered } = collect;
  return {
    from,
    wanted: [...wanted, ...inStores],
    plans,
    fills,
    sealPlans,
    sealing,
    pauses,
    refusal,
    leftAlone,
    recovered,
  };
}

function guard(
  session: Session,
  options: FixOptions,
  { snapshot, known, maySeal }: { snapshot: Snapshot; known: readonly WantedKey[]; maySeal: boolean },
): Guarded {
  const { dryRun, pauseSyncMs, recreate = [] } = options;
  const { canPrompt } = session.deps.terminal;
  return guardTargets(session, secretTargets(known, snapshot, session.stack), {
    snapshot,
    taken: takenBy(options),
    mayPause: pauseSyncMs !== undefined,
    maySeal,
    recreate: (secret) => dryRun || canPrompt || isSecretNamed(secret, recreate),
  });
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
  return Promise.all(
    from.map(async (spec) =>
      spec === revisionSpec ? revisionSource(snapshot, { known, stack }) : deps.openSource(spec, options),
    ),
  );
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
  const { only = [], overwrite, generate = 'all' } = options;
  refuseUnknownScope(only, all);
  // Who names a key elsewhere on the command line means it, too.
  const scope = only.length === 0 ? [] : [...only, ...overwrite, ...(generate === 'all' ? [] : generate)];
  const wanted = wantedKeys(all, overwrite, only).filter((key) => isInScope(key, scope));
  tellIdle(deps, idleNames(only, wanted), all);
  if (deps.terminal.canPrompt) return wanted;
  const nameOf = keyNamer(all);
  for (const each of wanted) {
    const fate = options.dryRun ? 'a script leaves it as it is' : 'left as it is';
    const what = `${each.key} ${each.detail ?? 'is invalid'}: ${fate}`;
    if (each.reason === 'invalid') deps.terminal.err(`warning: ${what}; to replace it: --overwrite ${nameOf(each)}`);
  }
  // What a person would be asked about belongs to a plan, whoever looks at it.
  if (options.dryRun) return wanted;
  return wanted.filter(({ reason }) => reason !== 'invalid');
}

/** Who names something takes it to be wrong. */
function tellIdle({ terminal }: Session['deps'], idle: readonly string[], all: readonly Requirement[]): void {
  if (idle.length === 0) return;
  const key = idle.find((name) => all.some((each) => isNamedBy(each, [name]))) ?? 'KEY';
  terminal.err(`nothing is missing of ${idle.join(', ')}; a value that is there is replaced with --overwrite ${key}`);
}

function refuseUnnamedChanges({ deps }: Session, wanted: readonly WantedKey[], options: FixOptions): void {
  if (deps.terminal.canPrompt || options.dryRun) return;
  const unnamed = unnamedChanges(wanted, options.overwrite);
  if (unnamed.length > 0) throw overwriteNeeded(unnamed);
}
