import { describe, expect, test } from '@jest/globals';

import type { Secret } from '../../../src/core/cluster/secret.ts';
import { planSecret, secretTargets } from '../../../src/core/fix/plan-secrets.ts';
import type { PlannedKey } from '../../../src/core/fix/planned-secret.ts';
import type { SecretTarget } from '../../../src/core/fix/secret-target.ts';
import type { WantedKey } from '../../../src/core/fix/wanted-key.ts';
import { SecretValue } from '../../../src/core/secrets/secret-value.ts';
import { stackSchema } from '../../../src/core/stack/stack-schema.ts';
import { emptySnapshot, listing, secret } from '../../support/planning-world.ts';

const reason = 'missing' as const;
const wanted = (key: string, name = 'app', namespace = 'shop'): WantedKey => {
  return { namespace, secret: name, key, reason, references: [] };
};

interface Kept {
  readonly type?: string;
  readonly immutable?: boolean;
  readonly replacedAt?: string;
  readonly plan?: readonly PlannedKey[];
}

/** A revision of `app`, which held `kept` and `old`. */
function revision({ type = 'vendor/type', immutable = true, replacedAt, plan = [] }: Kept): Secret {
  const original = {
    labels: { app: 'shop' },
    annotations: { note: 'x', 'argocd.argoproj.io/tracking-id': 'id' },
    immutable,
  };
  return {
    ...secret('shop', 'app.c2l-20260102t030405678z', { kept: 'k', old: 'o' }),
    type: 'c2l.dev/revision',
    metadata: {
      name: 'app.c2l-20260102t030405678z',
      namespace: 'shop',
      annotations: {
        'c2l.dev/secret-name': 'app',
        'c2l.dev/secret-type': type,
        'c2l.dev/secret-metadata': JSON.stringify(original),
        'c2l.dev/kept-at': '2026-01-02T03:04:05.678Z',
        'c2l.dev/plan': JSON.stringify(plan),
        ...(replacedAt === undefined ? {} : { 'c2l.dev/replaced-at': replacedAt }),
      },
    },
  };
}

function targetOf(keys: readonly WantedKey[], ...secrets: readonly Secret[]): SecretTarget {
  return secretTargets(keys, { ...emptySnapshot('shop'), secrets: listing(secrets) })[0]!;
}

describe('a Secret that is gone comes back', () => {
  test('as what it was when it was kept, without the mark by which Argo CD would prune it', () => {
    const { object, current, type, marks, unfinished } = targetOf([wanted('a')], revision({ immutable: false }));
    expect({ object, current, type, marks, unfinished }).toEqual({
      object: { kind: 'Secret', namespace: 'shop', name: 'app' },
      current: undefined,
      type: 'vendor/type',
      marks: { labels: { app: 'shop' }, annotations: { note: 'x' } },
      unfinished: undefined,
    });
  });

  test('with that mark where Git has it', () => {
    const metadata = { name: 'shop', namespace: 'argocd' };
    const resources = [{ kind: 'Secret', version: 'v1', namespace: 'shop', name: 'app', status: 'OutOfSync' }];
    const base = emptySnapshot('shop');
    const applications = listing([{ metadata, status: { resources } }]);
    const world = {
      ...base,
      secrets: listing([revision({})]),
      argocd: { ...base.argocd, installed: true, applications },
    };
    expect(secretTargets([wanted('a')], world)[0]?.marks).toEqual({
      labels: { app: 'shop' },
      annotations: { note: 'x', 'argocd.argoproj.io/tracking-id': 'id' },
      ownerReferences: [],
      immutable: true,
    });
  });

  test('as opaque where nothing is known of it, and bears nothing else', () => {
    expect(targetOf([wanted('a')])).toStrictEqual({
      object: { kind: 'Secret', namespace: 'shop', name: 'app' },
      current: undefined,
      type: 'Opaque',
      wanted: [wanted('a')],
    });
  });

  test('as the stack says, of the Secret of that name in that namespace', () => {
    const secrets = [
      { name: 'site', type: 'a/site', keys: {} },
      { name: 'app', namespace: 'other', type: 'a/other', keys: {} },
      { name: 'app', type: 'a/app', keys: {} },
    ];
    const stack = stackSchema.parse({ version: 1, name: 'shop', namespaces: ['shop', 'other'], secrets });
    const world = { ...emptySnapshot('shop'), secrets: listing([revision({})]) };
    const keys = [wanted('a'), wanted('a', 'app', 'other'), wanted('a', 'new'), wanted('b')];
    expect(
      secretTargets(keys, world, stack).map(({ object, type, wanted: all }) => [
        object.namespace,
        object.name,
        type,
        all.map(({ key }) => key),
      ]),
    ).toEqual([
      ['shop', 'app', 'a/app', ['a', 'b']],
      ['other', 'app', 'a/other', ['a']],
      ['shop', 'new', 'Opaque', ['a']],
    ]);
  });

  test('one that is there needs no revision', () => {
    const { marks, unfinished, type } = targetOf([wanted('a')], secret('shop', 'app', {}), revision({}));
    expect([marks, unfinished, type]).toEqual([undefined, undefined, 'Opaque']);
  });
});

