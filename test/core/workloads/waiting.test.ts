import { describe, expect, test } from '@jest/globals';

import { refId } from '../../../src/core/cluster/kubernetes.ts';
import type { AwaitedState } from '../../../src/core/workloads/waiting.ts';
import { awaitedIds, awaitedStates, isOver, waitingText } from '../../../src/core/workloads/waiting.ts';
import { deployment, emptySnapshot, listing, pod, replicaSet, text, secret } from '../../support/planning-world.ts';

function state(component: string, parts: Partial<AwaitedState> = {}): AwaitedState {
  const object = { kind: 'Deployment', namespace: 'shop', name: component };
  return { component, object, state: 'waiting', detail: `${component}-1 is Pending`, dependsOn: [], ...parts };
}

test('waiting is over only when everything open is without hope or waits for what is', () => {
  const lost = state('db', { hopeless: 'lacks a key' });
  const waits = state('api', { dependsOn: ['db'] });
  const web = state('web', { dependsOn: ['api'] });
  expect(isOver([lost, waits, web])).toBe(true);
  expect(isOver([lost, waits, state('grafana')])).toBe(false);
  expect(isOver([lost, waits, state('grafana', { state: 'ready' })])).toBe(true);
  expect(isOver([state('db', { state: 'ready' })])).toBe(false);
  expect(isOver([state('a', { dependsOn: ['b'] }), state('b', { dependsOn: ['a'] })])).toBe(false);
});

test('the line of progress tells what holds up the next ones, not what waits for them', () => {
  const states = [state('db'), state('api', { dependsOn: ['db'] }), state('cache', { state: 'ready' })];
  expect(waitingText(states)).toBe('1 of 3 ready; db: db-1 is Pending; 1 more');
});

test('a lacking key is without hope, a pod that starts is not', () => {
  const needs = { env: [['app', 'token']] as const };
  const world = (values: Record<string, string>) => ({
    ...emptySnapshot('shop'),
    secrets: listing([secret('shop', 'app', values)]),
    deployments: listing([deployment('shop', 'api', needs)]),
    replicaSets: listing([replicaSet('shop', 'api')]),
    pods: listing([
      pod({
        namespace: 'shop',
        name: 'api-1',
        needs,
        owner: { kind: 'ReplicaSet', name: 'api-rs' },
        standing: { waiting: 'CreateContainerConfigError', message: "couldn't find key token in Secret shop/app" },
      }),
    ]),
  });
  const hopeless = (values: Record<string, string>): (string | undefined)[] => {
    const snapshot = world(values);
    const ids = awaitedIds(snapshot, undefined, [{ kind: 'Deployment', namespace: 'shop', name: 'api' }]);
    const time = { now: 0, seenMs: () => 0 };
    return awaitedStates(snapshot, { stack: undefined, ids, rollouts: new Set(), time }).map((each) => each.hopeless);
  };
  expect(hopeless({})).toEqual(['api-1 still lacks key token of Secret app']);
  expect(hopeless({ token: text(8) })).toEqual([undefined]);
});

describe('what ends again and again', () => {
  const now = Date.parse('2026-01-02T03:00:00Z');
  const ago = (seconds: number): string => new Date(now - seconds * 1000).toISOString();
  const ref = { kind: 'Deployment', namespace: 'shop', name: 'api' };

  function stateAfter(lastedSeconds: number, runsForSeconds: number, seenMs = 0): AwaitedState | undefined {
    const ready = pod({
      namespace: 'shop',
      name: 'api-1',
      needs: {},
      owner: { kind: 'ReplicaSet', name: 'api-rs' },
      standing: { running: ago(runsForSeconds) },
    });
    const finishedAt = ago(runsForSeconds + 10);
    const startedAt = ago(runsForSeconds + 10 + lastedSeconds);
    const containerStatuses = ready.status!.containerStatuses!.map((each) => ({
      ...each,
      restartCount: 3,
      lastState: { terminated: { exitCode: 1, startedAt, finishedAt } },
    }));
    const snapshot = {
      ...emptySnapshot('shop'),
      deployments: listing([deployment('shop', 'api', {}, 1)]),
      replicaSets: listing([replicaSet('shop', 'api')]),
      pods: listing([{ ...ready, status: { ...ready.status!, containerStatuses } }]),
    };
    const time = { now, seenMs: () => seenMs };
    const ids = new Set([refId(ref)]);
    return awaitedStates(snapshot, { stack: undefined, ids, rollouts: new Set(), time })[0];
  }

  test('is not ready in between, however ready it looks', () => {
    expect(stateAfter(2, 1)).toMatchObject({
      state: 'waiting',
      detail:
        '1 of 1 pod is ready, but container main of pod api-1 was restarted 3 times, ended with exit code 1 after 2 s the last time, and has not run longer than that yet',
    });
  });

  test.each([
    ['outlived the run before, by its own times', stateAfter(2, 9)],
    ['or as it was seen', stateAfter(2, 1, 3000)],
    ['ran for long before it ended', stateAfter(90, 1)],
  ])('is believed where it %s', (_how, state) => {
    expect(state?.state).toBe('ready');
  });
});
