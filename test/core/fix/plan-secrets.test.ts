import { describe, expect, test } from '@jest/globals';

import type { Snapshot } from '../../../src/core/cluster/snapshot.ts';
import { applySecretPlans } from '../../../src/core/fix/apply-secret-plans.ts';
import {
  keyId,
  keysOf,
  planSecret,
  plannedSecret,
  rejection,
  secretTargets,
  wantedKeys,
  type FoundValue,
  type SecretPlan,
} from '../../../src/core/fix/plan-secrets.ts';
import { requirements } from '../../../src/core/secrets/requirements.ts';
import { SecretValue } from '../../../src/core/secrets/secret-value.ts';
import { stackSchema } from '../../../src/core/stack/stack-schema.ts';
import type { Stack } from '../../../src/core/stack/stack.ts';
import { deployment, emptySnapshot, listing, secret, text } from '../../support/planning-world.ts';

const namespace = 'shop';

const stack: Stack = stackSchema.parse({
  version: 1,
  name: 'shop',
  namespaces: [namespace],
  secrets: [
    {
      name: 'app',
      keys: {
        password: { format: { minLength: 16 } },
        'short-lived': { format: { minLength: 16 } },
        user: {},
        'error-tracker': { required: false },
      },
    },
  ],
});

function world(values: Record<string, string> | undefined): Snapshot {
  return {
    ...emptySnapshot(namespace),
    secrets: listing(values === undefined ? [] : [secret(namespace, 'app', values)]),
    deployments: listing([deployment(namespace, 'api', { env: [['app', 'token']] })]),
  };
}

function planAll(snapshot: Snapshot, values: Record<string, string>, overwrite: string[] = []): SecretPlan[] {
  const found = new Map<string, FoundValue>(
    Object.entries(values).map(([key, value]) => [
      keyId({ namespace, secret: 'app', key }),
      { value: SecretValue.fromText(value), source: 'env:backup.env' },
    ]),
  );
  const wanted = wantedKeys(requirements(snapshot, stack), overwrite);
  return secretTargets(wanted, snapshot, stack).map((target) => planSecret(target, found));
}

const complete = { password: text(20), 'short-lived': text(20), user: 'app', token: text(8) };

describe('wanted keys', () => {
  test('are the required ones that are missing, from the stack and from live references alike', () => {
    const wanted = wantedKeys(requirements(world({ user: 'app', 'short-lived': text(20) }), stack), []);
    expect(wanted.map(({ key, reason }) => [key, reason])).toEqual([
      ['password', 'missing'],
      ['token', 'missing'],
    ]);
  });

  test('leave out optional keys, image pull secrets and certificates', () => {
    const snapshot: Snapshot = {
      ...emptySnapshot(namespace),
      deployments: listing([deployment(namespace, 'api', { pull: ['registry'] })]),
      ingresses: listing([{ metadata: { name: 'web', namespace }, spec: { tls: [{ secretName: 'web-tls' }] } }]),
    };
    expect(wantedKeys(requirements(snapshot), [])).toEqual([]);
  });

  test('of a Secret that is gone as a whole are its optional ones too, where the stack declares them', () => {
    const wanted = wantedKeys(requirements(world(undefined), stack), []);
    expect(wanted.map(({ key, reason }) => [key, reason])).toEqual([
      ['error-tracker', 'optional'],
      ['password', 'missing'],
      ['short-lived', 'missing'],
      ['token', 'missing'],
      ['user', 'missing'],
    ]);
  });

  test('make no Secret of which nothing is required', () => {
    const secrets = [{ name: 'extras', keys: { 'error-tracker': { required: false } } }];
    const optional = stackSchema.parse({ version: 1, name: 'shop', namespaces: [namespace], secrets });
    expect(wantedKeys(requirements(emptySnapshot(namespace), optional), [])).toEqual([]);
  });

  test('tell a placeholder and a value against its format from a missing one', () => {
    const present = { ...complete, password: 'CHANGE_ME_PLEASE', 'short-lived': text(3) };
    const wanted = wantedKeys(requirements(world(present), stack), []);
    expect(wanted.map(({ key, reason }) => [key, reason])).toEqual([
      ['password', 'placeholder'],
      ['short-lived', 'invalid'],
    ]);
  });

  test('include a good value only when it is named, by key or with its Secret', () => {
    const all = requirements(world(complete), stack);
    expect(wantedKeys(all, [])).toEqual([]);
    expect(wantedKeys(all, ['user']).map(({ key, reason }) => [key, reason])).toEqual([['user', 'overwrite']]);
    expect(wantedKeys(all, ['app/user']).map(({ key }) => key)).toEqual(['user']);
    expect(wantedKeys(all, ['other/user'])).toEqual([]);
  });

  test('include an optional key that is absent only when it is named itself', () => {
    const all = requirements(world(complete), stack);
    const named = (only: string[]) => wantedKeys(all, [], only).map(({ key, reason }) => [key, reason]);
    expect(named(['error-tracker'])).toEqual([['error-tracker', 'missing']]);
    expect(named(['app/error-tracker'])).toEqual([['error-tracker', 'missing']]);
    expect(named(['app'])).toEqual([]);
    expect(named(['user'])).toEqual([]);
  });
});

