import { describe, expect, test } from '@jest/globals';
import { outsideResults } from '../../../src/core/verify/outside-results.ts';
import { endpointTargets, isLocalOutage, judgeEndpoint } from '../../../src/core/watch/endpoint-targets.ts';
import type { Observation, Target } from '../../../src/core/watch/targets.ts';
import { offline } from '../../../src/core/watch/watch-report.ts';
import { watchSchema, type WatchEndpoint } from '../../../src/core/watch/watch-schema.ts';

const takenAt = '2026-11-25T12:00:00.000Z';

function target(id: string, needs: readonly string[] = [], more: Partial<Target> = {}): Target {
  return { id, group: id, needs, critical: true, place: 'endpoint', ...more };
}

function seen(id: string, outcome: Observation['outcome'] = 'pass', more: Partial<Observation> = {}): Observation {
  return { id, outcome, detail: `${id} says ${outcome}`, durationMs: 12.6, ...more };
}

describe('an endpoint', () => {
  const endpoint = (more: object = {}): WatchEndpoint => {
    const [parsed] = watchSchema.parse({
      endpoints: [{ name: 'shop', url: 'https://shop.example.test', ...more }],
    }).endpoints;
    if (parsed === undefined) throw new Error('no endpoint');
    return parsed;
  };
  const own = { group: 'shop', place: 'endpoint' };

  test('with a certificate is two targets: that one ends soon wakes nobody', () => {
    expect(endpointTargets(endpoint({ dependsOn: ['api'] }))).toEqual([
      { ...own, id: 'shop', needs: ['api'], critical: true },
      { ...own, id: 'shop: certificate', needs: ['shop'], critical: false },
    ]);
  });

  test.each([
    ['without TLS', { url: 'http://shop.example.test', critical: false }],
    ['of which the certificate is not asked', { certificateDays: 0, critical: false }],
  ])('%s is one', (_, more) => {
    expect(endpointTargets(endpoint(more))).toEqual([{ ...own, id: 'shop', needs: [], critical: false }]);
  });

  const now = new Date(takenAt);
  const judge = (look: Parameters<typeof judgeEndpoint>[1], more: object = {}): Observation[] =>
    judgeEndpoint(endpoint(more), look, { now, durationMs: 7 });

  test('that answers as it should passes, with nothing of a certificate that was not shown', () => {
    expect(judge({ state: 'answered', status: 200, body: '' })).toEqual([
      { id: 'shop', durationMs: 7, outcome: 'pass', detail: 'answered 200' },
    ]);
  });

  test('that answers otherwise fails, and its certificate is judged all the same', () => {
    const ends = '2026-12-09T12:00:00.000Z';
    expect(judge({ state: 'answered', status: 500, body: '', certificateEnds: ends })).toEqual([
      { id: 'shop', durationMs: 7, outcome: 'fail', detail: 'answered 500 instead of 200' },
      {
        id: 'shop: certificate',
        durationMs: 7,
        certificateEnds: ends,
        outcome: 'pass',
        detail: 'ends in 14 days, on 2026-12-09',
      },
    ]);
  });

  test('of which the certificate ends a second too early is told', () => {
    const [, certificate] = judge({
      state: 'answered',
      status: 200,
      body: '',
      certificateEnds: '2026-12-09T11:59:59.000Z',
    });
    expect([certificate?.outcome, certificate?.detail]).toEqual(['fail', 'ends in 13 days, on 2026-12-09']);
    const look = { state: 'answered', status: 200, body: '', certificateEnds: takenAt } as const;
    expect(judge(look, { certificateDays: 0 })).toHaveLength(1);
  });

  test('that did not answer says how far the request came, and whether it is this machine', () => {
    const failed = { state: 'failed', reason: 'no such host', stage: 'DNS' } as const;
    const common = { id: 'shop', durationMs: 7, outcome: 'fail', detail: 'no such host', stage: 'DNS' };
    expect(judge({ ...failed, isLocal: true })).toEqual([{ ...common, isLocal: true }]);
    expect(judge({ ...failed, isLocal: false })).toEqual([common]);
  });

  test('is no proof of an outage of this machine unless all say so', () => {
    const local = seen('a', 'fail', { isLocal: true });
    expect([isLocalOutage([local, local]), isLocalOutage([local, seen('b', 'fail')]), isLocalOutage([])]).toEqual([
      true,
      false,
      false,
    ]);
  });
});

describe('endpoints as checks of verify', () => {
  const shop = target('shop');
  const certificate = target('shop: certificate', ['shop'], { group: 'shop', critical: false });
  const results = (observations: readonly Observation[], isOffline = false, url = 'https://shop.example.test') =>
    outsideResults([shop, certificate], new Map(observations.map((each) => [each.id, each])), {
      isOffline,
      urls: new Map([['shop', url]]),
    });
  const check = { component: 'shop', critical: true };

  test('pass by what was seen, and say nothing of what was not', () => {
    expect(results([seen('shop')])).toEqual({
      checks: [{ ...check, name: 'answers', outcome: 'pass', detail: 'shop says pass', durationMs: 13 }],
      findings: [],
    });
  });

  test('are skipped for the one that they hang on', () => {
    const { checks, findings } = results([seen('shop', 'fail', { stage: 'TCP' }), seen('shop: certificate', 'fail')]);
    expect(checks).toEqual([
      { ...check, name: 'answers', outcome: 'fail', detail: 'shop says fail', durationMs: 13 },
      {
        ...check,
        name: 'certificate',
        critical: false,
        outcome: 'skipped',
        detail: 'because "shop" did not pass',
        durationMs: 0,
      },
    ]);
    expect(findings).toEqual([
      {
        id: 'check-failed/shop: answers',
        code: 'check-failed',
        severity: 'error',
        object: { kind: 'Endpoint', namespace: '', name: 'shop' },
        message: 'shop: answers: shop says fail',
        causes: [],
        blocks: [],
        fix: 'c2l verify',
      },
    ]);
  });

  test.each<[string, Partial<Observation>, string, string]>([
    ['a name that is not found', { stage: 'DNS' }, 'https://shop.example.test', 'nslookup shop.example.test'],
    [
      'a handshake',
      { stage: 'TLS' },
      'https://shop.example.test:8443/x',
      'openssl s_client -connect shop.example.test:8443 -servername shop.example.test',
    ],
    ['an answer', { stage: 'HTTP' }, 'https://shop.example.test', 'c2l verify'],
  ])('that fail by %s name what tells more', (_, more, url, fix) => {
    expect(results([seen('shop', 'fail', more)], false, url).findings[0]?.fix).toBe(fix);
  });

  test('warn of a certificate that ends, with what shows it', () => {
    const ends = seen('shop: certificate', 'fail', { certificateEnds: takenAt });
    expect(results([seen('shop'), ends]).findings).toMatchObject([
      {
        id: 'check-failed/shop: certificate',
        severity: 'warning',
        fix: 'openssl s_client -connect shop.example.test:443 -servername shop.example.test',
      },
    ]);
  });

  test('say nothing where this machine has no connection', () => {
    const { checks, findings } = results([seen('shop', 'fail'), seen('shop: certificate', 'fail')], true);
    expect(checks.map(({ outcome }) => outcome)).toEqual(['unreadable', 'unreadable']);
    expect(findings).toEqual([offline]);
  });
});
