import { expect, test } from '@jest/globals';

import type { ClusterProbe, HttpAnswer } from '../../../src/cluster-ports.ts';
import { present, unreadable, type Observed } from '../../../src/core/cluster/observed.ts';
import { planChecks, type PlannedCheck } from '../../../src/core/verify/checks.ts';
import type { Clock } from '../../../src/ports.ts';
import { createStyle } from '../../../src/render/style.ts';
import { checkLines } from '../../../src/render/verify-text.ts';
import { attemptCheck, attemptInTime } from '../../../src/shell/verify/attempt-check.ts';
import type { CheckWorld } from '../../../src/shell/verify/attempt.ts';
import { namespace, service, snapshotOf, stackOf, deployment } from '../../support/builders.ts';

const snapshot = snapshotOf(deployment('ui'), service('ui'));
const own = 'p'.repeat(20);
const stack = stackOf({
  components: [
    {
      name: 'ui',
      workload: 'Deployment/ui',
      checks: [
        {
          kind: 'http',
          service: 'ui',
          port: 80,
          path: '/me',
          basicAuth: { user: { value: 'admin' }, password: { value: own } },
        },
      ],
    },
  ],
});

/** A pod that answers each login as it is told to; every login that was tried is kept. */
function worldOf(answer: (password: string) => Observed<HttpAnswer>): { world: CheckWorld; tried: string[] } {
  const tried: string[] = [];
  const podGet: ClusterProbe['podGet'] = ({ basicAuth }) => {
    const password = basicAuth!.password.reveal();
    tried.push(`${basicAuth!.user.reveal()} ${password}`);
    return Promise.resolve(answer(password));
  };
  const cluster = {
    podGet,
    list: () => Promise.resolve(present(snapshot.services.items)),
  } as unknown as CheckWorld['cluster'];
  return { tried, world: { cluster, stack, view: () => Promise.resolve(snapshot) } };
}

const login = planChecks(snapshot, stack).find(({ kind }) => kind === 'http') as PlannedCheck;
const said = (status: number) => present({ status, body: '' });

test('a login that only its password opens passes, and no real account sees a wrong one', async () => {
  const { world, tried } = worldOf((password) => said(password === own ? 200 : 401));
  expect(login.object.namespace).toBe(namespace);
  expect(await attemptCheck(login, world)).toMatchObject({
    outcome: 'pass',
    detail: 'answered 200, and a password is demanded',
  });
  expect(tried).toEqual([`admin ${own}`, 'c2l-verify-no-such-user c2l-wrong-on-purpose']);
});

test('a server that ignores the login is told as one that asks nobody for a password', async () => {
  const attempt = await attemptCheck(login, worldOf(() => said(200)).world);
  expect(attempt).toMatchObject({
    outcome: 'pass',
    detail: expect.stringMatching(/^warning: the server asks nobody for a password/),
  });
  const result = {
    name: 'login',
    component: 'ui',
    critical: true,
    durationMs: 1,
    ...attempt,
    outcome: 'pass' as const,
  };
  expect(checkLines([result], createStyle(false, { width: 80 })).join('\n')).toContain('asks nobody for a password');
});

test.each([
  ['said otherwise', said(500)],
  ['silent', unreadable('timeout', 'no answer')],
])('a control that is %s proves nothing either way', async (_, answer) => {
  const { world } = worldOf((password) => (password === own ? said(200) : answer));
  expect(await attemptCheck(login, world)).toMatchObject({
    outcome: 'pass',
    detail: 'answered 200; whether a password is demanded could not be seen',
  });
});

test('a refused login is not followed by another', async () => {
  const { world, tried } = worldOf(() => said(401));
  expect(await attemptCheck(login, world)).toMatchObject({ outcome: 'fail', canHeal: false });
  expect(tried).toHaveLength(1);
});

test('a try is given up after the time that the stack gives it', async () => {
  const never = new Promise<never>(() => undefined);
  const world = { cluster: { list: () => never }, stack, view: () => never } as unknown as CheckWorld;
  const waits: number[] = [];
  const clock = {
    sleep: (ms: number) => {
      waits.push(ms);
      return Promise.resolve();
    },
  } as unknown as Clock;
  const [ready] = planChecks(snapshot, stack);
  const attempt = await attemptInTime({ ...ready!, pace: { timeoutMs: 1500 } }, world, {
    clock,
    signal: new AbortController().signal,
  });
  expect(attempt).toMatchObject({ outcome: 'fail', detail: 'no answer within 1.5 s', canHeal: true });
  expect(waits).toEqual([1500]);
});
