import { describe, expect, test } from '@jest/globals';

import type { Secret } from '../../../src/core/cluster/secret.ts';
import { bySecret, historyOf, lastHolders } from '../../../src/core/revisions/history.ts';
import type { KeptRevision } from '../../../src/core/revisions/kept-revision.ts';
import { recreatedAnnotations } from '../../../src/core/revisions/key-times.ts';
import type { Fingerprints } from '../../../src/core/revisions/revision.ts';
import { creationOf } from '../../../src/core/revisions/secret-creation.ts';
import { SecretValue } from '../../../src/core/secrets/secret-value.ts';
import { stackOf } from '../../support/builders.ts';
import { secret } from '../../support/planning-world.ts';

const dataOf = (values: Readonly<Record<string, string>>) =>
  new Map(Object.entries(values).map(([key, value]) => [key, SecretValue.fromText(value)]));
const asIs = (key: SecretValue): Fingerprints => ({ key, of: (value) => value.reveal() });

function revision(id: string, held: Readonly<Record<string, string>>, more: Partial<KeptRevision> = {}): KeptRevision {
  return {
    id,
    name: `app.c2l-${id}`,
    namespace: 'shop',
    uid: '',
    secretName: 'app',
    secretType: 'Opaque',
    labels: {},
    annotations: {},
    ownerReferences: [],
    immutable: false,
    isReplaced: false,
    keptAt: 'kept',
    createdAt: 'created',
    keptBy: 'ann',
    version: '1',
    command: 'fix-secrets',
    changes: [{ key: 'a', change: 'ADD' }],
    data: dataOf(held),
    fingerprintKey: SecretValue.fromText('k'),
    fingerprints: new Map(),
    ...more,
  };
}

const written = (values: Readonly<Record<string, string>>) => ({ fingerprints: new Map(Object.entries(values)) });
const entry = {
  keptAt: 'kept',
  keptBy: 'ann',
  command: 'fix-secrets',
  version: '1',
  changes: [{ key: 'a', change: 'ADD' }],
};

test('the history tells of each Secret what was kept, and what something else did to its keys before the next copy', () => {
  const revisions = [
    revision('3', { a: 'x' }, written({ b: '3', a: '3', c: '3' })),
    revision('2', { a: '2', b: '2' }, written({ a: '2', b: 'other', gone: '2' })),
    revision('1', {}, { ...written({ a: '1' }), fingerprintKey: undefined }),
    revision('1', {}, { secretName: 'absent', ...written({ a: '1' }) }),
    revision('0', {}, { secretName: 'app', namespace: 'other' }),
  ];
  const current = [secret('shop', 'app', { c: '3' }), secret('other', 'app', {})];
  expect(historyOf(revisions, current, asIs)).toEqual([
    {
      object: { kind: 'Secret', namespace: 'other', name: 'app' },
      isPresent: true,
      revisions: [{ ...entry, id: '0', name: 'app.c2l-0', changedLater: [], removedLater: ['a'], lacks: [] }],
    },
    {
      object: { kind: 'Secret', namespace: 'shop', name: 'absent' },
      isPresent: false,
      revisions: [{ ...entry, id: '1', name: 'app.c2l-1', changedLater: [], removedLater: [], lacks: [] }],
    },
    {
      object: { kind: 'Secret', namespace: 'shop', name: 'app' },
      isPresent: true,
      revisions: [
        { ...entry, id: '3', name: 'app.c2l-3', changedLater: [], removedLater: ['a', 'b'], lacks: [] },
        { ...entry, id: '2', name: 'app.c2l-2', changedLater: ['a'], removedLater: ['b', 'gone'], lacks: [] },
        { ...entry, id: '1', name: 'app.c2l-1', changedLater: [], removedLater: [], lacks: [] },
      ],
    },
  ]);
});

