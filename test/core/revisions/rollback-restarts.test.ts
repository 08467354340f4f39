import { expect, test } from '@jest/globals';

import type { StatefulSet } from '../../../src/core/cluster/kubernetes.ts';
import type { Secret } from '../../../src/core/cluster/secret.ts';
import { planSecret, type SecretPlan } from '../../../src/core/fix/plan-secrets.ts';
import { restartsAfter } from '../../../src/core/revisions/rollback-restarts.ts';
import { SecretValue } from '../../../src/core/secrets/secret-value.ts';
import { emptySnapshot, listing, pod, secret, statefulSet, text, type Needs } from '../../support/planning-world.ts';

const namespace = 'shop';
const start = '2026-01-01T00:00:10Z';
const change = '2026-01-01T00:00:20Z';
const older = { token: change };

/** What takes the key back to another value. */
function planOf(current: Secret): SecretPlan {
  const object = { kind: 'Secret', namespace, name: current.metadata.name };
  const wanted = [{ namespace, secret: object.name, key: 'token', reason: 'overwrite' as const, references: [] }];
  const found = new Map([
    [`${namespace}/${object.name}/token`, { value: SecretValue.fromText(text(20)), source: 'r' }],
  ]);
  return planSecret({ object, current, type: 'Opaque', wanted }, found);
}

/** A StatefulSet with one pod that runs, and the restarts that a change of the Secret `app` asks for. */
function restarts(needs: Needs, secrets: readonly [Secret, ...Secret[]], spec: Partial<StatefulSet['spec']> = {}) {
  const set = statefulSet(namespace, 'db', needs);
  const owner = { kind: 'StatefulSet', name: 'db' };
  const snapshot = {
    ...emptySnapshot(namespace),
    secrets: listing(secrets),
    statefulSets: listing([{ ...set, spec: { ...set.spec, ...spec } }]),
    pods: listing([pod({ namespace, name: 'db-0', needs, owner, standing: { running: start }, createdAt: start })]),
  };
  return restartsAfter(snapshot, planOf(secrets[0])).map(({ object, reason }) => `${object.name}: ${reason}`);
}

const app = secret(namespace, 'app', { token: text(8) });
const takesToken: Needs = { env: [['app', 'token']] };
const why = 'runs with an older value of key token of Secret app';

test('a pod that runs with the value before is named, also one that was older before', () => {
  expect(restarts(takesToken, [app])).toEqual([`db: ${why}`]);
  expect(restarts(takesToken, [secret(namespace, 'app', { token: text(8) }, older)])).toEqual([`db: ${why}`]);
});

test('a pod that nobody restarts for its own sake is named, with what is against it', () => {
  const [only, ...others] = restarts(takesToken, [app], { updateStrategy: { type: 'OnDelete' } });
  expect([only, others]).toEqual([expect.stringMatching(/^db-0: .*Secret app, but its update strategy OnDelete/), []]);
});

test('what is older in another Secret is no matter of this one', () => {
  const other = secret(namespace, 'other', { token: text(8) }, older);
  expect(restarts({ env: [['other', 'token']] }, [app, other])).toEqual([]);
  expect(restarts({ env: [['other', 'token']], volume: 'app' }, [app, other])).toEqual([]);
});

test('of several that would begin anew those alone are named that take the Secret, once each', () => {
  const owner = (name: string) => ({ kind: 'StatefulSet', name });
  const waiting = { waiting: 'CreateContainerConfigError', message: "couldn't find key token in Secret shop/app" };
  const bystander: Needs = { env: [['other', 'token']] };
  const needsOf = { db: takesToken, stuck: takesToken, aside: bystander };
  const snapshot = {
    ...emptySnapshot(namespace),
    secrets: listing([app, secret(namespace, 'other', { token: text(8) }, older)]),
    statefulSets: listing(Object.entries(needsOf).map(([name, needs]) => statefulSet(namespace, name, needs))),
    pods: listing(
      Object.entries(needsOf).map(([name, needs]) => {
        const standing = name === 'stuck' ? waiting : { running: start };
        return pod({ namespace, name: `${name}-0`, needs, owner: owner(name), standing, createdAt: start });
      }),
    ),
  };
  const told = (of: typeof snapshot) =>
    restartsAfter(of, planOf(app)).map(({ object, reason }) => `${object.kind}/${object.name}: ${reason}`);
  expect(told(snapshot)).toEqual([`StatefulSet/db: ${why}`]);
});
