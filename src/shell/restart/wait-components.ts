import { refId } from '../../core/cluster/kubernetes.ts';
import type { Listing, Snapshot } from '../../core/cluster/snapshot.ts';
import { awaitedStates, isOver, waitingText, type Awaited, type AwaitedState } from '../../core/workloads/waiting.ts';
import { OperatorError } from '../../errors.ts';
import type { Progress } from '../../ports.ts';
import { refreshEvents } from '../observe/refresh-events.ts';
import { runningState } from '../observe/running-state.ts';
import type { Session } from '../session.ts';
import { untilInterrupted } from '../until-interrupted.ts';

const pollMs = 250;

export interface WaitOptions {
  readonly awaited: Omit<Awaited, 'stack' | 'time'>;
  /** By the monotonic clock. */
  readonly deadline: number;
  /** What the line of progress begins with. */
  readonly title: string;
}

export interface WaitResult {
  readonly end: 'ready' | 'timeout' | 'hopeless' | 'interrupted' | 'unreadable';
  readonly snapshot: Snapshot;
  readonly states: readonly AwaitedState[];
  /** By `refId`: after how many milliseconds of this wait it was seen ready; without what was ready all along. */
  readonly readyAfterMs: ReadonlyMap<string, number>;
  /** Whether anything was seen since the wait began; else `states` are of before it. */
  readonly hasLooked: boolean;
  /** Why nothing more could be read, with `unreadable`. */
  readonly reason?: string;
}

/**
 * Waits until everything awaited is ready, with one line that tells what holds up the next one. Ends early when time
 * alone cannot help any more. Each round is one list of pods and one of each kind of workload.
 */
export async function waitForComponents(
  session: Session,
  first: Snapshot,
  { awaited, deadline, title }: WaitOptions,
): Promise<WaitResult> {
  const { clock, signal, terminal } = session.deps;
  const start = clock.monotonic();
  const readyAfterMs = new Map<string, number>();
  const seenOpen = new Set<string>();
  let progress: Progress | undefined;
  let snapshot = first;
  let hasLooked = false;
  const look = (): readonly AwaitedState[] => {
    const time = session.sightings.look(snapshot.pods.items, clock);
    return awaitedStates(snapshot, { ...awaited, stack: session.stack, time });
  };
  let states = look();
  note(states, { readyAfterMs, seenOpen, elapsed: 0 });

  const finish = (end: WaitResult['end'], reason?: string): WaitResult => {
    const text = `${title}: ${waitingText(states)}`;
    progress?.finish(end === 'ready' ? 'ok' : end === 'interrupted' ? 'stopped' : 'failed', text);
    return { end, snapshot, states, readyAfterMs, hasLooked, ...(reason === undefined ? {} : { reason }) };
  };

  for (;;) {
    const round = await unlessInterrupted(session, refresh(session, snapshot));
    if (round === undefined) return finish('interrupted');
    snapshot = round.snapshot;
    hasLooked = true;
    states = look();
    note(states, { readyAfterMs, seenOpen, elapsed: clock.monotonic() - start });
    if (round.refusal !== undefined) return finish('unreadable', round.refusal);
    if (states.every(({ state }) => state === 'ready')) return finish('ready');
    if (isOver(states)) return finish('hopeless');
    if (clock.monotonic() >= deadline) return finish('timeout');

    const trouble = round.trouble === undefined ? '' : ` (${round.trouble})`;
    const text = `${title}: ${waitingText(states)}${trouble}`;
    if (progress === undefined) progress = terminal.progress(text);
    else progress.update(text);
    await unlessInterrupted(session, clock.sleep(pollMs, signal));
  }
}

/** Undefined at Ctrl-C, whether or not the server still answers. */
async function unlessInterrupted<T>({ deps }: Session, work: Promise<T>): Promise<T | undefined> {
  try {
    return await untilInterrupted(work, deps.signal);
  } catch (error) {
    if (error instanceof OperatorError && error.code === 'interrupted') return undefined;
    throw error;
  }
}

interface Times {
  readonly readyAfterMs: Map<string, number>;
  /** Ids that were seen not ready: what was ready all along was not waited for. */
  readonly seenOpen: Set<string>;
  readonly elapsed: number;
}

function note(states: readonly AwaitedState[], { readyAfterMs, seenOpen, elapsed }: Times): void {
  for (const { object, state } of states) {
    const id = refId(object);
    if (state !== 'ready') {
      seenOpen.add(id);
      readyAfterMs.delete(id);
    } else if (seenOpen.has(id) && !readyAfterMs.has(id)) {
      readyAfterMs.set(id, elapsed);
    }
  }
}

interface Round {
  readonly snapshot: Snapshot;
  /** A read that failed and may succeed the next time. */
  readonly trouble?: string;
  /** A read that was refused and will be again. */
  readonly refusal?: string;
}

/** What cannot be read for a moment stands as it was last seen. */
async function refresh({ cluster, scope }: Session, before: Snapshot): Promise<Round> {
  const seen = await runningState(cluster, scope);
  const gaps = [seen.pods, seen.deployments, seen.statefulSets].flatMap((listing) => listing.gaps);
  const refusal = gaps.find(({ cause }) => cause === 'unauthorized' || cause === 'forbidden');
  const [trouble] = gaps;
  return {
    snapshot: await refreshEvents(cluster, scope, {
      ...before,
      pods: whole(seen.pods, before.pods),
      deployments: whole(seen.deployments, before.deployments),
      statefulSets: whole(seen.statefulSets, before.statefulSets),
      replicaSets: whole(seen.replicaSets, before.replicaSets),
      daemonSets: whole(seen.daemonSets, before.daemonSets),
    }),
    ...(trouble === undefined ? {} : { trouble: trouble.reason }),
    ...(refusal === undefined ? {} : { refusal: refusal.reason }),
  };
}

function whole<T>(now: Listing<T>, before: Listing<T>): Listing<T> {
  return now.gaps.length === 0 ? now : before;
}
