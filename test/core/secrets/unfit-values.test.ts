import { expect, test } from '@jest/globals';

import type { Requirement, RequirementState } from '../../../src/core/secrets/requirements.ts';
import { secretsView } from '../../../src/core/secrets/secrets-view.ts';
import { unfitText, unfitValues } from '../../../src/core/secrets/unfit-values.ts';
import { container, deployment, keyEnv, namespace, secretWith, snapshotOf, stackOf } from '../../support/builders.ts';

const born = '2026-01-01T00:00:10Z';
const since = '2026-01-01T00:00:20Z';
const ref = { kind: 'Deployment', namespace, name: 'web' };
const requirement = (parts: Partial<Requirement> = {}): Requirement => {
  return {
    namespace,
    secret: 'app',
    key: 'k',
    required: true,
    references: [],
    state: 'invalid',
    detail: 'is empty',
    ...parts,
  };
};

test('unfit are the required values that are there and wrong', () => {
  const keys = { k: {}, l: { required: false }, ok: {}, gone: {}, m: { format: { minLength: 9 } } };
  const stack = stackOf({ secrets: [{ name: 'app', keys }] });
  const snapshot = snapshotOf(secretWith('app', { k: 'CHANGE_ME', l: 'CHANGE_ME', ok: 'fine', m: 'short' }));
  const states = unfitValues(snapshot, stack).map(({ key, state }): [string, RequirementState] => [key, state]);
  expect(states).toEqual([
    ['k', 'placeholder'],
    ['m', 'invalid'],
  ]);
});

const told = 'key k of Secret app is empty: c2l fix-secrets --overwrite app/k';
test.each<[string, readonly Requirement[], string | undefined]>([
  ['that is taken', [requirement()], told],
  ['that is taken, beside others', [requirement({ secret: 'other' }), requirement({ key: 'x' }), requirement()], told],
  [
    'of which nothing more is known',
    [{ ...requirement(), detail: undefined as never }],
    told.replace('is empty', 'is wrong'),
  ],
  ['of another namespace', [requirement({ namespace: 'other' })], undefined],
  ['of a key that is not taken', [requirement({ key: 'l' })], undefined],
  ['that is older than the pods', [requirement({ key: 'old' })], undefined],
  ['none', [], undefined],
])('new pods would begin with a wrong value %s', (_, unfit, text) => {
  const metadata = { name: 'app', namespace, creationTimestamp: born };
  const app = secretWith(
    'app',
    { k: 'x', l: 'y', old: 'z' },
    {
      metadata,
      keyChangedAt: new Map([
        ['k', since],
        ['l', since],
      ]),
    },
  );
  const env = [keyEnv('more', 'a'), keyEnv('app', 'k'), keyEnv('app', 'old')];
  const spec = { containers: [container('c', { env })] };
  const snapshot = snapshotOf(app, deployment('web', { spec, replicas: 2 }));
  const [first, second] = snapshot.pods.items.map((pod, index) => {
    return { ...pod, metadata: { ...pod.metadata, creationTimestamp: index === 0 ? born : since } };
  });
  const view = secretsView(snapshot);
  expect(unfitText({ ref, podSpec: spec }, [first!, second!], { unfit, view })).toBe(text);
  expect(unfitText({ ref, podSpec: spec }, [second!], { unfit, view })).toBeUndefined();
});

test('who takes a whole Secret takes each of its values', () => {
  const podSpec = { containers: [container('c', { envFrom: [{ secretRef: { name: 'app' } }] })] };
  const snapshot = snapshotOf(secretWith('app', { k: 'x' }, { keyAddedAt: new Map([['k', since]]) }));
  const pod = { metadata: { name: 'p', namespace, creationTimestamp: born }, spec: podSpec, status: {} };
  expect(unfitText({ ref, podSpec }, [pod], { unfit: [requirement()], view: secretsView(snapshot) })).toBe(told);
});