describe('an immutable Secret that was deleted and never created again', () => {
  const keys = ['old', 'kept', 'fresh'].map((key) => wanted(key));
  const plan: readonly PlannedKey[] = [
    { key: 'kept', change: 'KEEP' },
    { key: 'old', change: 'CHANGE' },
  ];

  test('comes back with what it held, whatever a source has of what was to stay', () => {
    const target = targetOf(keys, revision({ plan }));
    expect(target.wanted.map(({ key }) => key)).toEqual(['old', 'fresh']);
    const value = SecretValue.fromText('new');
    const found = new Map(['old', 'fresh'].map((key) => [`shop/app/${key}`, { value, source: 'env:.env' }]));
    const { action, keys: planned, values } = planSecret(target, found);
    expect([action, planned]).toEqual([
      'create',
      [
        { key: 'fresh', change: 'ADD', source: 'env:.env' },
        { key: 'kept', change: 'ADD', source: 'revision (kept 2026-01-02 03:04:05 UTC)' },
        { key: 'old', change: 'ADD', source: 'env:.env' },
      ],
    ]);
    expect([...values].map(([key, each]) => [key, each.equals(value)])).toEqual([
      ['kept', false],
      ['old', true],
      ['fresh', true],
    ]);
  });

  test.each<[string, Kept]>([
    ['that was created again since', { plan, replacedAt: '2026-01-02T03:04:06Z' }],
    ['that was not immutable', { plan, immutable: false }],
  ])('but one %s does not', (_, kept) => {
    const target = targetOf(keys, revision(kept));
    expect([target.unfinished, target.wanted.length]).toEqual([undefined, 3]);
  });
});

describe('a value that is not there yet', () => {
  const names = { env: 'TOKEN', azureKeyVault: 'token' };

  test.each<[string | undefined, PlannedKey]>([
    [undefined, { key: 'token', change: 'ADD', source: 'prompt', names }],
    ['prompt', { key: 'token', change: 'ADD', source: 'prompt', names }],
    ['no source', { key: 'token', change: 'ADD', source: 'no source', names }],
    ['generated', { key: 'token', change: 'ADD', source: 'generated' }],
  ])('and is to come from %s is planned so', (later, planned) => {
    const target = targetOf([wanted('token')]);
    const known = new Map(later === undefined ? [] : [['shop/app/token', later]]);
    const { keys, values, marks } = planSecret(target, new Map(), known);
    expect([keys, values.size, marks]).toStrictEqual([[planned], 0, undefined]);
  });

  test('but was given at a prompt needs no place to look for it', () => {
    const value = SecretValue.fromText('given');
    const found = new Map([['shop/app/token', { value, source: 'prompt' }]]);
    expect(planSecret(targetOf([wanted('token')]), found).keys).toStrictEqual([
      { key: 'token', change: 'ADD', source: 'prompt' },
    ]);
  });
});
