import { describe, expect, test } from '@jest/globals';
import { isGood, newNotice, noticeLines, noticeTitle, notWatched } from '../../../src/core/watch/notices.ts';
import { pagerDutyEvent, webhookBody } from '../../../src/core/watch/webhook-body.ts';
import type { Incident, Notice } from '../../../src/core/watch/watch-state.ts';

const at = '2026-11-25T12:10:00.000Z';

const part = (id: string, detail: string) => ({ id, detail });

const shop = part('shop', 'answered 500');

const api = part('api', 'no pod is ready');

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

const since = 'since 2026-11-25 12:00:00 UTC (10 min), severity error, incident a';

describe('a notice', () => {
  test.each<[string, Partial<Notice>, string, readonly string[]]>([
    ['of one that is down', {}, 'prod: down: shop: answered 500', ['shop: answered 500', since]],
    [
      'of one on which another hangs',
      { beneath: [api] },
      'prod: down: shop: answered 500 (and 1 that hangs on it)',
      ['shop: answered 500', 'hanging on it:', '  api: no pod is ready', since],
    ],
    [
      'of two, on which two hang: their details would not fit into a title',
      { roots: [shop, api], beneath: [part('x', '1'), part('y', '2')] },
      'prod: down: shop and api (and 2 that hang on it)',
      ['shop: answered 500', 'api: no pod is ready', 'hanging on it:', '  x: 1', '  y: 2', since],
    ],
    [
      'that reminds',
      { kind: 'reminder' },
      'prod: still, after 10 min, down: shop: answered 500',
      ['shop: answered 500', since],
    ],
    [
      'of a recovery',
      { kind: 'recovered', roots: [shop, api] },
      'prod: recovered after 10 min: shop and api',
      ['shop was down: answered 500', 'api was down: no pod is ready', since],
    ],
    [
      'of what is watched no more, which is no recovery',
      { kind: 'recovered', roots: [part('shop', notWatched)] },
      'prod: not watched any more after 10 min: shop',
      [`shop was down: ${notWatched}`, since],
    ],
    [
      'of a recovery of which one part is watched no more',
      { kind: 'recovered', roots: [shop, part('api', notWatched)] },
      'prod: recovered after 10 min: shop and api',
      ['shop was down: answered 500', `api was down: ${notWatched}`, since],
    ],
    [
      'of a drill that passed',
      { kind: 'drill-passed', roots: [part('d', 'recovered in 40 s')], beneath: [part('d', 'by 2 phases')] },
      'prod: drill passed: recovered in 40 s',
      ['recovered in 40 s', 'by 2 phases', 'at 2026-11-25 12:00:00 UTC'],
    ],
    [
      'of a drill that failed',
      { kind: 'drill-failed', roots: [part('d', 'not recovered')] },
      'prod: drill failed: not recovered',
      ['not recovered', 'at 2026-11-25 12:00:00 UTC'],
    ],
    [
      'of a drill that was interrupted',
      { kind: 'drill-interrupted', roots: [part('d', 'by Ctrl-C')] },
      'prod: drill interrupted: by Ctrl-C',
      ['by Ctrl-C', 'at 2026-11-25 12:00:00 UTC'],
    ],
    [
      'that tries a receiver',
      { kind: 'test' },
      'prod: this is a test of c2l watch, nothing is wrong',
      ['Whoever reads this is told when something fails.'],
    ],
  ])('%s says in its title what there is to know, and beneath what is known', (_, more, title, lines) => {
    const notice = { ...opened, ...more };
    expect([noticeTitle(notice), noticeLines(notice)]).toEqual([title, lines]);
  });

  test.each<[Notice['kind'], boolean, string, string, string]>([
    ['opened', false, ':red_circle:', 'attention', 'trigger'],
    ['reminder', false, ':red_circle:', 'attention', 'trigger'],
    ['drill-failed', false, ':red_circle:', 'attention', 'trigger'],
    ['recovered', true, ':white_check_mark:', 'good', 'resolve'],
    ['drill-passed', true, ':white_check_mark:', 'good', 'resolve'],
    ['drill-interrupted', false, ':red_circle:', 'attention', 'resolve'],
    ['test', false, ':red_circle:', 'attention', 'resolve'],
  ])('that is %s looks so at a glance, and wakes only whom it should', (kind, good, mark, color, action) => {
    const notice = { ...opened, kind };
    expect(isGood(notice)).toBe(good);
    expect(webhookBody({ template: 'slack' }, notice)).toContain(`"text":"${mark} *`);
    expect(webhookBody({ template: 'teams' }, notice)).toContain(`"color":"${color}"`);
    expect(pagerDutyEvent(notice)).toMatchObject({ event_action: action, dedup_key: 'a' });
  });

  test('of a warning is yellow', () => {
    const notice = { ...opened, severity: 'warning' } as const;
    expect(webhookBody({ template: 'slack' }, notice)).toContain('":warning: *');
    expect(webhookBody({ template: 'teams' }, notice)).toContain('"color":"warning"');
  });

  test.each<['opened' | 'reminder' | 'recovered', string]>([
    ['opened', 'a/opened'],
    ['reminder', 'a/reminder-2'],
    ['recovered', 'a/recovered'],
  ])('that is %s has an id of its own, by which receivers tell copies', (kind, id) => {
    const incident: Incident = {
      id: 'a',
      openedAt: at,
      startedAt: opened.startedAt,
      durationMs: 600_400.4,
      sinceNoticeMs: 0,
      reminders: 2,
      severity: 'error',
      members: ['shop'],
      roots: [],
    };
    const notice = newNotice(kind, incident, { at, source: 'prod', roots: [shop], beneath: [api] });
    expect(notice).toEqual({ ...opened, id, kind, beneath: [api] });
  });
});
