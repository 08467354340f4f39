import { checkId } from './check-changes.ts';
import type { TimelineEntry } from './verify-report.ts';

/** What is worth a line: all that became of what did not pass at once. What was skipped hangs on another, which is told. */
export function toldTimeline(timeline: readonly TimelineEntry[]): readonly TimelineEntry[] {
  const moved = new Set(timeline.filter(({ outcome }) => outcome === 'waiting' || outcome === 'fail').map(checkId));
  const told = timeline.filter((entry) => entry.outcome !== 'skipped' && moved.has(checkId(entry)));
  // The table of the checks says as much of one that failed as soon as it was made.
  return told.some(({ outcome }) => outcome === 'waiting') ? told : [];
}
