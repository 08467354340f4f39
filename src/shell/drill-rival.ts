import type { SecretFault } from '../core/drill/secret-faults.ts';
import type { Secret } from '../core/secret.ts';
import { OperatorError } from '../errors.ts';
import { breakSecret } from './drill-fault.ts';
import type { Session } from './session.ts';

/** Somebody who writes the broken Secrets as well, and breaks them again after each repair. */
export interface Rival {
  /** Whether it leaves the Secrets alone from now on. */
  readonly isTired: boolean;
  /** Fires with the next repair that is undone. */
  nextUndo(): AbortSignal;
  end(): Promise<void>;
}

const lookEveryMs = 100;

/** Nothing of it outlives the drill: it writes from this process alone, and not after `end`. */
export function startRival(session: Session, faults: readonly SecretFault[], times: number): Rival {
  const { clock } = session.deps;
  const stop = new AbortController();
  let undone = 0;
  let next = new AbortController();
  const look = async (): Promise<void> => {
    for (const fault of faults) {
      if (undone >= times || !(await undo(session, fault, stop.signal))) continue;
      undone += 1;
      next.abort();
      next = new AbortController();
    }
  };
  const run = async (): Promise<void> => {
    while (!stop.signal.aborted && undone < times) {
      await look();
      await clock.sleep(lookEveryMs, stop.signal).catch(() => undefined);
    }
  };
  const running = run();
  return {
    get isTired() {
      return undone >= times;
    },
    nextUndo: () => next.signal,
    end: async () => {
      stop.abort();
      await running;
    },
  };
}

async function undo(session: Session, fault: SecretFault, stop: AbortSignal): Promise<boolean> {
  const { namespace, name } = fault.secret.metadata;
  const found = await session.cluster.readSecret(namespace, name);
  if (found.state !== 'present' || stop.aborted || !isRepaired(fault, found.value)) return false;
  try {
    await breakSecret(session, { ...fault, secret: found.value });
    return true;
  } catch (error) {
    // Somebody was faster, or the server is away: the next look tells.
    if (error instanceof OperatorError) return false;
    throw error;
  }
}

function isRepaired({ secret, does, keys }: SecretFault, { data }: Secret): boolean {
  const isLost = does === 'lost' || does === 'keys-lost';
  return keys.every((key) => {
    const now = data.get(key);
    return now !== undefined && (isLost || secret.data.get(key)?.equals(now) === true);
  });
}
