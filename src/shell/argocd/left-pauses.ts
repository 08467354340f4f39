import { pausesIn, type PausableRef, type PausedObject } from '../../core/argocd/sync-pause.ts';
import { refId, refText } from '../../core/cluster/kubernetes.ts';
import type { Snapshot } from '../../core/cluster/snapshot.ts';
import type { StepOutcome } from '../../core/reports/report.ts';
import { utcText } from '../../core/utc-text.ts';
import type { Session } from '../session.ts';
import { resumeSync } from './pause-sync.ts';

/**
 * Ends the pauses that nobody ends any more: those whose time is over, and those of runs on this machine that were
 * killed. Every command that writes does so before anything else: whoever asked for the pause agreed to its end. Others
 * are told of, and left.
 */
export async function endLeftPauses(
  session: Session,
  snapshot: Snapshot,
  { but = [] }: { readonly but?: readonly PausableRef[] } = {},
): Promise<readonly StepOutcome[]> {
  const { terminal } = session.deps;
  const outcomes: StepOutcome[] = [];
  const kept = new Set(but.map(refId));
  for (const paused of pausesIn(snapshot)) {
    const { object } = paused;
    if (kept.has(refId(object))) continue;
    if (!isLeft(session, paused)) {
      tellHeld(session, paused);
      continue;
    }
    const ended = await resumeSync(session, [object]);
    for (const step of ended) terminal.err(endText(paused, step));
    outcomes.push(...ended);
  }
  return outcomes;
}

/** Another run's; its own needs no telling. */
function tellHeld({ deps: { terminal, processId, operator } }: Session, { object, pause }: PausedObject): void {
  if (pause?.processId === processId && pause.by === operator) return;
  const who = pause === undefined ? '' : ` until ${utcText(pause.until)} by ${pause.by} (${pause.command})`;
  const end = `c2l restore-sync -n ${object.namespace} ends it now`;
  terminal.err(`warning: sync of ${refText(object)} is paused${who}: ${end}`);
}

function endText({ object, pause }: PausedObject, { outcome, detail }: StepOutcome): string {
  return outcome === 'failed'
    ? `warning: sync of ${refText(object)} is still paused: ${detail}`
    : `sync of ${refText(object)} was left paused by ${pause?.by ?? ''}: it ${detail}`;
}

/** The objects whose pause nobody ends any more, by `refId`: another run may take it over. */
export function leftPauses(session: Session, snapshot: Snapshot): ReadonlySet<string> {
  const left = pausesIn(snapshot).filter((paused) => isLeft(session, paused));
  return new Set(left.map(({ object }) => refId(object)));
}

/**
 * For a run that may pause itself: pauses that a killed run left stay until it is known which of them it goes on with,
 * so that nobody undoes meanwhile what they keep. However it ends, none is left.
 */
export async function takingOver<T>(
  session: Session,
  snapshot: Snapshot,
  run: (settle: (needed: readonly PausableRef[]) => Promise<readonly StepOutcome[]>) => Promise<T>,
): Promise<T> {
  const state = { isSettled: false };
  try {
    return await run((needed) => {
      state.isSettled = true;
      return endLeftPauses(session, snapshot, { but: needed });
    });
  } catch (error) {
    if (!state.isSettled) await endLeftPauses(session, snapshot);
    throw error;
  }
}

/** Whoever holds a pause ends it in time, but for what their clock is off. */
const graceMs = 30_000;

/** Whether nobody ends this pause any more. */
export function isLeft({ deps }: Session, { pause }: PausedObject): boolean {
  if (pause === undefined) return false;
  if (Date.parse(pause.until) + graceMs <= deps.clock.now().getTime()) return true;
  return pause.by === deps.operator && pause.processId !== deps.processId && !deps.isRunning(pause.processId);
}
