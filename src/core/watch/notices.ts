import { listText } from '../list-text.ts';
import { utcText } from '../utc-text.ts';
import type { Delivery, Incident, Notice, NoticePart } from './watch-state.ts';
import { spokenDuration } from './duration.ts';

export function newNotice(
  kind: 'opened' | 'reminder' | 'recovered',
  incident: Incident,
  { at, source, roots, beneath }: { at: string; source: string; roots: NoticePart[]; beneath: NoticePart[] },
): Notice {
  return {
    id: kind === 'reminder' ? `${incident.id}/reminder-${incident.reminders}` : `${incident.id}/${kind}`,
    kind,
    incident: incident.id,
    at,
    severity: incident.severity,
    source,
    startedAt: incident.startedAt,
    durationMs: Math.round(incident.durationMs),
    roots,
    beneath,
  };
}

/** The detail of a target that was taken away while it was down: that is no recovery. */
export const notWatched = 'is not watched any more';

/** A line that says what there is to know at a glance. */
export function noticeTitle({ kind, source, roots, beneath, durationMs }: Notice): string {
  const names = listText(roots.map(({ id }) => id));
  if (kind === 'test') return `${source}: this is a test of c2l watch, nothing is wrong`;
  if (isDrill(kind)) return `${source}: ${kind.replace('-', ' ')}: ${listText(roots.map(({ detail }) => detail))}`;
  if (kind === 'recovered') {
    const gone = roots.every(({ detail }) => detail === notWatched);
    return `${source}: ${gone ? 'not watched any more' : 'recovered'} after ${spokenDuration(durationMs)}: ${names}`;
  }
  const more =
    beneath.length === 0 ? '' : ` (and ${beneath.length} that ${beneath.length === 1 ? 'hangs' : 'hang'} on it)`;
  const still = kind === 'reminder' ? `still, after ${spokenDuration(durationMs)}, ` : '';
  const detail = roots.length === 1 ? `: ${listText(roots.map((root) => root.detail))}` : '';
  return `${source}: ${still}down: ${names}${detail}${more}`;
}

function isDrill(kind: Notice['kind']): boolean {
  return kind.startsWith('drill-');
}

/** Whether it tells that something is well again, or still is. */
export function isGood({ kind }: Pick<Notice, 'kind'>): boolean {
  return kind === 'recovered' || kind === 'drill-passed';
}

/** What is known, a line for each target. */
export function noticeLines(notice: Notice): string[] {
  const { kind, roots, beneath, startedAt, durationMs, incident, severity } = notice;
  if (kind === 'test') return ['Whoever reads this is told when something fails.'];
  if (isDrill(kind)) return [...[...roots, ...beneath].map(({ detail }) => detail), `at ${utcText(startedAt)}`];
  return [
    ...roots.map(({ id, detail }) => `${id}${kind === 'recovered' ? ' was down' : ''}: ${detail}`),
    ...(beneath.length === 0 ? [] : ['hanging on it:', ...beneath.map(({ id, detail }) => `  ${id}: ${detail}`)]),
    `since ${utcText(startedAt)} (${spokenDuration(durationMs)}), severity ${severity}, incident ${incident}`,
  ];
}

const firstPauseMs = 5000;
const longestPauseMs = 300_000;

/**
 * Puts a notice at the end of each receiver's queue. A reminder that was never delivered is worth nothing beside its
 * successor, so that a receiver which is away for days does not make the queue grow.
 */
export function enqueued(queue: readonly Delivery[], notice: Notice, receivers: readonly string[]): Delivery[] {
  const isOutdated = ({ notice: earlier }: Delivery): boolean =>
    earlier.kind === 'reminder' && earlier.incident === notice.incident;
  return [
    ...queue.filter((delivery) => !isOutdated(delivery)),
    ...receivers.map((to) => ({ notice, to, attempts: 0 })),
  ];
}

/** The next delivery to each receiver, where its time has come: one after the other, so that none overtakes. */
export function dueDeliveries(queue: readonly Delivery[], now: Date): Delivery[] {
  const heads = new Map<string, Delivery>();
  for (const delivery of queue) if (!heads.has(delivery.to)) heads.set(delivery.to, delivery);
  return [...heads.values()].filter((delivery) => waitMs(delivery, now) <= 0);
}

/** How long until a delivery may be tried. More than its whole pause tells that the clock was set back: then it is due. */
export function waitMs({ notBefore, pauseMs = longestPauseMs }: Delivery, now: Date): number {
  if (notBefore === undefined) return 0;
  const wait = Date.parse(notBefore) - now.getTime();
  return wait > pauseMs ? 0 : Math.max(0, wait);
}

export function delivered(queue: readonly Delivery[], done: Delivery): Delivery[] {
  return queue.filter((delivery) => !isSame(delivery, done));
}

/** The same delivery, to be tried again later: twice as long after each failure, or when the receiver asks for it. */
export function postponed(queue: readonly Delivery[], failed: Delivery, now: Date, askedMs = 0): Delivery[] {
  const attempts = failed.attempts + 1;
  const wanted = Math.max(askedMs, firstPauseMs * 2 ** Math.min(attempts - 1, 10));
  const pauseMs = Math.min(wanted, longestPauseMs);
  const notBefore = new Date(now.getTime() + pauseMs).toISOString();
  return queue.map((delivery) => (isSame(delivery, failed) ? { ...delivery, attempts, notBefore, pauseMs } : delivery));
}

function isSame(left: Delivery, right: Delivery): boolean {
  return left.to === right.to && left.notice.id === right.notice.id;
}
