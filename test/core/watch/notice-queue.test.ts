import { describe, expect, test } from '@jest/globals';
import { delivered, dueDeliveries, enqueued } from '../../../src/core/watch/notices.ts';
import type { Delivery, Notice } from '../../../src/core/watch/watch-state.ts';

const at = '2026-11-25T12:10:00.000Z';

const part = (id: string, detail: string) => ({ id, detail });

const shop = part('shop', 'answered 500');

const opened: Notice = {
  id: 'a/opened',
  kind: 'opened',
  incident: 'a',
  at,
  severity: 'error',
  source: 'prod',
  startedAt: '2026-11-25T12:00:00.000Z',
  durationMs: 600_400,
  roots: [shop],
  beneath: [],
};

describe('the queue of deliveries', () => {
  const delivery = (to: string, notice: Notice = opened, more: Partial<Delivery> = {}): Delivery => ({
    to,
    notice,
    attempts: 0,
    ...more,
  });
  const reminder: Notice = { ...opened, id: 'a/reminder-1', kind: 'reminder' };
  const shown = (queue: readonly Delivery[]): string[] => queue.map(({ to, notice }) => `${to} ${notice.id}`);

  test('takes a notice for each receiver, behind what waits', () => {
    expect(enqueued([delivery('hook')], reminder, ['hook', 'mail'])).toEqual([
      delivery('hook'),
      delivery('hook', reminder),
      delivery('mail', reminder),
    ]);
  });

  test('drops a reminder that was never delivered for whatever comes next of its incident, and no other', () => {
    const other: Notice = { ...reminder, id: 'b/reminder-1', incident: 'b' };
    const later: Notice = { ...opened, id: 'a/recovered', kind: 'recovered' };
    const queue = [delivery('hook'), delivery('hook', reminder), delivery('hook', other)];
    expect(shown(enqueued(queue, later, ['hook']))).toEqual(['hook a/opened', 'hook b/reminder-1', 'hook a/recovered']);
  });

  test('gives each receiver one after the other, when its time has come', () => {
    const later = { notBefore: '2026-11-25T12:10:05.000Z', pauseMs: 5000 };
    const queue = [
      delivery('hook', opened, later),
      delivery('hook', reminder),
      delivery('mail'),
      delivery('mail', reminder),
    ];
    expect(shown(dueDeliveries(queue, new Date(at)))).toEqual(['mail a/opened']);
    expect(shown(dueDeliveries(queue, new Date('2026-11-25T12:10:05.000Z')))).toEqual([
      'hook a/opened',
      'mail a/opened',
    ]);
  });

  test('forgets what was delivered, to that receiver alone', () => {
    const queue = [delivery('hook'), delivery('mail'), delivery('hook', reminder)];
    expect(shown(delivered(queue, delivery('hook')))).toEqual(['mail a/opened', 'hook a/reminder-1']);
  });
});
