import { expect, test } from '@jest/globals';

import type { AwaitedState } from '../../src/core/waiting.ts';
import { awaitedIds, awaitedStates, isOver, waitingText } from '../../src/core/waiting.ts';
import { deployment, emptySnapshot, listing, pod, replicaSet, text, secret } from '../support/planning-world.ts';

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
    return awaitedStates(snapshot, { stack: undefined, ids, rollouts: new Set() }).map((each) => each.hopeless);
  };
  expect(hopeless({})).toEqual(['api-1 still lacks key token of Secret app']);
  expect(hopeless({ token: text(8) })).toEqual([undefined]);
});
