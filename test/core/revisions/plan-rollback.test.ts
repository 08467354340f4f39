import { describe, expect, test } from '@jest/globals';

import type { Secret } from '../../../src/core/cluster/secret.ts';
import type { KeptRevision } from '../../../src/core/revisions/kept-revision.ts';
import { planRollback, rollbackTarget } from '../../../src/core/revisions/plan-rollback.ts';
import { SecretValue } from '../../../src/core/secrets/secret-value.ts';
import { secret } from '../../support/planning-world.ts';

type Values = Readonly<Record<string, string>>;

function revision(values: Values, more: Partial<KeptRevision> = {}): KeptRevision {
  return {
    id: '20260101t000000000z',
    name: 'app-20260101t000000000z',
    namespace: 'shop',
    uid: 'u',
    secretName: 'app',
    secretType: 'shop.dev/credentials',
    labels: { team: 'shop' },
    annotations: { 'argocd.argoproj.io/tracking-id': 'shop:/Secret:shop/app', 'c2l.dev/keys': '{}', note: 'kept' },
    ownerReferences: [],
    immutable: false,
    isReplaced: false,
    keptAt: '2026-01-01T00:00:00.000Z',
    createdAt: '2026-01-01T00:00:00Z',
    keptBy: 'ann@laptop',
    version: '1.0.0',
    command: 'fix-secrets',
    changes: [],
    fingerprintKey: undefined,
    fingerprints: new Map(),
    data: new Map(Object.entries(values).map(([key, value]) => [key, SecretValue.fromText(value)])),
    ...more,
  };
}

function current(values: Values, more: Partial<Secret> = {}): Secret {
  return { ...secret('shop', 'app', values), ...more };
}

const source = 'revision 20260101t000000000z';

describe('what a rollback does', () => {
  test.each([
    {
      name: 'adds, changes and removes, by name, and says nothing more of what is the same',
      kept: { zeta: 'old', added: 'back', same: 'as it was' },
      now: { zeta: 'new', more: 'since then', same: 'as it was' },
      action: 'patch',
      keys: [
        { key: 'added', change: 'ADD', source },
        { key: 'more', change: 'REMOVE' },
        { key: 'same', change: 'SAME' },
        { key: 'zeta', change: 'CHANGE', source },
      ],
      writes: { zeta: 'old', added: 'back' },
    },
    {
      name: 'is nothing where all is as it was',
      kept: { same: 'as it was' },
      now: { same: 'as it was' },
      action: 'none',
      keys: [{ key: 'same', change: 'SAME' }],
      writes: {},
    },
    {
      name: 'is a patch where one key alone is too much',
      kept: { same: 'as it was' },
      now: { same: 'as it was', more: 'since then' },
      action: 'patch',
      keys: [
        { key: 'more', change: 'REMOVE' },
        { key: 'same', change: 'SAME' },
      ],
      writes: {},
    },
  ])('$name', ({ kept, now, action, keys, writes }) => {
    const plan = planRollback(revision(kept), current(now), true);

    expect(plan).toMatchObject({ action, keys, object: { kind: 'Secret', namespace: 'shop', name: 'app' } });
    expect(Object.fromEntries([...plan.values].map(([key, value]) => [key, value.reveal()]))).toEqual(writes);
    expect(plan).not.toHaveProperty('marks');
  });

  test.each([
    [{ immutable: true, now: { key: 'new' } }, 'recreate'],
    [{ immutable: true, now: { key: 'old' } }, 'none'],
    [{ immutable: false, now: { key: 'new' } }, 'patch'],
  ] as const)('a Secret that is there: %j', ({ immutable, now }, action) => {
    expect(planRollback(revision({ key: 'old' }), current(now, { immutable }), true).action).toBe(action);
  });
});

describe('a Secret that is gone', () => {
  test('is created with its type, its values and what else was on it, but for what c2l noted', () => {
    const plan = planRollback(revision({ key: 'old' }), undefined, true);

    expect(plan).toMatchObject({ action: 'create', type: 'shop.dev/credentials', current: undefined });
    expect(plan.keys).toEqual([{ key: 'key', change: 'ADD', source }]);
    expect(plan.marks).toEqual({
      labels: { team: 'shop' },
      annotations: { 'argocd.argoproj.io/tracking-id': 'shop:/Secret:shop/app', note: 'kept' },
    });
  });

  test('is created without the mark of Argo CD where Git lacks it', () => {
    expect(planRollback(revision({ key: 'old' }), undefined, false).marks?.annotations).toEqual({ note: 'kept' });
  });

  test('is created even where it held nothing', () => {
    expect(planRollback(revision({}), undefined, true)).toMatchObject({ action: 'create', keys: [] });
  });
});

test('who judges whether it may be written is told what changes, and of what is missing that it is', () => {
  const before = current({ zeta: 'new', more: 'since then', same: 'as it was' });
  const plan = planRollback(revision({ zeta: 'old', added: 'back', same: 'as it was' }), before, true);

  expect(rollbackTarget(plan)).toEqual({
    object: plan.object,
    current: before,
    type: 'shop.dev/credentials',
    wanted: [
      { namespace: 'shop', secret: 'app', key: 'added', reason: 'missing', references: [] },
      { namespace: 'shop', secret: 'app', key: 'more', reason: 'overwrite', references: [] },
      { namespace: 'shop', secret: 'app', key: 'zeta', reason: 'overwrite', references: [] },
    ],
  });
});
