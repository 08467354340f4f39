import { guardWhilePaused } from '../../core/argocd/paused-target.ts';
import type { PausableRef } from '../../core/argocd/sync-pause.ts';
import { refId, type ObjectRef } from '../../core/cluster/kubernetes.ts';
import type { Snapshot } from '../../core/cluster/snapshot.ts';
import {
  allRefused,
  guardTarget,
  withSources,
  type GuardedTarget,
  type Recreate,
} from '../../core/fix/secret-guards.ts';
import type { SecretTarget } from '../../core/fix/secret-target.ts';
import type { SealTarget } from '../../core/owners/seal-plan.ts';
import { writerIndex, type WriterIndex } from '../../core/owners/secret-writers.ts';
import type { SyncPlan } from '../../core/owners/sync-plan.ts';
import type { StepOutcome } from '../../core/reports/report.ts';
import type { TakenFrom } from '../../core/sources/source-option.ts';
import type { OperatorError } from '../../errors.ts';
import type { Session } from '../session.ts';

export interface Guarded {
  /** What c2l itself may write. */
  readonly targets: readonly SecretTarget[];
  /** What External Secrets is to write. */
  readonly syncs: readonly SyncPlan[];
  /** What is to be sealed for Sealed Secrets. */
  readonly seals: readonly SealTarget[];
  /** Who would undo the write to a Secret, by the Secret's `refId`; outermost first. */
  readonly pauses: ReadonlyMap<string, readonly PausableRef[]>;
  /** Why the rest is left alone, where there is a rest. */
  readonly refusal: OperatorError | undefined;
  readonly leftAlone: readonly StepOutcome[];
}

export interface GuardOptions {
  readonly snapshot: Snapshot;
  readonly recreate: Recreate;
  /** Whether owners that would undo a write may be paused. */
  readonly mayPause: boolean;
  readonly taken: TakenFrom;
  /** Whether values can be sealed here. */
  readonly maySeal: boolean;
}

type Answer = GuardedTarget & { readonly object: ObjectRef; readonly seal?: SealTarget };

/** Tells apart who is to write each Secret, with warnings; throws where nothing of any may be written. */
export function guardTargets(
  { deps }: Session,
  all: readonly SecretTarget[],
  { snapshot, recreate, taken, mayPause, maySeal }: GuardOptions,
): Guarded {
  const index = writerIndex(snapshot);
  const answers = all.map((target): Answer => {
    const seal = maySeal ? toSeal(target, index) : undefined;
    if (seal !== undefined) return { object: target.object, seal, warnings: [] };
    const judged = guardTarget(target, index, recreate);
    const answer = mayPause ? guardWhilePaused(target, judged, { snapshot, index, recreate }) : judged;
    return { object: target.object, ...answer };
  });
  const targets = answers.flatMap(({ open }) => open ?? []);
  const syncs = answers.flatMap(({ sync }) => sync ?? []);
  const seals = answers.flatMap(({ seal }) => seal ?? []);
  const pauses = new Map(answers.flatMap(({ object, pause }) => (pause ? [[refId(object), pause] as const] : [])));
  const refused = answers.flatMap(({ object, refusal }) =>
    refusal === undefined ? [] : [{ object, refusal: withSources(refusal, taken) }],
  );
  const refusal = allRefused(refused.map((each) => each.refusal));
  if (targets.length === 0 && syncs.length === 0 && seals.length === 0 && refusal !== undefined) throw refusal;
  for (const warning of answers.flatMap(({ warnings }) => warnings)) deps.terminal.err(`warning: ${warning}`);
  for (const each of refused) deps.terminal.err(`warning: ${each.refusal.message}: left alone`);
  return { targets, syncs, seals, pauses, refusal, leftAlone: refused.map(toOutcome) };
}

/** Sealed Secrets alone writes it, and can: one that is immutable it cannot change either. */
function toSeal(target: SecretTarget, index: WriterIndex): SealTarget | undefined {
  const { sealed, external } = index.of(target.object.namespace, target.object.name);
  const { immutable = false, metadata } = target.current ?? {};
  const isFixed = immutable || metadata?.deletionTimestamp !== undefined;
  return sealed === undefined || external !== undefined || isFixed ? undefined : { target, sealed };
}

function toOutcome({ object, refusal }: { readonly object: ObjectRef; readonly refusal: OperatorError }): StepOutcome {
  const { message, hint } = refusal;
  const detail = hint === undefined ? message : `${message}; ${hint}`;
  return { action: 'patch-secret', object, outcome: 'skipped', detail };
}
