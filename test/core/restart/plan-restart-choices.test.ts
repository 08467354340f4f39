import { describe, expect, test } from '@jest/globals';

import type { PodSpec, Volume } from '../../../src/core/cluster/kubernetes-pod.ts';
import type { Secret } from '../../../src/core/cluster/secret.ts';
import type { Snapshot } from '../../../src/core/cluster/snapshot.ts';
import { planRestart, type RestartChoice } from '../../../src/core/restart/plan-restart.ts';
import { plannedOutcomes } from '../../../src/core/restart/restart-outcomes.ts';
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
} from '../../support/planning-world.ts';

function told(snapshot: Snapshot, choice: RestartChoice = {}): string[] {
  return plannedOutcomes(planRestart(snapshot, undefined, choice)).map(
    ({ action, object, detail }) => `${action} ${object.name}: ${detail}`,
  );
}

describe('a database', () => {
  const restored = secret(namespace, 'app', { token: text(8) }, { token: change });
  const owner = { kind: 'StatefulSet', name: 'db' };

  /** A PostgreSQL with its data on a volume, whose password was changed while it ran or crashed. */
  function databaseWorld(volume: Volume, standing: Parameters<typeof pod>[0]['standing'], restartCount = 0): Snapshot {
    const placed = (spec: PodSpec): PodSpec => ({
      ...spec,
      containers: spec.containers.map((each) => ({
        ...each,
        image: 'postgres:16',
        volumeMounts: [{ name: 'data', mountPath: '/var/lib/postgresql/data' }],
      })),
      volumes: [volume],
    });
    const set = statefulSet(namespace, 'db', token);
    const built = pod({ namespace, name: 'db-0', needs: token, owner, standing, createdAt: before });
    const statuses = built.status!.containerStatuses!.map((each) => ({ ...each, restartCount }));
    return {
      ...emptySnapshot(namespace),
      secrets: listing([restored]),
      statefulSets: listing([
        { ...set, spec: { ...set.spec, template: { ...set.spec.template, spec: placed(set.spec.template.spec) } } },
      ]),
      pods: listing([{ ...built, spec: placed(built.spec), status: { ...built.status, containerStatuses: statuses } }]),
    };
  }

  const scratch: Volume = { name: 'data', emptyDir: {} };
  const claim: Volume = { name: 'data', persistentVolumeClaim: { claimName: 'data' } };
  const older = 'runs with an older value of key token of Secret app';
  const wayOut =
    'its data is on an emptyDir and would be lost: change the value inside the database, or c2l restart --accept-data-loss statefulset/db';
  const accepted = { acceptDataLoss: new Set(['StatefulSet/shop/db']) };

  test('whose data would go with its pod is kept, with the way to go on', () => {
    const world = databaseWorld(scratch, { running: before });
    expect(planRestart(world)).toMatchObject({ replace: [], restart: [], keep: [{ isWithheld: true }] });
    expect(told(world)).toEqual([`keep-pod db-0: ${older}, but ${wayOut}`]);
    expect(told(world, accepted)).toEqual([`restart-workload db: ${older}`]);
  });

  test.each([
    ['OnDelete', { type: 'OnDelete' }],
    ['a partition', { rollingUpdate: { partition: 1 } }],
  ])('that %s leaves to people is not said to be deleted before its data is given up', (_, updateStrategy) => {
    const world = databaseWorld(scratch, { running: before });
    const statefulSets = listing(
      world.statefulSets.items.map((each) => ({ ...each, spec: { ...each.spec, updateStrategy } })),
    );
    expect(told({ ...world, statefulSets })).toEqual([`keep-pod db-0: ${older}, but ${wayOut}`]);
    expect(told({ ...world, statefulSets }, accepted).join()).toMatch(/: kubectl -n shop delete pod db-0$/);
  });

  test('on a claim is restarted', () => {
    expect(told(databaseWorld(claim, { running: before }))).toEqual([`restart-workload db: ${older}`]);
  });

  test('is not freed of its back-off where its data would go with the pod, and is where it never ran', () => {
    const standing = { waiting: 'CrashLoopBackOff' };
    expect(told(databaseWorld(scratch, standing, 3))).toEqual([`keep-pod db-0: ${wayOut}`]);
    const crash = 'CrashLoopBackOff, and key token of Secret app is newer than the pod';
    expect(told(databaseWorld(scratch, standing, 3), accepted)).toEqual([`replace-pod db-0: ${crash}`]);
    const lacking = { waiting: 'CreateContainerConfigError', message: "couldn't find key token in Secret shop/app" };
    expect(told(databaseWorld(scratch, lacking))).toEqual(['replace-pod db-0: its keys are there now']);
  });
});

