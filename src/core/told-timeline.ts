import type { TimelineEntry } from './verify-report.ts';

/** What is worth a line: all that became of what did not pass at once. */
export function toldTimeline(timeline: readonly TimelineEntry[]): readonly TimelineEntry[] {
  const moved = new Set(timeline.filter(({ outcome }) => outcome === 'waiting' || outcome === 'fail').map(idOf));
  const told = timeline.filter((entry) => moved.has(idOf(entry)));
  // The table of the checks says as much of one that failed as soon as it was made.
  return told.some(({ outcome }) => outcome === 'waiting') ? told : [];
}

function idOf({ component, name }: TimelineEntry): string {
  return `${component}: ${name}`;
}
