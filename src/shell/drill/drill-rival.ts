import type { Secret } from '../../core/cluster/secret.ts';
import type { DrillPlan } from '../../core/drill/plan-drill.ts';
import type { SecretFault } from '../../core/drill/secret-fault.ts';
import { OperatorError } from '../../errors.ts';
import type { Session } from '../session.ts';
import { breakSecret, faultText } from './drill-fault.ts';
import type { Journal } from './drill-journal.ts';

/** Somebody who writes the broken Secrets as well, and breaks them again after each repair. */
export interface Rival {
  /** Whether it leaves the Secrets alone from now on. */
  readonly isTired: boolean;
  /** Fires with the next repair that is undone. */
  nextUndo(): AbortSignal;
  end(): Promise<void>;
}

const lookEveryMs = 100;

/**
 * Undoes the repair of each Secret so many times, each with a line of the journal before. Nothing of it outlives the
 * drill: it writes from this process alone, and not after `end`.
 */
export function startRival(
  session: Session,
  { faults, undone: times }: Pick<DrillPlan, 'faults' | 'undone'>,
  journal: Journal,
): Rival {
  const { clock } = session.deps;
  const stop = new AbortController();
  const left = new Map(faults.map((fault) => [fault, times]));
  const isTired = (): boolean => [...left.values()].every((count) => count === 0);
  let next = new AbortController();
  const look = async (): Promise<void> => {
    for (const [fault, count] of left) {
      if (count === 0 || !(await undo(session, fault, { journal, stop: stop.signal }))) continue;
      left.set(fault, count - 1);
      next.abort();
      next = new AbortController();
    }
  };
  const run = async (): Promise<void> => {
    while (!stop.signal.aborted && !isTired()) {
      await look();
      await clock.sleep(lookEveryMs, stop.signal).catch(() => undefined);
    }
  };
  const running = run();
  return {
    get isTired() {
      return isTired();
    },
    nextUndo: () => next.signal,
    end: async () => {
      stop.abort();
      await running;
    },
  };
}

async function undo(
  session: Session,
  fault: SecretFault,
  { journal, stop }: { readonly journal: Journal; readonly stop: AbortSignal },
): Promise<boolean> {
  const { namespace, name } = fault.secret.metadata;
  const found = await session.cluster.readSecret(namespace, name);
  if (found.state !== 'present' || stop.aborted || !isRepaired(fault, found.value)) return false;
  try {
    await journal.write('fault', `${faultText(fault)} again, after its repair`);
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
