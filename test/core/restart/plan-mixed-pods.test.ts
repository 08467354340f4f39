import { expect, test } from '@jest/globals';

import type { Pod } from '../../../src/core/cluster/kubernetes-pod.ts';
import type { Secret } from '../../../src/core/cluster/secret.ts';
import { planRestart, type RestartPlan } from '../../../src/core/restart/plan-restart.ts';
import {
  after,
  before,
  change,
  deployment,
  emptySnapshot,
  listing,
  namespace,
  pod,
  replicaSet,
  secret,
  statefulSet,
  text,
  token,
  type Needs,
  type Standing,
} from '../../support/planning-world.ts';

const changed = secret(namespace, 'app', { token: text(8) }, { token: change });
const lacking: Standing = {
  waiting: 'CreateContainerConfigError',
  message: "couldn't find key token in Secret shop/app",
};
const older = 'runs with an older value of key token of Secret app';

type Owner = 'Deployment' | 'StatefulSet';

function plan(kind: Owner, standings: readonly Standing[], app: Secret = changed, spec: object = {}): RestartPlan {
  const name = kind === 'Deployment' ? 'api' : 'db';
  const owner = kind === 'Deployment' ? { kind: 'ReplicaSet', name: 'api-rs' } : { kind, name };
  const pods = standings.map((standing, index): Pod => {
    const createdAt = 'running' in standing ? standing.running : before;
    return pod({ namespace, name: `${name}-${index}`, needs: token, owner, standing, createdAt });
  });
  const set = statefulSet(namespace, 'db', token);
  return planRestart({
    ...emptySnapshot(namespace),
    secrets: listing([app]),
    pods: listing(pods),
    ...(kind === 'Deployment'
      ? {
          deployments: listing([deployment(namespace, 'api', token)]),
          replicaSets: listing([replicaSet(namespace, 'api')]),
        }
      : { statefulSets: listing([{ ...set, spec: { ...set.spec, ...spec } }]) }),
  });
}

const api = { kind: 'Deployment', namespace, name: 'api' };
const db = { kind: 'StatefulSet', namespace, name: 'db' };
const podRef = (name: string) => ({ kind: 'Pod', namespace, name });
const replaced = (name: string) => ({ pod: podRef(name), uid: `${name}-uid`, reason: 'its keys are there now' });

test('a restart of a Deployment takes its stuck pods along, that of a StatefulSet would wait for them', () => {
  const standings = [{ running: before }, lacking];
  expect(plan('Deployment', standings)).toMatchObject({
    replace: [],
    restart: [[{ workload: api, reason: older }]],
    keep: [],
  });
  expect(plan('StatefulSet', standings)).toMatchObject({
    replace: [{ ...replaced('db-1'), workload: db }],
    restart: [[{ workload: db, reason: older }]],
    keep: [],
  });
  expect(plan('Deployment', [lacking, { running: after }])).toMatchObject({
    replace: [{ ...replaced('api-0'), workload: api }],
    restart: [],
    keep: [{ object: podRef('api-1'), reason: 'healthy', isWithheld: false }],
  });
});

test('what a partition keeps from a restart is told beside those that it reaches', () => {
  const spec = { replicas: 3, updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 2 } } };
  const standings = [{ running: before }, { running: after }, { running: before }];
  const { restart, keep } = plan('StatefulSet', standings, changed, spec);
  expect(restart).toEqual([[{ workload: db, reason: older }]]);
  expect(keep).toEqual([
    { object: podRef('db-1'), reason: 'healthy', isWithheld: false },
    { object: podRef('db-0'), reason: expect.stringMatching(`^${older}, but .*partition`), isWithheld: true },
  ]);
});

test('what would not let go of an old Secret is kept, each pod for its own reason', () => {
  const metadata = { ...changed.metadata, creationTimestamp: change };
  const immutable = { ...changed, immutable: true, metadata, lastWrite: { manager: 'c2l', at: change } };
  const needs: Needs = {
    env: [
      ['app', 'token'],
      ['gone', 'a'],
    ],
  };
  const owner = { kind: 'StatefulSet', name: 'db' };
  const [outdated, stuck, young] = [{ running: before }, lacking, { running: after }].map((standing, index) =>
    pod({ namespace, name: `db-${index}`, needs: token, owner, standing, createdAt: index === 2 ? after : before }),
  );
  const { release, replace, restart, keep } = planRestart({
    ...emptySnapshot(namespace),
    secrets: listing([immutable]),
    statefulSets: listing([statefulSet(namespace, 'db', needs)]),
    pods: listing([outdated!, stuck!, young!]),
  });
  const obstacle =
    'kubelet keeps the old Secret app as long as statefulset/db uses it: still lacks Secret gone, so a restart would break it';
  expect([release, replace, restart]).toEqual([[], [], []]);
  expect(keep).toEqual([
    { object: podRef('db-2'), reason: 'healthy', isWithheld: false },
    { object: podRef('db-0'), reason: `${older}, but ${obstacle}`, isWithheld: true },
    { object: podRef('db-1'), reason: `its keys are there now, but ${obstacle}`, isWithheld: true },
  ]);
});
