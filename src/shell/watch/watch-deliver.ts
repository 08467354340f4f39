import { spokenDuration } from '../../core/watch/duration.ts';
import { delivered, dueDeliveries, postponed, waitMs } from '../../core/watch/notices.ts';
import type { Delivery } from '../../core/watch/watch-state.ts';
import type { Clock, Terminal } from '../../ports.ts';
import type { Notifier } from '../../watch-ports.ts';
import type { WatchKeeper } from './watch-keeper.ts';

export interface Receivers {
  readonly notifiers: ReadonlyMap<string, Notifier>;
  readonly keeper: WatchKeeper;
  readonly clock: Clock;
  readonly terminal: Pick<Terminal, 'err'>;
}

/** Delivers what is due, to all receivers at once and to each in order; gives how often it did and did not succeed. */
export async function deliverDue(receivers: Receivers): Promise<{ delivered: number; failed: number }> {
  const counts = { delivered: 0, failed: 0 };
  for (;;) {
    const due = dueDeliveries(receivers.keeper.state.queue, receivers.clock.now());
    if (due.length === 0) return counts;
    const outcomes = await Promise.all(due.map((delivery) => deliver(delivery, receivers)));
    counts.delivered += outcomes.filter((isTold) => isTold).length;
    counts.failed += outcomes.filter((isTold) => !isTold).length;
  }
}

async function deliver(delivery: Delivery, { notifiers, keeper, clock, terminal }: Receivers): Promise<boolean> {
  const { notice, to } = delivery;
  const notifier = notifiers.get(to);
  if (notifier === undefined) {
    terminal.err(`warning: ${notice.id} is dropped: no receiver is called ${to} any more`);
    await keeper.change((state) => ({ ...state, queue: delivered(state.queue, delivery) }));
    return false;
  }
  const told = await notifier.tell(notice);
  const now = clock.now();
  if (told.state === 'told') {
    await keeper.change((state) => ({ ...state, queue: delivered(state.queue, delivery) }));
    return true;
  }
  await keeper.change((state) => ({ ...state, queue: postponed(state.queue, delivery, now, told.retryAfterMs) }));
  const kept = keeper.state.queue.find((entry) => entry.to === to && entry.notice.id === notice.id);
  const wait = spokenDuration(kept === undefined ? 0 : waitMs(kept, now));
  terminal.err(`warning: ${to} could not be told of ${notice.id}: ${told.reason}; kept, tried again in ${wait}`);
  return false;
}
