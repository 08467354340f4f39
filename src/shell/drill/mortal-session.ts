import type { Cluster } from '../../cluster-ports.ts';
import { journalName } from '../../core/drill/drill-journal.ts';
import type { Interruption } from '../../core/drill/random-drill.ts';
import type { Clock } from '../../ports.ts';
import type { Session } from '../session.ts';

export interface MortalSession {
  readonly session: Session;
  /** Fires when it was killed: nothing more leaves it, and whoever waits for it waits for ever. */
  readonly killed: Promise<void>;
  /** Whether the line was reached. */
  readonly isInterrupted: () => boolean;
}

/** A session of a program that is stopped at a line of its journal: by Ctrl-C, or as SIGKILL and power cuts do it. */
export function mortalSession(session: Session, { how, line }: Interruption): MortalSession {
  const interruption = new AbortController();
  const death = new AbortController();
  const killed = new Promise<void>((resolve) => {
    death.signal.addEventListener('abort', () => {
      resolve();
    });
  });
  const isDead = (): boolean => isAborted(death.signal);
  let lines = 0;
  let isInterrupted = false;
  const stop = (moment: Interruption['how']): void => {
    if (lines !== line || how !== moment || isInterrupted) return;
    isInterrupted = true;
    (how === 'ctrl-c' ? interruption : death).abort();
  };
  const cluster = overCalls(session.cluster, async (isLine, call) => {
    if (isLine) lines += 1;
    if (isLine) stop('killed-before');
    if (isDead()) return never();
    const answer = await call();
    if (isLine) stop('killed-after');
    if (isLine) stop('ctrl-c');
    return isDead() ? never() : answer;
  });
  const signal = AbortSignal.any([session.deps.signal, interruption.signal]);
  const deps = { ...session.deps, signal, clock: mortalClock(session.deps.clock, death.signal) };
  return { session: { ...session, cluster, deps }, killed, isInterrupted: () => isInterrupted };
}

function isAborted({ aborted }: AbortSignal): boolean {
  return aborted;
}

function never(): Promise<never> {
  return new Promise(() => undefined);
}

/** No timer of the dead stays behind. */
function mortalClock(clock: Clock, death: AbortSignal): Clock {
  return {
    now: () => clock.now(),
    monotonic: () => clock.monotonic(),
    sleep: async (ms, signal) => {
      try {
        await clock.sleep(ms, AbortSignal.any([signal, death]));
      } catch (error) {
        if (!isAborted(death)) throw error;
      }
      // It may have come while this slept.
      await (isAborted(death) ? never() : undefined);
    },
  };
}

type Call = (...args: readonly unknown[]) => Promise<unknown>;

/** Every call of the cluster by way of `around`, which learns whether it writes a line of the journal. */
function overCalls(cluster: Cluster, around: (isLine: boolean, call: () => Promise<unknown>) => unknown): Cluster {
  return new Proxy(cluster, {
    get: (target, name) => {
      const member: unknown = Reflect.get(target, name, target);
      if (typeof member !== 'function' || name === 'close') return member;
      const call = member as Call;
      return (...args: readonly unknown[]) =>
        around(isJournalLine(name, args[0]), () => Reflect.apply(call, target, args));
    },
  });
}

const journalPattern = new RegExp(`^${journalName('[0-9tz]+')}$`);

function isJournalLine(call: string | symbol, object: unknown): boolean {
  if (call !== 'createSecret' && call !== 'patchSecret') return false;
  return journalPattern.test((object as { readonly name: string }).name);
}