describe('of what a write left alone', () => {
  const changes = [
    { key: 'b', change: 'ADD' as const },
    { key: 'c', change: 'REMOVE' as const },
  ];
  const one = revision('1', { a: '1', c: '1', d: '1' }, { changes, ...written({ b: '2' }) });
  const told = (now: Readonly<Record<string, string>>) => {
    const [entry] = historyOf([one], [secret('shop', 'app', now)], asIs)[0]!.revisions;
    return [entry?.changedLater, entry?.removedLater, entry?.lacks];
  };

  test.each([
    ['all as it was', { a: '1', b: '2', d: '1' }, [[], [], ['b']]],
    ['another value of both kinds', { a: 'x', b: 'x', d: '1' }, [['a', 'b'], [], ['b']]],
    ['both kinds removed', { d: '1' }, [[], ['a', 'b'], []]],
    ['what it removed is there again', { a: '1', b: '2', c: '1', d: '1' }, [[], [], ['b']]],
  ])('%s', (_, now, expected) => {
    expect(told(now)).toEqual(expected);
  });
});

test('a revision lacks what the stack requires or c2l put there since, as long as the Secret has it', () => {
  const stack = stackOf({ secrets: [{ name: 'app', keys: { own: { required: true }, free: { required: false } } }] });
  const revisions = [revision('2', { a: '1' }, { changes: [{ key: 'b', change: 'ADD' }] }), revision('1', { b: '1' })];
  const now = [secret('shop', 'app', { a: '1', b: '1', own: '1', free: '1', other: '1' })];
  const lacks = (entries = historyOf(revisions, now, asIs, stack)[0]!.revisions) => entries.map((each) => each.lacks);
  expect(lacks()).toEqual([
    ['b', 'own'],
    ['a', 'own'],
  ]);
  expect(lacks(historyOf(revisions, now, asIs)[0]!.revisions)).toEqual([['b'], ['a']]);
});

test('Secrets come by place and name, also those of which nothing is kept', () => {
  const others = [
    { namespace: 'shop', name: 'zoo' },
    { namespace: 'a', name: 'b' },
  ];
  expect(
    bySecret([revision('1', {})], others).map(({ object, kept }) => [object.namespace, object.name, kept.length]),
  ).toEqual([
    ['a', 'b', 0],
    ['shop', 'app', 1],
    ['shop', 'zoo', 0],
  ]);
});

test('of what is to go the newest of each key that the Secret lacks is told, with its keys in order', () => {
  const all = [
    revision('4', { z: '' }),
    revision('3', { b: '1', a: '1' }),
    revision('2', { a: '2', c: '2' }),
    revision('1', { d: '1' }),
  ];
  const current = secret('shop', 'app', { d: 'x' });
  const going = (...ids: readonly string[]) =>
    [
      ...lastHolders(
        all,
        all.filter(({ id }) => ids.includes(id)),
        { secret: current, placeholders: [] },
      ),
    ].map(([{ id }, keys]) => [id, keys]);
  expect(going('1', '2', '3', '4')).toEqual([
    ['3', ['a', 'b']],
    ['2', ['c']],
  ]);
  expect(going('2')).toEqual([['2', ['c']]]);
});

test('a Secret that c2l created again keeps the time at which it created it first', () => {
  const { metadata, ...rest } = secret('shop', 'app', { b: '', a: '' });
  const noted = (annotations: Readonly<Record<string, string>>): Pick<Secret, 'metadata'> => ({
    ...rest,
    metadata: { ...metadata, annotations: { 'c2l.dev/created-by': 'ann', ...annotations } },
  });
  const first = '2025-01-01T00:00:00Z';
  const added = { 'c2l.dev/key-added-at': JSON.stringify({ b: first, a: first, c: '2027-01-01T00:00:00Z' }) };
  expect(creationOf(noted(added))).toEqual({ createdAt: first, createdBy: 'ann', keys: ['a', 'b'] });
  expect(creationOf(noted({}))).toEqual({ createdAt: metadata.creationTimestamp, createdBy: 'ann', keys: [] });
  expect(creationOf({ metadata })).toBeUndefined();
  const own = { name: 'app', namespace: 'shop', annotations: { 'c2l.dev/created-by': 'ann' } };
  expect(creationOf({ metadata: own })).toEqual({ createdAt: '', createdBy: 'ann', keys: [] });
});

test('keys of a Secret that is created again changed with it', () => {
  expect(recreatedAnnotations(secret('shop', 'app', { a: '' }), ['a', 'b'])).toEqual({
    'c2l.dev/key-changed-at': '{"a":"creationTimestamp"}',
    'c2l.dev/key-added-at': '{"b":"creationTimestamp"}',
  });
});
