import { describe, expect, test } from '@jest/globals';
import { isOpen, maintenanceOf, windowText } from '../../../src/core/watch/maintenance.ts';
import type { MaintenanceWindow } from '../../../src/core/watch/watch-schema.ts';

describe('a maintenance window', () => {
  const open = (window: object, at: string): boolean => isOpen(window as MaintenanceWindow, Date.parse(at));
  const daily = { name: 'n', at: '23:30', for: '1h' };
  // 2026-11-25 is a Wednesday.
  const weekly = { ...daily, days: ['wednesday'] };
  const long = { name: 'n', at: '12:00', for: '3d', days: ['sunday'] };
  const once = { name: 'n', from: '2026-11-25T12:00:00Z', to: '2026-11-25T13:00:00+00:00' };

  test.each<[string, object, string, boolean]>([
    ['is closed before it begins', daily, '2026-11-25T23:29:59Z', false],
    ['is open from its minute on', daily, '2026-11-25T23:30:00Z', true],
    ['is open past midnight', daily, '2026-11-26T00:29:59Z', true],
    ['is closed when it ends', daily, '2026-11-26T00:30:00Z', false],
    ['of a weekday is open on it', weekly, '2026-11-25T23:45:00Z', true],
    ['of a weekday is open in its night', weekly, '2026-11-26T00:15:00Z', true],
    ['of a weekday is closed on the next', weekly, '2026-11-26T23:45:00Z', false],
    ['of a weekday is closed in the night before', weekly, '2026-11-25T00:15:00Z', false],
    ['of days is open two days later', long, '2026-11-24T12:00:00Z', true],
    ['of days is open until its last second', long, '2026-11-25T11:59:59Z', true],
    ['of days is closed after them', long, '2026-11-25T12:00:00Z', false],
    ['of days is closed before them', long, '2026-11-22T11:59:59Z', false],
    ['that comes once is closed before it', once, '2026-11-25T11:59:59Z', false],
    ['that comes once is open from its first second', once, '2026-11-25T12:00:00Z', true],
    ['that comes once is closed from its end on', once, '2026-11-25T13:00:00Z', false],
  ])('%s', (_, window, at, expected) => {
    expect(open(window, at)).toBe(expected);
  });

  test('is of everything, or of what it names: a component or one target of it', () => {
    const at = new Date('2026-11-25T12:30:00Z');
    const [all, named] = [once, { ...once, targets: ['shop', 'api: ready'] }] as unknown as MaintenanceWindow[];
    const found = (id: string, group: string, window: MaintenanceWindow | undefined) =>
      window && maintenanceOf({ id, group }, at, [window]);
    expect(found('x', 'x', all)).toBe(all);
    expect(found('shop: certificate', 'shop', named)).toBe(named);
    expect(found('api: ready', 'api', named)).toBe(named);
    expect(found('api: answers', 'api', named)).toBeUndefined();
    expect(maintenanceOf({ id: 'x', group: 'x' }, new Date('2026-11-25T14:00:00Z'), all ? [all] : [])).toBeUndefined();
  });

  test.each<[object, string]>([
    [once, 'from 2026-11-25T12:00:00Z to 2026-11-25T13:00:00+00:00'],
    [daily, 'every day at 23:30 UTC for 1h'],
    [{ ...daily, days: ['monday', 'friday'] }, 'monday, friday at 23:30 UTC for 1h'],
  ])('is told in words: %j', (window, text) => {
    expect(windowText(window as MaintenanceWindow)).toBe(text);
  });
});
