import { utcText } from '../utc-text.ts';
import { spokenDuration } from './duration.ts';
import type { Thresholds } from './target-states.ts';
import type { TargetState, WatchState } from './watch-state.ts';

/** What a round changed, for whoever reads the log: the first failure as well as the one that counts. */
export function changeLines(before: WatchState, after: WatchState, thresholds: Thresholds): string[] {
  return [
    ...connectionLines(before.offlineSince, after.offlineSince),
    ...Object.entries(after.targets).flatMap(([id, state]) => {
      const old = before.targets[id];
      const isSame = state.outcome === (old?.outcome ?? 'pass') && state.status === (old?.status ?? 'up');
      return isSame ? [] : [targetLine(id, state, thresholds)];
    }),
  ];
}

function connectionLines(before: string | undefined, after: string | undefined): string[] {
  if (before === undefined && after !== undefined) {
    return ['offline: this machine has no connection; nobody is told of anything'];
  }
  return before !== undefined && after === undefined
    ? [`online again, after being offline since ${utcText(before)}`]
    : [];
}

function targetLine(
  id: string,
  { status, outcome, detail, contrary, failingMs }: TargetState,
  { failureThreshold, successThreshold }: Thresholds,
): string {
  const needed = status === 'up' ? failureThreshold : successThreshold;
  const standing = contrary === 0 ? status : `${contrary} of ${needed} in a row before it counts`;
  const time = failingMs === 0 ? '' : `, ${contrary === 0 ? '' : 'failing '}for ${spokenDuration(failingMs)}`;
  return `${id}: ${outcome} (${standing}${time}): ${detail}`;
}
