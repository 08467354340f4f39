import { refId, type ObjectRef } from '../cluster/kubernetes.ts';
import { keysOf, type SecretPlan } from '../fix/plan-secrets.ts';
import type { StepOutcome } from '../reports/report.ts';
import type { PausableRef } from './sync-pause.ts';

/** Who is kept from writing while Secrets are written that they would set back, and for how long. */
export interface PlannedPause {
  /** Outermost first; none where nobody would undo anything. */
  readonly objects: readonly PausableRef[];
  readonly secrets: readonly ObjectRef[];
  /** What is written of those Secrets. */
  readonly keys: readonly string[];
  readonly durationMs: number;
}

/** Who would undo the write to a Secret, by the Secret's `refId`. */
export type PausesBySecret = ReadonlyMap<string, readonly PausableRef[]>;

/** Everything that would have to be paused, once each. */
export function allPaused(pauses: PausesBySecret): PausableRef[] {
  return [...new Map([...pauses.values()].flat().map((ref) => [refId(ref), ref])).values()];
}

export interface PauseOptions {
  readonly durationMs: number;
  /** What a run left paused that was killed, by `refId`: where it had written already, its pause goes on. */
  readonly left: ReadonlySet<string>;
}

/** For the Secrets that are written, or were by a run that could not hold its pause, and no others. */
export function plannedPause(
  plans: readonly SecretPlan[],
  pauses: PausesBySecret,
  { durationMs, left }: PauseOptions,
): PlannedPause {
  const goesOn = (object: ObjectRef): boolean =>
    pauses.get(refId(object))?.some((ref) => left.has(refId(ref))) === true;
  const written = plans.filter(
    ({ action, object }) => pauses.has(refId(object)) && (action !== 'none' || goesOn(object)),
  );
  const chains = new Map(written.map(({ object }) => [refId(object), pauses.get(refId(object)) ?? []]));
  return {
    objects: allPaused(chains),
    secrets: written.map(({ object }) => object),
    keys: [...new Set(written.flatMap((plan) => [...keysOf(plan, 'ADD'), ...keysOf(plan, 'CHANGE')]))],
    durationMs,
  };
}

export function pauseSteps({ objects, durationMs }: PlannedPause): StepOutcome[] {
  const detail = `for ${durationMs / 1000} s, while what it would undo is written`;
  return objects.map((object) => ({ action: 'pause-sync', object, outcome: 'planned', detail }));
}
