import { expect, test } from '@jest/globals';

import type { Secret } from '../../../src/core/cluster/secret.ts';
import { planSecret, type SecretPlan } from '../../../src/core/fix/plan-secrets.ts';
import { heldSecrets } from '../../../src/core/restart/held-secrets.ts';
import { SecretValue } from '../../../src/core/secrets/secret-value.ts';
import type { Stack } from '../../../src/core/stack/stack.ts';
import { stackOf } from '../../support/builders.ts';
import {
  deployment,
  emptySnapshot,
  listing,
  pod,
  replicaSet,
  secret,
  statefulSet,
  text,
  type Needs,
} from '../../support/planning-world.ts';

const namespace = 'shop';
const start = '2026-01-01T00:00:10Z';
const fixed: Secret = { ...secret(namespace, 'app', { token: text(8), other: text(8) }), immutable: true };
const token: Needs = { env: [['app', 'token']] };
const other: Needs = { env: [['app', 'other']] };

/** Deletes it and creates it again with another token. */
const plan: SecretPlan = planSecret(
  {
    object: { kind: 'Secret', namespace, name: 'app' },
    current: fixed,
    type: 'Opaque',
    wanted: [{ namespace, secret: 'app', key: 'token', reason: 'overwrite', references: [] }],
  },
  new Map([[`${namespace}/app/token`, { value: SecretValue.fromText(text(20)), source: 'r' }]]),
);

/** A Deployment `api` and a StatefulSet `db`, each with one pod that runs. */
function told(api: Needs, db: Needs, stack?: Stack): string[] {
  const parts = { namespace, standing: { running: start }, createdAt: start };
  const world = {
    ...emptySnapshot(namespace),
    secrets: listing([fixed]),
    deployments: listing([deployment(namespace, 'api', api)]),
    replicaSets: listing([replicaSet(namespace, 'api')]),
    statefulSets: listing([statefulSet(namespace, 'db', db)]),
    pods: listing([
      pod({ ...parts, name: 'api-1', needs: api, owner: { kind: 'ReplicaSet', name: 'api-rs' } }),
      pod({ ...parts, name: 'db-0', needs: db, owner: { kind: 'StatefulSet', name: 'db' } }),
    ]),
  };
  return heldSecrets([plan], world, stack).map(
    ({ action, object, outcome, detail }) => `${outcome} ${action} ${object.name}: ${detail}`,
  );
}

const due = (name: string): unknown =>
  expect.stringMatching(`^planned restart-workload ${name}: to do by c2l restart: kubelet keeps the old Secret app`);

test('whoever has to go so that one pod gets the new value is named', () => {
  expect(told(token, {})).toEqual([due('api')]);
  expect(told(token, other)).toEqual([due('api'), due('db')]);
});

test('nothing is promised where no pod holds what was changed', () => {
  expect(told(other, {})).toEqual([]);
});

test('what restart keeps is said to be kept, with what is against it', () => {
  const stack = stackOf({ components: [{ name: 'db', workload: 'StatefulSet/db', holdsData: true }] });
  const why = 'runs with an older value of key token of Secret app, but kubelet keeps the old Secret app as long as ';
  expect(told(token, other, stack)).toEqual([
    expect.stringContaining(`kept keep-pod api-1: ${why}statefulset/db uses it: its data is on its own file system`),
  ]);
});