describe('a plan', () => {
  test('of a whole Secret has an optional key only where a source has it', () => {
    const keysWith = (values: Record<string, string>): string[] => keysOf(planAll(world(undefined), values)[0]!, 'ADD');
    expect(keysWith(complete)).toEqual(['password', 'short-lived', 'token', 'user']);
    expect(keysWith({ ...complete, 'error-tracker': text(9) })).toContain('error-tracker');
  });

  test('adds what is missing and says that the rest stays the same', () => {
    const [plan] = planAll(world({ user: 'app', 'short-lived': text(20) }), complete);
    expect(plannedSecret(plan!)).toEqual({
      object: { kind: 'Secret', namespace, name: 'app' },
      action: 'patch',
      resourceVersion: '7',
      keys: [
        { key: 'password', change: 'ADD', source: 'env:backup.env' },
        { key: 'short-lived', change: 'KEEP' },
        { key: 'token', change: 'ADD', source: 'env:backup.env' },
        { key: 'user', change: 'KEEP' },
      ],
    });
    expect([...plan!.values.keys()]).toEqual(['password', 'token']);
  });

  test('creates a Secret that is not there, with the type of the stack', () => {
    const [plan] = planAll(world(undefined), complete);
    expect([plan!.action, plan!.type, keysOf(plan!, 'ADD')]).toEqual([
      'create',
      'Opaque',
      ['password', 'short-lived', 'token', 'user'],
    ]);
  });

  test('does nothing where the named value is the present one', () => {
    const [plan] = planAll(world(complete), complete, ['user']);
    expect([plan!.action, plan!.values.size]).toEqual(['none', 0]);
  });

  test('leaves an invalid value alone where no source knows a better one', () => {
    const known = { password: complete.password, user: complete.user, token: complete.token };
    const [plan] = planAll(world({ ...complete, 'short-lived': text(3) }), known);
    expect([plan!.action, keysOf(plan!, 'CHANGE')]).toEqual(['none', []]);
  });

  test('names the prompt for what nobody was asked for yet', () => {
    const [plan] = planAll(world({ ...complete, password: 'CHANGE_ME' }), {});
    expect(plan!.keys.find(({ key }) => key === 'password')).toEqual({
      key: 'password',
      change: 'CHANGE',
      source: 'prompt',
      names: { env: 'PASSWORD', azureKeyVault: 'password' },
    });
  });

  test('carried out leaves nothing wanted, whatever was missing before', () => {
    const keys = Object.keys(complete) as (keyof typeof complete)[];
    for (let mask = 0; mask < 2 ** keys.length; mask++) {
      const left = Object.fromEntries(keys.filter((_, bit) => mask & (1 << bit)).map((key) => [key, complete[key]]));
      const snapshot = world(mask === 0 ? undefined : left);
      const after = applySecretPlans(snapshot, planAll(snapshot, complete));
      expect(wantedKeys(requirements(after, stack), [])).toEqual([]);
      for (const [key, value] of Object.entries(left)) {
        expect(after.secrets.items[0]!.data.get(key)!.equals(SecretValue.fromText(value))).toBe(true);
      }
    }
  });
});

test('a value is refused for what it is, in words that do not quote it', () => {
  const [password] = wantedKeys(requirements(world({ ...complete, password: 'CHANGE_ME' }), stack), []);
  const reasons = ['', 'CHANGE_ME_NOW', text(5), `${text(20)}\n`, text(20), '*'.repeat(20)].map((value) =>
    rejection(SecretValue.fromText(value), password!, stack),
  );
  expect(reasons).toEqual([
    'is empty',
    'is a placeholder',
    'is shorter than 16 characters',
    'ends in a line break',
    undefined,
    'stands for a value that nothing has filled in',
  ]);
  expect(rejection(SecretValue.fromText('CHANGE_ME'), password!)).toBe('is a placeholder');
  const form = { ...password!, declared: { ...password!.declared!, format: { pattern: 'sk_[a-z]+' } } };
  const encoded = SecretValue.fromText(Buffer.from('sk_abcdefghijk').toString('base64'));
  expect(
    [encoded, SecretValue.fromText('sk-abc'), SecretValue.fromText('sk_abc')].map((v) => rejection(v, form)),
  ).toEqual(['is base64-encoded, as kubectl prints it', 'does not match sk_[a-z]+', undefined]);
  const user = { ...password!, declared: { ...password!.declared!, format: undefined } };
  const pasted = SecretValue.fromText('user\n');
  expect([rejection(pasted, user), rejection(SecretValue.fromText('user'), user)]).toEqual([
    'ends in a line break',
    undefined,
  ]);
  expect([false, true].map((isVerbatim) => rejection(pasted, user, stack, { isVerbatim }))).toEqual([
    'ends in a line break',
    undefined,
  ]);
});
