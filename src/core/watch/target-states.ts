import type { Observation } from './targets.ts';
import type { TargetState } from './watch-state.ts';

export interface Thresholds {
  readonly failureThreshold: number;
  readonly successThreshold: number;
}

const unseen: TargetState = { status: 'up', outcome: 'pass', detail: '', contrary: 0, failingMs: 0 };

/**
 * The state of a target after one more look. "Could not look" counts against it as a failure does: what nobody can see
 * for long is an incident too, told in its own words.
 */
export function afterLook(
  before: TargetState = unseen,
  { outcome, detail }: Pick<Observation, 'outcome' | 'detail'>,
  { at, elapsedMs, thresholds }: { readonly at: string; readonly elapsedMs: number; readonly thresholds: Thresholds },
): TargetState {
  const isContrary = (outcome === 'pass') !== (before.status === 'up');
  const contrary = isContrary ? before.contrary + 1 : 0;
  const limit = before.status === 'up' ? thresholds.failureThreshold : thresholds.successThreshold;
  const status = contrary < limit ? before.status : before.status === 'up' ? 'down' : 'up';
  const turned = status !== before.status;
  const seen = { status, outcome, detail, contrary: turned ? 0 : contrary };
  if (status === 'up' && outcome === 'pass') return { ...seen, failingMs: 0 };
  return {
    ...seen,
    failingSince: before.failingSince ?? at,
    failingMs: before.failingSince === undefined ? 0 : before.failingMs + elapsedMs,
  };
}

/** Whether it may be what another's failure comes from: confirmed down, or on the way there. */
export function isAiling(state: TargetState | undefined): boolean {
  return state !== undefined && (state.status === 'down' || state.outcome !== 'pass');
}
