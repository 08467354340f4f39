import { describe, expect, test } from '@jest/globals';
import { needsOf, type Observation, type Target } from '../../../src/core/watch/targets.ts';
import { offline, rootOf, watchReport, type WatchReportParts } from '../../../src/core/watch/watch-report.ts';
import { watchSchema } from '../../../src/core/watch/watch-schema.ts';
import { emptyWatchState, type TargetState, type WatchState } from '../../../src/core/watch/watch-state.ts';

const takenAt = '2026-11-25T12:00:00.000Z';

function target(id: string, needs: readonly string[] = [], more: Partial<Target> = {}): Target {
  return { id, group: id, needs, critical: true, place: 'endpoint', ...more };
}

function seen(id: string, outcome: Observation['outcome'] = 'pass', more: Partial<Observation> = {}): Observation {
  return { id, outcome, detail: `${id} says ${outcome}`, durationMs: 12.6, ...more };
}

const down: TargetState = { status: 'down', outcome: 'fail', detail: 'gone', contrary: 0, failingMs: 120_000 };

function parts(more: Partial<WatchReportParts> = {}): WatchReportParts {
  return {
    head: { schemaVersion: 1, context: null, server: null, namespaces: [], takenAt, stack: null } as never,
    targets: [],
    observations: [],
    state: emptyWatchState,
    notices: [],
    section: watchSchema.parse({}),
    isOffline: false,
    ...more,
  };
}

const night = { name: 'night', at: '11:00', for: '2h', targets: ['shop'] };

