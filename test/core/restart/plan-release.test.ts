import { describe, expect, test } from '@jest/globals';

import type { Secret } from '../../../src/core/cluster/secret.ts';
import { planRelease, type ReleaseScene } from '../../../src/core/restart/plan-release.ts';
import type { PodNeed } from '../../../src/core/secrets/pod-need.ts';
import { secretsView } from '../../../src/core/secrets/secrets-view.ts';
import { workloads } from '../../../src/core/workloads/workloads.ts';
import {
  barePod,
  container,
  daemonSet,
  deployment,
  keyEnv,
  namespace,
  secret,
  snapshotOf,
  statefulSet,
  type Parts,
} from '../../support/builders.ts';

const start = '2026-01-01T00:00:10Z';
const since = '2026-01-01T00:00:20Z';

const again: Partial<Secret> = { immutable: true, metadata: { name: 'app', namespace, creationTimestamp: since } };
const app = secret('app', ['token'], again);
const other = secret('other', ['token']);
const spec = { containers: [container('c', { env: [keyEnv('app', 'token')] })] };
const elsewhere = { containers: [container('c', { env: [keyEnv('other', 'token')] })] };

/** Its pods began before the Secret was created again. */
function older(parts: Parts): Parts {
  const pods = (parts.pods ?? []).map((pod) => ({
    ...pod,
    status: {
      ...pod.status,
      startTime: start,
      containerStatuses: [{ name: 'c', ready: true, restartCount: 0, state: { running: { startedAt: start } } }],
    },
  }));
  return { ...parts, pods };
}

const outdated: PodNeed = { need: 'restart', reason: 'runs with an older value' };
const git = { kind: 'Application', namespace: 'argocd', name: 'shop' } as const;

function plan(parts: readonly Parts[], healers: ReleaseScene['healers'] = () => ({ objects: [] }), need = outdated) {
  const snapshot = snapshotOf(app, other, ...parts);
  const all = workloads(snapshot).map((workload) => ({
    workload,
    judged: workload.pods.map((pod) => ({ pod, need })),
  }));
  const view = secretsView(snapshot);
  const scene = { view, stack: undefined, acceptDataLoss: new Set<string>(), lost: new Set<string>(), unfit: [] };
  const { steps, pause, obstacles } = planRelease(all, { ...scene, healers });
  return {
    steps: steps.map(({ workload, replicas, reason }) => `${workload.kind}/${workload.name} ${replicas}: ${reason}`),
    pause,
    obstacles: [...obstacles],
  };
}

const why = (replicas: number): string =>
  `kubelet keeps the old Secret app, which is immutable, as long as any pod uses it: scaled to 0 and back to ${replicas}, so it is down until its new pods are ready`;
const database = {
  containers: [container('c', { image: 'postgres:16', env: [keyEnv('app', 'token')] })],
};
const web = older(deployment('web', { spec, replicas: 2 }));
const bystander = older(deployment('bystander', { spec: elsewhere }));

describe('kubelet lets go of an immutable Secret', () => {
  test('never by deleting a database whose data lies in its pod', () => {
    const agent = older(daemonSet('agent', { spec }));
    const db = older(statefulSet('db', { spec: database }));
    const { obstacles } = plan([agent, db]);
    expect(obstacles.map(([, reason]) => reason).join()).toContain('statefulset/db uses it: its data is on its own');
    expect(obstacles.map(([, reason]) => reason).join()).not.toContain('delete pod');
  });

  test('once all that use it are gone at one time, and no others', () => {
    const db = older(statefulSet('db', { spec }));
    const healers: ReleaseScene['healers'] = () => ({ objects: [git] });
    expect(plan([web, bystander, db], healers)).toEqual({
      steps: [`Deployment/web 2: ${why(2)}`, `StatefulSet/db 1: ${why(1)}`],
      pause: [git],
      obstacles: [],
    });
  });

  test('also for a workload of which one pod alone still uses it', () => {
    const [first, ...rest] = web.pods ?? [];
    const mixed = { ...web, pods: [first!, ...rest.map((pod) => ({ ...pod, spec: elsewhere }))] };
    expect(plan([mixed]).steps).toEqual([`Deployment/web 2: ${why(2)}`]);
  });

  test('by itself where nothing needs a new pod', () => {
    expect(plan([web], undefined, { need: 'nothing', reason: 'healthy' })).toEqual({
      steps: [],
      pause: [],
      obstacles: [],
    });
  });

  test('by itself for the only DaemonSet that uses it, whose pods come one after the other', () => {
    const agent = older(daemonSet('agent', { spec }));
    expect(plan([agent, bystander])).toEqual({ steps: [], pause: [], obstacles: [] });
    const together =
      'kubelet keeps the old Secret app until no pod uses it, and daemonset/agent cannot be scaled to 0: ' +
      'let all be gone at one time: kubectl -n shop delete pod agent-0 web-5c6d-0 web-5c6d-1';
    expect(plan([agent, bystander, web])).toEqual({
      steps: [],
      pause: [],
      obstacles: [
        ['DaemonSet/shop/agent', together],
        ['Deployment/shop/web', together],
      ],
    });
  });

  test('never where a pod has no controller that could be scaled', () => {
    const [[id, obstacle] = [], ...more] = plan([older(barePod('alone', spec))]).obstacles;
    expect([id, obstacle, more]).toEqual([
      'Pod/shop/alone',
      'kubelet keeps the old Secret app until no pod uses it, and pod/alone cannot be scaled to 0: let all be gone at one time: kubectl -n shop delete pod alone',
      [],
    ]);
  });

  test('not where somebody scales it back who cannot be paused', () => {
    const healers: ReleaseScene['healers'] = ({ name }) =>
      name === 'web'
        ? { objects: [], obstacle: { object: git, reason: 'an ApplicationSet writes it' } }
        : { objects: [] };
    const obstacle =
      'kubelet keeps the old Secret app as long as deployment/web uses it: it is scaled back, since an ApplicationSet writes it';
    expect(plan([older(statefulSet('db', { spec })), web], healers)).toEqual({
      steps: [],
      pause: [],
      obstacles: [
        ['Deployment/shop/web', obstacle],
        ['StatefulSet/shop/db', obstacle],
      ],
    });
  });

  test('not where a new pod would lack something', () => {
    const lacking = { containers: [container('c', { env: [keyEnv('app', 'token'), keyEnv('gone', 'a')] })] };
    expect(plan([older(deployment('web', { spec: lacking }))]).obstacles).toEqual([
      [
        'Deployment/shop/web',
        'kubelet keeps the old Secret app as long as deployment/web uses it: still lacks Secret gone, so a restart would break it',
      ],
    ]);
  });
});

test.each([
  ['2', ['Deployment/web 2: an earlier restart was cut off when it was scaled to 0: back to 2']],
  ['x', []],
])('a workload that was left at 0 with %s noted gets its pods back', (noted, steps) => {
  const annotations = { 'c2l.dev/replicas-before-restart': noted };
  expect(plan([deployment('web', { replicas: 0, annotations })]).steps).toEqual(steps);
});
