import { describe, expect, test } from '@jest/globals';
import type { Snapshot } from '../../../src/core/cluster/snapshot.ts';
import { requirements, type Requirement } from '../../../src/core/secrets/requirements.ts';
import type { Stack } from '../../../src/core/stack/stack.ts';
import {
  barePod,
  container,
  deployment,
  gap,
  keyEnv,
  mounting,
  namespace,
  secret,
  secretWith,
  snapshotOf,
  stackOf,
  statefulSet,
} from '../../support/builders.ts';

function only(snapshot: Snapshot, stack?: Stack): Requirement {
  const [first, ...rest] = requirements(snapshot, stack);
  if (first === undefined || rest.length > 0) throw new Error(`expected one requirement, got ${rest.length + 1}`);
  return first;
}

const users = (...env: ReturnType<typeof keyEnv>[]) =>
  deployment('web', { spec: { containers: [container('web', { env })] } });
const declaring = (keys: object) => stackOf({ secrets: [{ name: 'app', keys }] });

describe('what is required', () => {
  test.each([
    ['a live reference that is not optional', users(keyEnv('app', 'k')), undefined, true],
    ['only optional references', users(keyEnv('app', 'k', true)), undefined, false],
    [
      'a required reference beside an optional one',
      users(keyEnv('app', 'k', true), keyEnv('app', 'k')),
      undefined,
      true,
    ],
    ['a stack that requires what is optional live', users(keyEnv('app', 'k', true)), declaring({ k: {} }), true],
    [
      'a stack that does not require what is needed live',
      users(keyEnv('app', 'k')),
      declaring({ k: { required: false } }),
      true,
    ],
    ['a stack alone', {}, declaring({ k: {} }), true],
    ['a stack alone that does not require it', {}, declaring({ k: { required: false } }), false],
  ])('%s', (_, parts, stack, required) => {
    expect(only(snapshotOf(parts, secret('app', ['k'])), stack).required).toBe(required);
  });
});

describe('state', () => {
  const stack = declaring({ k: { format: { minLength: 16 } } });

  test.each([
    ['ok', secret('app', ['k']), undefined],
    ['missing', secret('app', ['other']), undefined],
    ['secret-missing', {}, undefined],
    ['placeholder', secretWith('app', { k: 'CHANGE_ME_PLEASE_NOW' }), 'is a placeholder'],
    ['invalid', secretWith('app', { k: 'short' }), 'is shorter than 16 characters'],
    ['invalid', secretWith('app', { k: '' }), 'is empty'],
    ['unreadable', { gaps: [gap('secrets')] }, 'listing secrets is forbidden'],
    ['unreadable', { gaps: [gap('secrets', '')] }, 'listing secrets is forbidden'],
  ])('%s', (state, parts, detail) => {
    const requirement = only(snapshotOf(users(keyEnv('app', 'k')), parts), stack);

    expect([requirement.state, requirement.detail]).toEqual([state, detail]);
  });

  test('a Secret that was seen counts, whatever else could not be', () => {
    const snapshot = snapshotOf(users(keyEnv('app', 'k')), secret('app', ['k']), { gaps: [gap('secrets')] });

    expect(only(snapshot).state).toBe('ok');
  });

  test('a gap of another namespace makes nothing unreadable here', () => {
    expect(only(snapshotOf(users(keyEnv('app', 'k')), { gaps: [gap('secrets', 'other')] })).state).toBe(
      'secret-missing',
    );
  });

  test('placeholders are seen without a stack, formats are not', () => {
    expect(only(snapshotOf(users(keyEnv('app', 'k')), secretWith('app', { k: 'CHANGE_ME' }))).state).toBe(
      'placeholder',
    );
    expect(only(snapshotOf(users(keyEnv('app', 'k')), secretWith('app', { k: '' }))).state).toBe('ok');
  });
});

describe('references', () => {
  test('are one for each place, not for each variable or replica', () => {
    const again = { ...keyEnv('app', 'k'), name: 'ALIAS' };
    const spec = { containers: [container('web', { env: [keyEnv('app', 'k'), again] })] };

    expect(only(snapshotOf(deployment('web', { spec, replicas: 3 }))).references).toEqual([
      { kind: 'Deployment', namespace, name: 'web', container: 'web', via: 'env', optional: false },
    ]);
  });

  test('of envFrom and whole volumes count for keys that the stack requires', () => {
    const mounted = mounting({ name: 'v', secret: { secretName: 'app' } });
    const taking = container('web', { envFrom: [{ secretRef: { name: 'app' } }] });
    const spec = { ...mounted, containers: [taking, ...mounted.containers] };
    const found = requirements(
      snapshotOf(deployment('web', { spec })),
      declaring({ k: {}, spare: { required: false } }),
    );

    expect(found.map(({ key, references }) => [key, references.map(({ via }) => via)])).toEqual([
      ['k', ['envFrom', 'volume']],
      ['spare', []],
    ]);
  });

  test('that admission added to running pods count for their workload', () => {
    const { pods = [], ...parts } = deployment('web');
    const injected = pods.map((pod) => ({
      ...pod,
      spec: { containers: [...pod.spec.containers, container('proxy', { env: [keyEnv('mesh', 'token')] })] },
    }));

    expect(only(snapshotOf(parts, { pods: injected })).references).toEqual([
      { kind: 'Deployment', namespace, name: 'web', container: 'proxy', via: 'env', optional: false },
    ]);
  });

  test('of pods with an older template do not: they end with the pod', () => {
    const { pods = [], ...parts } = statefulSet('db');
    const older = pods.map((pod) => ({
      ...pod,
      metadata: { ...pod.metadata, labels: { 'controller-revision-hash': 'db-0' } },
      spec: { containers: [container('db', { env: [keyEnv('app', 'dropped')] })] },
    }));

    expect(requirements(snapshotOf(parts, { pods: older }))).toEqual([]);
  });

  test('of a bare pod are the pod’s own', () => {
    const found = only(snapshotOf(barePod('p', { containers: [container('c', { env: [keyEnv('app', 'k')] })] })));

    expect(found.references[0]).toMatchObject({ kind: 'Pod', name: 'p' });
  });
});

test('come ordered by namespace, Secret and key', () => {
  const snapshot = snapshotOf(users(keyEnv('b', 'k'), keyEnv('a', 'z'), keyEnv('a', 'y')));

  expect(requirements(snapshot).map(({ secret: name, key }) => `${name}/${key}`)).toEqual(['a/y', 'a/z', 'b/k']);
});
