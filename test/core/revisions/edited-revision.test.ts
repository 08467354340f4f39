import { describe, expect, test } from '@jest/globals';

import { createFingerprints } from '../../../src/adapters/fingerprints.ts';
import type { Secret } from '../../../src/core/cluster/secret.ts';
import { readRevision } from '../../../src/core/revisions/kept-revision.ts';
import { marksOf, revisionName, revisionOf } from '../../../src/core/revisions/revision.ts';
import { SecretValue } from '../../../src/core/secrets/secret-value.ts';
import { secret, text } from '../../support/planning-world.ts';

const before = secret('shop', 'app', { token: text(8) });

/** Kept of a Secret, as the cluster gives it back. */
function kept(of: Secret): Secret {
  const fingerprints = createFingerprints(SecretValue.fromText('k'.repeat(32)));
  const written = { changes: [], values: new Map(), fingerprints };
  const at = new Date('2026-11-23T18:15:30.123Z');
  const { namespace, name, type, labels, annotations, data } = revisionOf(of, {
    at,
    operator: 'someone@laptop',
    version: '1.2.3',
    command: 'fix-secrets',
    ...written,
  });
  return {
    ...of,
    immutable: false,
    type,
    data,
    metadata: { namespace, name, uid: `uid-of-${name}`, labels, annotations },
  };
}

describe('a revision', () => {
  const uidOf = (name: string) => ({ apiVersion: 'v1', kind: 'App', name, uid: `uid-of-${name}` });
  const edited = (annotations: Readonly<Record<string, string>>): Secret => {
    const copy = kept(before);
    return { ...copy, metadata: { ...copy.metadata, annotations: { 'c2l.dev/secret-name': 'app', ...annotations } } };
  };

  test('of an immutable Secret holds all that there is of it', () => {
    const ownerReferences = [{ ...uidOf('one'), controller: true, blockOwnerDeletion: false }];
    const whole = { ...before, immutable: true, metadata: { ...before.metadata, ownerReferences } };
    const read = readRevision(kept(whole));
    expect(read).toMatchObject({ immutable: true, isReplaced: false, ownerReferences, uid: `uid-of-${read?.name}` });
    expect(read && marksOf(read, false)).toEqual({ labels: {}, annotations: {}, immutable: true, ownerReferences });
    expect(readRevision(kept(before))).toMatchObject({
      immutable: false,
      ownerReferences: [],
    });
  });

  test('of which nothing else is noted has what the server tells', () => {
    const bare = edited({});
    expect(
      readRevision({ ...bare, metadata: { ...bare.metadata, creationTimestamp: '2026-01-01T00:00:00Z' } }),
    ).toEqual({
      id: '20261123t181530123z',
      name: bare.metadata.name,
      namespace: 'shop',
      uid: `uid-of-${bare.metadata.name}`,
      secretName: 'app',
      secretType: 'Opaque',
      labels: {},
      annotations: {},
      ownerReferences: [],
      immutable: false,
      isReplaced: false,
      keptAt: '2026-01-01T00:00:00Z',
      createdAt: '2026-01-01T00:00:00Z',
      keptBy: '',
      version: '',
      command: '',
      changes: [],
      data: before.data,
      fingerprintKey: SecretValue.fromText('k'.repeat(32)),
      fingerprints: new Map(),
    });
    const { namespace, name, annotations = {} } = bare.metadata;
    expect(readRevision({ ...bare, metadata: { namespace, name, annotations } })).toMatchObject({
      uid: '',
      keptAt: '',
      createdAt: '',
    });
  });

  test.each([
    [7, {}, []],
    ['text', {}, []],
    [null, {}, []],
    [['a'], {}, []],
    [{ labels: ['a'], ownerReferences: 'b' }, {}, []],
    [{ labels: { a: '1', b: 2 }, immutable: 'true' }, { a: '1' }, []],
    [{ ownerReferences: [null, {}, { ...uidOf('a'), apiVersion: 1 }, { ...uidOf('b'), kind: 1 }] }, {}, []],
    [
      {
        ownerReferences: [
          { ...uidOf('a'), name: 1 },
          { ...uidOf('b'), uid: 1 },
        ],
      },
      {},
      [],
    ],
    [{ ownerReferences: [{ ...uidOf('a'), controller: 'x', more: 1 }] }, {}, [uidOf('a')]],
  ])('noted as %j is read as far as it can be', (noted, labels, ownerReferences) => {
    const read = readRevision(edited({ 'c2l.dev/secret-metadata': JSON.stringify(noted) }));
    expect([read?.labels, read?.ownerReferences, read?.immutable]).toStrictEqual([labels, ownerReferences, false]);
  });

  test('with lines of its plan that say nothing leaves those out', () => {
    const plan = [
      { key: 'a', change: 'ADD', source: 7 },
      { key: 3, change: 'ADD' },
      { key: 'b', change: 'KEEP', source: 's' },
    ];
    expect(readRevision(edited({ 'c2l.dev/plan': JSON.stringify(plan) }))?.changes).toStrictEqual([
      { key: 'a', change: 'ADD' },
      { key: 'b', change: 'KEEP', source: 's' },
    ]);
    expect(readRevision(edited({ 'c2l.dev/plan': '{}' }))?.changes).toEqual([]);
  });

  test('has a name of its own, by which it is told from other Secrets of that type', () => {
    const copy = kept(before);
    const named = (name: string) => readRevision({ ...copy, metadata: { ...copy.metadata, name } })?.id;
    expect(['app.c2l-1tz', 'app.c2l-1tz.more', 'app', 'appxc2l-1tz'].map(named)).toEqual([
      '1tz',
      undefined,
      undefined,
      undefined,
    ]);
    expect(revisionName(`${'a'.repeat(226)}-.-bc`, new Date(0))).toBe(`${'a'.repeat(226)}.c2l-19700101t000000000z`);
    expect(revisionName('a-.b', new Date(0))).toBe('a-.b.c2l-19700101t000000000z');
  });
});
