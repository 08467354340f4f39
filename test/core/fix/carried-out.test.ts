import { expect, test } from '@jest/globals';

import { afterWrites, usersOf } from '../../../src/core/fix/after-writes.ts';
import { applySecretPlans } from '../../../src/core/fix/apply-secret-plans.ts';
import { withNotes } from '../../../src/core/fix/plan-notes.ts';
import type { SecretPlan } from '../../../src/core/fix/plan-secrets.ts';
import type { PlannedKey } from '../../../src/core/fix/planned-secret.ts';
import { SecretValue } from '../../../src/core/secrets/secret-value.ts';
import { deployment, emptySnapshot, listing, pod, replicaSet, secret } from '../../support/planning-world.ts';

const at = '2026-01-01T00:00:00.000Z';
const before = '2025-01-01T00:00:00Z';
const object = { kind: 'Secret', namespace: 'shop', name: 'app' };
const value = SecretValue.fromText('new');
const held = {
  ...secret('shop', 'app', { a: 'old', gone: 'x', same: 'y' }, { same: before }),
  keyAddedAt: new Map([['a', before]]),
};
const others = [secret('shop', 'site', { a: 'x' }), secret('other', 'app', { a: 'x' })];
const snapshot = {
  ...emptySnapshot('shop'),
  missingNamespaces: ['shop', 'away'],
  secrets: listing([others[0]!, held, others[1]!]),
};

function plan(action: SecretPlan['action'], keys: readonly PlannedKey[], more: Partial<SecretPlan> = {}): SecretPlan {
  const values = new Map(keys.flatMap(({ key, change }) => (change === 'REMOVE' ? [] : [[key, value] as const])));
  return { object, action, keys, current: held, type: 'Opaque', values, ...more };
}

const keys: readonly PlannedKey[] = [
  { key: 'a', change: 'CHANGE' },
  { key: 'b', change: 'ADD' },
  { key: 'gone', change: 'REMOVE' },
];
const written = {
  ...held,
  data: new Map([
    ['a', value],
    ['same', SecretValue.fromText('y')],
    ['b', value],
  ]),
  keyChangedAt: new Map([
    ['same', before],
    ['a', at],
  ]),
  keyAddedAt: new Map([
    ['a', before],
    ['b', at],
  ]),
};

test('what is patched keeps what it had, and notes when each key came and changed', () => {
  const after = applySecretPlans(snapshot, [plan('patch', keys)]);
  expect(after).toStrictEqual({
    ...snapshot,
    missingNamespaces: ['away'],
    secrets: listing([...others, written]),
  });
  expect([...after.secrets.items[2]!.data].map(([key, each]) => [key, each.equals(value)])).toEqual([
    ['a', true],
    ['same', false],
    ['b', true],
  ]);
});

test('what is created again is as old as that, and written by c2l', () => {
  expect(applySecretPlans(snapshot, [plan('recreate', keys)]).secrets.items[2]).toStrictEqual({
    ...written,
    metadata: { ...held.metadata, creationTimestamp: at },
    lastWrite: { manager: 'c2l', at },
  });
});

test('what is created has the type and the values of its plan, and nobody else writes it', () => {
  const name = 'fresh';
  const fresh = plan('create', keys.slice(1, 2), {
    object: { ...object, name },
    current: undefined,
    type: 'kubernetes.io/tls',
  });
  expect(applySecretPlans(snapshot, [fresh]).secrets.items).toStrictEqual([
    ...snapshot.secrets.items,
    {
      metadata: { name, namespace: 'shop' },
      type: 'kubernetes.io/tls',
      immutable: false,
      data: fresh.values,
      keyChangedAt: new Map(),
      keyDoubtedAt: new Map(),
      keyAddedAt: new Map([['b', at]]),
      exposedKeys: [],
      otherOwners: [],
      writers: [],
    },
  ]);
});

test('a plan that does nothing changes nothing', () => {
  expect(applySecretPlans(snapshot, [plan('none', [{ key: 'a', change: 'KEEP' }])])).toStrictEqual(snapshot);
});

test('what is written counts from after all that runs, and the time of the snapshot stays', () => {
  const after = afterWrites(snapshot, [plan('patch', keys)]);
  expect([after.takenAt, after.secrets.items[2]?.keyAddedAt.get('b')]).toEqual([at, '9999-12-31T23:59:59Z']);
});

test('a Secret is used by who takes any key of it in its namespace, by template or by pod', () => {
  const rs = replicaSet('shop', 'changed');
  const world = {
    ...emptySnapshot('shop'),
    deployments: listing([
      deployment('shop', 'user', {
        env: [
          ['site', 'a'],
          ['app', 'a'],
        ],
      }),
      deployment('shop', 'bystander', { env: [['site', 'a']] }),
      deployment('shop', 'changed', { env: [['site', 'a']] }),
      deployment('other', 'stranger', { env: [['app', 'a']] }),
    ]),
    replicaSets: listing([rs]),
    pods: listing([
      pod({
        namespace: 'shop',
        name: 'changed-1',
        needs: { env: [['app', 'a']] },
        owner: { kind: 'ReplicaSet', name: rs.metadata.name },
        standing: { running: at },
      }),
    ]),
  };
  expect([...usersOf(object, world)]).toEqual([
    'Deployment/shop/changed',
    'Pod/shop/changed-1',
    'Deployment/shop/user',
  ]);
});

test('a plan says what was passed over for a value, and which source has another one than stays', () => {
  const refusals = new Map(
    ['kept', 'found', 'asked', 'lacking', 'unsaid'].map((key) => [`shop/app/${key}`, ['is empty']]),
  );
  const differing = new Map(['kept', 'found'].map((key) => [`shop/app/${key}`, 'env:.env']));
  const planned: readonly PlannedKey[] = [
    { key: 'kept', change: 'KEEP' },
    { key: 'other', change: 'KEEP' },
    { key: 'found', change: 'ADD', source: 'env:.env' },
    { key: 'clean', change: 'ADD', source: 'env:.env' },
    { key: 'asked', change: 'ADD', source: 'prompt' },
    { key: 'lacking', change: 'ADD', source: 'no source' },
    { key: 'unsaid', change: 'REMOVE' },
  ];
  const noted = withNotes(plan('patch', planned), { refusals, differing });
  expect(noted).toStrictEqual({
    ...plan('patch', planned),
    keys: [
      { key: 'kept', change: 'KEEP', differsIn: 'env:.env' },
      planned[1],
      { key: 'found', change: 'ADD', source: 'env:.env', passedOver: ['is empty'] },
      ...planned.slice(3),
    ],
  });
});
