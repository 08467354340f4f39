import { describe, expect, test } from '@jest/globals';

import { drillMenu, scenarioOf } from '../../../src/core/drill/drill-menu.ts';
import type { DrillFault } from '../../../src/core/drill/drill-schema.ts';
import { workloadFaults, type WorkloadFaults } from '../../../src/core/drill/lost-workloads.ts';
import { planDrill, plannedFaults } from '../../../src/core/drill/plan-drill.ts';
import { OperatorError } from '../../../src/errors.ts';
import {
  barePod,
  container,
  cronJob,
  daemonSet,
  deployment,
  job,
  keyEnv,
  namespace,
  owner,
  pullSecretFor,
  secret,
  snapshotOf,
  stackOf,
  statefulSet,
  type Parts,
} from '../../support/builders.ts';

const all: DrillFault = { kind: 'lose-workloads', workloads: 'all' };
const only = (...workloads: [string, ...string[]]): DrillFault => ({ kind: 'lose-workloads', workloads });

/** The same workload, told otherwise. */
function changed(parts: Parts, list: 'deployments' | 'statefulSets', more: object): Parts {
  const [object] = parts[list] ?? [];
  if (object === undefined) throw new Error('nothing was built');
  return {
    ...parts,
    [list]: [{ ...object, metadata: { ...object.metadata, ...more }, spec: { ...object.spec, ...more } }],
  };
}

const claims = { volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'data' } }] };
const scratch = { volumes: [{ name: 'data', emptyDir: {} }] };
const volumeMounts = [{ name: 'data', mountPath: '/var/lib/postgresql/data' }];
const postgres = { image: 'postgres:16', volumeMounts };
const db = statefulSet('db', { spec: { containers: [container('db', postgres)], ...claims } });

const application = (selfHeal: boolean, name = 'shop'): Parts => ({
  applications: [
    {
      metadata: { name, namespace: 'argocd' },
      spec: { destination: { namespace }, syncPolicy: { automated: { prune: true, selfHeal } } },
      status: { resources: [{ group: 'apps', kind: 'Deployment', namespace, name: 'web' }] },
    },
  ],
});

function faults(fault: DrillFault, ...parts: readonly Parts[]): WorkloadFaults {
  return workloadFaults([fault], snapshotOf(...parts), undefined);
}

const lost = (found: WorkloadFaults): string[] => found.lost.map(({ ref, resource }) => `${resource}/${ref.name}`);
const others = (found: WorkloadFaults): string[] => found.others.map(({ ref }) => ref.name).sort();

describe('a scenario that loses workloads', () => {
  test('deletes what a controller keeps running, and nothing of other kinds', () => {
    const found = faults(
      all,
      deployment('web'),
      statefulSet('db', { spec: claims }),
      daemonSet('logs'),
      job('once'),
      cronJob('nightly'),
      barePod('alone'),
    );
    expect(lost(found).sort()).toEqual(['daemonsets/logs', 'deployments/web', 'statefulsets/db']);
    expect(others(found)).toEqual(['alone', 'nightly', 'once']);
    expect(found.lost.find(({ ref }) => ref.name === 'web')).toEqual({
      ref: { kind: 'Deployment', namespace, name: 'web' },
      resource: 'deployments',
      uid: 'Deployment-web',
    });
    expect(Object.fromEntries(found.kept.map(({ workload, reason }) => [workload.ref.name, reason]))).toEqual({
      once: 'its Job counts a deleted pod as a failure',
      nightly: 'its Job counts a deleted pod as a failure',
      alone: 'no controller would start it again',
    });
  });

  test('deletes the named alone', () => {
    const found = faults(only('Deployment/web'), deployment('web'), deployment('api'));
    expect([lost(found), others(found)]).toEqual([['deployments/web'], ['api']]);
  });

  test('that loses none leaves all of them', () => {
    const found = faults({ kind: 'lose-keys', keys: 'required' }, deployment('web'));
    expect([found.lost, found.kept, others(found)]).toEqual([[], [], ['web']]);
  });

  test.each([
    ['self-heals: it brings it back, and is told', true, 'shop'],
    ['does not: somebody syncs it, or the drill', false, undefined],
  ])('asks who holds it, an Application that %s', (_, selfHeal, name) => {
    const [web] = faults(all, deployment('web'), application(selfHeal)).lost;
    expect(web?.application).toBe(name);
  });

  test.each<[string, Parts, string]>([
    [
      'another object makes it',
      changed(deployment('web'), 'deployments', { ownerReferences: [owner('Operator', 'o')] }),
      'another object owns it and makes it',
    ],
    [
      'it would not go',
      changed(deployment('web'), 'deployments', { finalizers: ['example.test/wait'] }),
      'it has finalizers: deleted, it would stay',
    ],
    [
      'its volumes would go too',
      changed(statefulSet('web', { spec: claims }), 'statefulSets', {
        persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Delete' },
      }),
      'its claims would be deleted with it',
    ],
  ])('spares one where %s, and refuses it by name', (_, parts, reason) => {
    const found = faults(all, parts, deployment('api'));
    expect(lost(found)).toEqual(['deployments/api']);
    expect(found.kept.map((each) => [each.workload.ref.name, each.reason])).toEqual([['web', reason]]);
    const [kept] = found.kept;
    const name = `${kept?.workload.ref.kind ?? ''}/web`;
    expect(refusal(() => faults(only(name), parts))).toEqual({
      code: 'drill-refused',
      message: `${name} must not be lost: ${reason}`,
      hint: 'name others in the scenario',
    });
  });

  test('keeps the claims that stay when a StatefulSet goes', () => {
    const retained = changed(statefulSet('web', { spec: claims }), 'statefulSets', {
      persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Retain' },
    });
    expect(lost(faults(all, retained))).toEqual(['statefulsets/web']);
  });

  test('refuses a name that nothing has, with what lists them', () => {
    expect(refusal(() => faults(only('Deployment/web', 'Deployment/wbe', 'DaemonSet/x'), deployment('web')))).toEqual({
      code: 'drill-invalid',
      message: 'the namespace has no workload Deployment/wbe, DaemonSet/x',
      hint: 'kubectl get deployments,statefulsets,daemonsets',
    });
  });
});

