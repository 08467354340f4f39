import { describe, expect, test } from '@jest/globals';
import type { ComponentState } from '../../../src/core/audit/component-state.ts';
import { diagnose } from '../../../src/core/diagnose/diagnose.ts';
import { componentStates, diagnosedStates } from '../../../src/core/workloads/component-states.ts';
import {
  gap,
  namespace,
  barePod,
  container,
  cronJob,
  daemonSet,
  deployment,
  keyEnv,
  secret,
  snapshotOf,
  stackOf,
  statefulSet,
  type Parts,
} from '../../support/builders.ts';
import { incidentStack, incidentWorld } from '../../support/incident-world.ts';

function lines(states: readonly ComponentState[]): string[] {
  return states.map(
    ({ component, state, detail, dependsOn }) => `${component}: ${state}, ${detail} <- ${dependsOn.join(' ')}`,
  );
}

test('are the components of the stack, in its order', () => {
  expect(lines(componentStates(incidentWorld(), incidentStack()))).toEqual([
    'postgres-auth: stuck, postgres-auth-0 is CreateContainerConfigError <- ',
    'postgres: ready, 1 of 1 pod is ready <- ',
    'redis-tunnel-state: ready, 1 of 1 pod is ready <- ',
    'api-backend: stuck, api-backend-5c6d-0 is Init:CreateContainerConfigError <- postgres postgres-auth',
    'web: waiting, web-5c6d-0 is Init:0/1, waits for api-backend <- api-backend',
    'grafana: stuck, grafana-5c6d-0 is CreateContainerConfigError <- ',
    'prometheus: ready, 1 of 1 pod is ready <- ',
    'alertmanager: ready, 1 of 1 pod is ready <- ',
  ]);
});

test('are every workload where there is no stack, with the dependencies that init containers show', () => {
  const states = lines(componentStates(incidentWorld()));

  expect(states).toHaveLength(8);
  expect(states).toContain(
    'deployment/web: waiting, web-5c6d-0 is Init:0/1, waits for deployment/api-backend <- deployment/api-backend',
  );
});

test('carry the namespace where workloads of several were found', () => {
  const { pods = [] } = barePod('p');
  const elsewhere = pods.map((pod) => ({ ...pod, metadata: { ...pod.metadata, namespace: 'other' } }));

  expect(componentStates(snapshotOf(deployment('web'), { pods: elsewhere })).map(({ component }) => component)).toEqual(
    ['shop/deployment/web', 'other/pod/p'],
  );
});

const stack = stackOf({ components: [{ name: 'db', workload: 'StatefulSet/db' }] });
const object = { kind: 'StatefulSet', namespace, name: 'db' };

test('tell what is missing from what could not be seen', () => {
  expect(componentStates(snapshotOf(), stack)).toEqual([
    { component: 'db', object, state: 'missing', detail: 'is not in the cluster', dependsOn: [] },
  ]);
  expect(componentStates(snapshotOf({ gaps: [gap('statefulsets')] }), stack)).toEqual([
    { component: 'db', object, state: 'unknown', detail: 'listing statefulsets is forbidden', dependsOn: [] },
  ]);
});

describe('of what does not run now', () => {
  const needing = (optional: boolean) => ({
    replicas: 0,
    spec: { containers: [container('c', { env: [keyEnv('app', 'k', optional)] })] },
  });
  const seen = (parts: Parts, secrets: Parts): string[] => {
    const snapshot = snapshotOf(parts, secrets);
    return diagnosedStates(snapshot, undefined, diagnose(snapshot)).map(({ state, detail }) => `${state}, ${detail}`);
  };

  test.each([
    ['a Deployment', deployment('web', needing(false)), 'is scaled to 0'],
    ['a CronJob', cronJob('nightly', needing(false)), 'runs on its schedule'],
    ['a DaemonSet', daemonSet('agent', needing(false)), 'no node matches'],
  ])('%s is stuck where its next start is known to fail', (_, parts, detail) => {
    expect(seen(parts, secret('app', ['other']))).toEqual([`stuck, ${detail}, and its next start fails`]);
    expect(seen(parts, {})).toEqual([`stuck, ${detail}, and its next start fails`]);
    expect(seen(parts, secret('app', ['k']))).toEqual([`ready, ${detail}`]);
  });

  test('nothing is stuck for a key that is not required', () => {
    expect(seen(deployment('web', needing(true)), secret('app', ['other']))).toEqual(['ready, is scaled to 0']);
  });

  test('a suspended CronJob does not run on its schedule', () => {
    const { cronJobs = [] } = cronJob('nightly');
    const suspended = cronJobs.map((item) => ({ ...item, spec: { ...item.spec, suspend: true } }));

    expect(seen({ cronJobs: suspended }, {})).toEqual(['ready, is suspended']);
  });
});

describe('of what still runs an older template', () => {
  const spec = { containers: [container('c', { env: [keyEnv('app', 'k')] })] };
  const parts = deployment('api', { spec, replicas: 2 });
  const paused = (status: object): Parts => ({
    ...parts,
    deployments: (parts.deployments ?? []).map((each) => ({
      ...each,
      spec: { ...each.spec, paused: true },
      status: { ...each.status, ...status },
    })),
  });
  const sets = statefulSet('db', { spec });
  const set = (updateStrategy: object, status: object): Parts => ({
    ...sets,
    statefulSets: (sets.statefulSets ?? []).map((each) => ({
      ...each,
      spec: { ...each.spec, updateStrategy },
      status: { ...each.status, ...status },
    })),
  });

  const older = 'ready by an older template, and the newer one cannot start';

  test.each<[situation: string, seen: Parts, expected: string]>([
    ['paused before the change', paused({ updatedReplicas: 0 }), `stuck, 2 of 2 pods are ${older}`],
    ['paused, and nothing changed', paused({}), 'ready, runs now; its next start fails: lacks k'],
    ['OnDelete', set({ type: 'OnDelete' }, { updateRevision: 'db-2' }), `stuck, 1 of 1 pod is ${older}`],
    ['OnDelete, and nothing changed', set({ type: 'OnDelete' }, {}), 'ready, runs now; its next start fails: lacks k'],
    [
      'kept by a partition',
      set({ type: 'RollingUpdate', rollingUpdate: { partition: 1 } }, { updateRevision: 'db-2' }),
      `stuck, 1 of 1 pod is ${older}`,
    ],
  ])('%s', (_, seen, expected) => {
    const stateWith = (...keys: readonly string[]): string[] => {
      const snapshot = snapshotOf(seen, secret('app', keys));
      return diagnosedStates(snapshot, undefined, diagnose(snapshot)).map(({ state, detail }) => `${state}, ${detail}`);
    };
    expect(stateWith('other')).toEqual([expected]);
    expect(stateWith('k').join()).toMatch(/^ready, \d of \d pods? (?:is|are) ready$/);
  });
});