describe('with --affected-by', () => {
  /** Two keys that one writer holds: nothing tells which of them changed. */
  const untold: Secret = {
    ...secret(namespace, 'app', { token: text(8), other: text(8) }),
    lastWrite: { manager: 'kubectl', at: change },
  };
  const key = { namespace, secret: 'app', key: 'token' };

  function world(pods: readonly (readonly [name: string, needs: Needs, running: string])[]): Snapshot {
    return {
      ...emptySnapshot(namespace),
      secrets: listing([untold]),
      deployments: listing(pods.map(([name, needs]) => deployment(namespace, name, needs))),
      replicaSets: listing(pods.map(([name]) => replicaSet(namespace, name))),
      pods: listing(
        pods.map(([name, needs, running]) => {
          const owner = { kind: 'ReplicaSet', name: `${name}-rs` };
          return pod({ namespace, name: `${name}-1`, needs, owner, standing: { running } });
        }),
      ),
    };
  }

  test('exactly those are restarted that took the key at their start, and the others are kept with a reason', () => {
    const snapshot = world([
      ['by-env', token, before],
      ['by-env-from', { envFrom: ['app'] }, before],
      ['by-other-key', { env: [['app', 'other']] }, before],
      ['by-pull', { pull: ['app'] }, before],
      ['by-sub-path', { subPath: 'app' }, before],
      ['by-volume', { volume: 'app' }, before],
      ['nothing', {}, before],
      ['since', token, after],
    ]);
    expect(told(snapshot)).toEqual(snapshot.pods.items.map(({ metadata }) => `keep-pod ${metadata.name}: healthy`));
    expect(told(snapshot, { affectedBy: key })).toEqual([
      'restart-workload by-env: took key token of Secret app at its start',
      'restart-workload by-env-from: took key token of Secret app at its start',
      'restart-workload by-sub-path: took key token of Secret app at its start',
      'keep-pod by-other-key-1: does not use key token of Secret app',
      'keep-pod by-pull-1: only pulls of images use it: no restart is needed for key token of Secret app',
      'keep-pod by-volume-1: kubelet refreshes its volume: no restart is needed for key token of Secret app',
      'keep-pod nothing-1: does not use key token of Secret app',
      'keep-pod since-1: began after the last write of Secret app',
    ]);
  });

  test('a whole Secret means every key of it', () => {
    const snapshot = world([['by-other-key', { env: [['app', 'other']] }, before]]);
    expect(told(snapshot, { affectedBy: { namespace, secret: 'app' } })).toEqual([
      'restart-workload by-other-key: took Secret app at its start',
    ]);
    expect(told(snapshot, { affectedBy: { namespace: 'elsewhere', secret: 'app' } })).toEqual([
      'keep-pod by-other-key-1: does not use Secret app',
    ]);
  });

  test('what runs with an older value of another Secret is left alone', () => {
    const snapshot = world([['by-env', token, before]]);
    const changed = { ...untold, keyChangedAt: new Map([['token', change]]) };
    const elsewhere = secret(namespace, 'elsewhere', { key: text(8) });
    const told2 = told(
      { ...snapshot, secrets: listing([changed, elsewhere]) },
      { affectedBy: { namespace, secret: 'elsewhere' } },
    );
    expect(told2).toEqual(['keep-pod by-env-1: does not use Secret elsewhere']);
  });
});