describe('the report of a round', () => {
  test('is of what was seen now, and of the state that counts', () => {
    const report = watchReport(
      parts({
        targets: [target('shop'), target('api', [], { critical: false }), target('late')],
        observations: [seen('shop', 'pass', { certificateEnds: '2027-01-01T00:00:00Z' }), seen('api')],
        state: { ...emptyWatchState, targets: { shop: down } },
      }),
    );
    expect([report.command, report.verdict, report.offline, report.findings]).toEqual(['watch', 'ok', false, []]);
    expect(report.targets).toEqual([
      {
        id: 'shop',
        critical: true,
        status: 'down',
        outcome: 'pass',
        detail: 'shop says pass',
        durationMs: 13,
        certificateEnds: '2027-01-01T00:00:00Z',
      },
      { id: 'api', critical: false, status: 'up', outcome: 'pass', detail: 'api says pass', durationMs: 13 },
      {
        id: 'late',
        critical: true,
        status: 'up',
        outcome: 'not-seen',
        detail: 'was not looked at in this round',
        durationMs: 0,
      },
    ]);
  });

  test('tells each failure, with the one that it comes from', () => {
    const { findings, verdict, targets } = watchReport(
      parts({
        targets: [
          target('shop', ['api']),
          target('api', ['db']),
          target('db'),
          target('news', [], { critical: false }),
        ],
        observations: [seen('shop', 'fail'), seen('api', 'fail'), seen('db', 'unreadable'), seen('news', 'fail')],
      }),
    );
    const object = (name: string) => ({ kind: 'Endpoint', namespace: '', name });
    const common = { blocks: [], fix: 'c2l audit' };
    const byId = Object.fromEntries(findings.map((finding) => [finding.object.name, finding]));
    expect(byId).toEqual({
      shop: {
        ...common,
        id: 'check-failed/shop',
        code: 'check-failed',
        severity: 'error',
        object: object('shop'),
        message: 'shop: shop says fail',
        causes: ['unreadable/db'],
      },
      api: {
        ...common,
        id: 'check-failed/api',
        code: 'check-failed',
        severity: 'error',
        object: object('api'),
        message: 'api: api says fail',
        causes: ['unreadable/db'],
      },
      db: {
        ...common,
        id: 'unreadable/db',
        code: 'unreadable',
        severity: 'warning',
        object: object('db'),
        message: 'db: could not be checked: db says unreadable',
        causes: [],
      },
      news: {
        ...common,
        id: 'check-failed/news',
        code: 'check-failed',
        severity: 'warning',
        object: object('news'),
        message: 'news: news says fail',
        causes: [],
      },
    });
    expect(findings.map(({ severity }) => severity)).toEqual(['error', 'error', 'warning', 'warning']);
    expect(verdict).not.toBe('ok');
    expect(targets.map(({ id, beneath }) => [id, beneath])).toEqual([
      ['shop', 'db'],
      ['api', 'db'],
      ['db', undefined],
      ['news', undefined],
    ]);
  });

  test('says of a failure in maintenance that it is one, as a warning', () => {
    const { findings, targets } = watchReport(
      parts({
        targets: [target('shop'), target('api'), target('db', [], { group: 'shop' })],
        observations: [seen('shop', 'fail'), seen('api', 'fail'), seen('db', 'unreadable')],
        section: watchSchema.parse({ maintenance: [night] }),
      }),
    );
    expect(
      Object.fromEntries(findings.map(({ object, severity, message }) => [object.name, [severity, message]])),
    ).toEqual({
      shop: ['warning', 'shop: shop says fail (in maintenance: night)'],
      api: ['error', 'api: api says fail'],
      db: ['warning', 'db: could not be checked: db says unreadable (in maintenance: night)'],
    });
    expect(targets.map(({ maintenance }) => maintenance)).toEqual(['night', undefined, 'night']);
  });

  test('says nothing of what it watches where this machine has no connection', () => {
    const { findings, offline: isOffline } = watchReport(
      parts({ targets: [target('shop')], observations: [seen('shop', 'fail')], isOffline: true }),
    );
    expect([findings, isOffline]).toEqual([[offline], true]);
    expect(offline).toEqual({
      id: 'unreadable/offline',
      code: 'unreadable',
      severity: 'warning',
      object: { kind: 'Endpoint', namespace: '', name: 'this machine' },
      message: 'this machine has no connection, so that nothing can be said of what it watches',
      causes: [],
      blocks: [],
      fix: 'ip route',
    });
  });

  test('tells open incidents, what was told, and what could not be', () => {
    const incident = {
      id: 'a',
      openedAt: takenAt,
      startedAt: takenAt,
      durationMs: 10.6,
      sinceNoticeMs: 1,
      reminders: 0,
      severity: 'error',
      members: ['shop'],
      roots: [{ id: 'shop', detail: 'gone' }],
    } as const;
    const notice = {
      id: 'a/opened',
      kind: 'opened',
      incident: 'a',
      at: takenAt,
      severity: 'error',
      source: 'prod',
      startedAt: takenAt,
      durationMs: 0,
      roots: [{ id: 'shop', detail: 'gone' }],
      beneath: [],
    } as const;
    const state = {
      ...emptyWatchState,
      incidents: [incident],
      queue: [{ notice, to: 'hook', attempts: 2 }],
    } as unknown as WatchState;
    const report = watchReport(parts({ state, notices: [notice as never] }));
    expect(report.incidents).toEqual([
      {
        id: 'a',
        severity: 'error',
        startedAt: takenAt,
        durationMs: 11,
        members: ['shop'],
        roots: [{ id: 'shop', detail: 'gone' }],
      },
    ]);
    expect(report.notices).toEqual([{ id: 'a/opened', kind: 'opened', title: 'prod: down: shop: gone' }]);
    expect(report.undelivered).toEqual([{ id: 'a/opened', to: 'hook', attempts: 2 }]);
  });
});

describe('what a target hangs on', () => {
  const byId = (...targets: readonly Target[]) => new Map(targets.map((each) => [each.id, each]));

  test('is all of the chain, without itself where it hangs on itself', () => {
    const all = byId(target('a', ['b']), target('b', ['c', 'a']), target('c'), target('d'));
    expect([...needsOf('a', all)].sort()).toEqual(['b', 'c']);
    expect([...needsOf('gone', all)]).toEqual([]);
  });

  test('comes down to the failing one that hangs on no other, and to any in a circle', () => {
    const all = byId(target('a', ['b']), target('b', ['c']), target('c', ['d']), target('d'));
    expect(rootOf('a', all, new Set(['a', 'b', 'c']))).toBe('c');
    expect(rootOf('a', all, new Set(['a', 'd']))).toBe('d');
    expect(rootOf('a', all, new Set(['a']))).toBeUndefined();
    const circle = byId(target('a', ['b']), target('b', ['c']), target('c', ['b']));
    expect(['b', 'c']).toContain(rootOf('a', circle, new Set(['a', 'b', 'c'])));
  });
});