function refusal(act: () => unknown): object {
  try {
    act();
  } catch (error) {
    if (error instanceof OperatorError) return { code: error.code, message: error.message, hint: error.hint };
    throw error;
  }
  throw new Error('was not refused');
}

const uses = (name: string, ...env: ReturnType<typeof keyEnv>[]): Parts =>
  deployment(name, { spec: { containers: [container(name, { env })] } });

describe('what can be broken in a cluster', () => {
  test('is every Secret that something needs, its required keys, and the workloads that may go', () => {
    const menu = drillMenu(
      snapshotOf(
        uses('web', keyEnv('app', 'password'), keyEnv('app', 'note', true), keyEnv('app', 'absent')),
        secret('app', ['password', 'note']),
        secret('unused', ['x']),
        job('once'),
      ),
      undefined,
    );
    expect(menu).toEqual({
      secrets: ['app'],
      hasPullSecrets: false,
      keys: ['password'],
      changeable: ['password'],
      workloads: ['Deployment/web'],
    });
  });

  test('tells of credentials of registries apart', () => {
    const pulls = deployment('web', { spec: { imagePullSecrets: [{ name: 'regcred' }] } });
    const type = 'kubernetes.io/dockerconfigjson';
    const stack = stackOf({ secrets: [{ name: 'regcred', type, keys: { '.dockerconfigjson': {} } }] });
    const menu = drillMenu(snapshotOf(pulls, pullSecretFor('regcred', 'registry.example.test')), stack);
    expect([menu.hasPullSecrets, menu.secrets]).toEqual([true, ['regcred']]);
  });

  test('is no key of a Secret that cannot be changed, and no value of which data in a pod would be lost', () => {
    const immutable = drillMenu(
      snapshotOf(uses('web', keyEnv('app', 'password')), secret('app', ['password'], { immutable: true })),
      undefined,
    );
    expect([immutable.secrets, immutable.keys, immutable.changeable]).toEqual([['app'], [], []]);
    const volatile = drillMenu(
      snapshotOf(
        statefulSet('db', {
          spec: {
            containers: [container('db', { ...postgres, env: [keyEnv('app', 'password')] })],
            ...scratch,
          },
        }),
        secret('app', ['password']),
      ),
      undefined,
    );
    expect([volatile.keys, volatile.changeable, volatile.workloads]).toEqual([['password'], [], []]);
  });

  test('is nothing in a namespace without any', () => {
    expect(drillMenu(snapshotOf(), undefined)).toEqual({
      secrets: [],
      hasPullSecrets: false,
      keys: [],
      changeable: [],
      workloads: [],
    });
  });
});

describe('a plan', () => {
  test('tells every fault with what is done to it, and how often the repair is undone', () => {
    const plan = planDrill(
      scenarioOf([
        { kind: 'lose-secrets', secrets: ['app'], revisions: false },
        all,
        { kind: 'undo-recovery', times: 3 },
        { kind: 'refuse-source', source: 'azure-key-vault' },
      ]),
      snapshotOf(uses('web', keyEnv('app', 'password')), secret('app', ['password']), db, job('once')),
      undefined,
    );
    expect(plannedFaults(plan)).toEqual([
      { object: { kind: 'Secret', namespace, name: 'app' }, does: 'lost', keys: ['password'] },
      { object: { kind: 'Deployment', namespace, name: 'web' }, does: 'lost', keys: [] },
      { object: { kind: 'StatefulSet', namespace, name: 'db' }, does: 'lost', keys: [] },
    ]);
    expect([plan.undone, plan.refused, plan.overwrite]).toEqual([3, ['azure-key-vault'], []]);
    expect(plan.keep).toEqual([
      { pod: { kind: 'Pod', namespace, name: 'once-0' }, reason: 'its Job counts a deleted pod as a failure' },
    ]);
  });

  test('names the keys that are overwritten by the recovery, where a value is changed', () => {
    const plan = planDrill(
      scenarioOf([{ kind: 'change-values', keys: ['password'], into: 'another-value' }]),
      snapshotOf(uses('web', keyEnv('app', 'password')), secret('app', ['password', 'other'])),
      undefined,
    );
    expect([plan.overwrite, plan.undone, plan.refused]).toEqual([['app/password'], 0, []]);
  });
});
