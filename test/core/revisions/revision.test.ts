import { describe, expect, test } from '@jest/globals';

import { createFingerprints } from '../../../src/adapters/fingerprints.ts';
import type { Secret } from '../../../src/core/cluster/secret.ts';
import type { PlannedKey } from '../../../src/core/fix/planned-secret.ts';
import { historyOf, lastHolders } from '../../../src/core/revisions/history.ts';
import { readRevision } from '../../../src/core/revisions/kept-revision.ts';
import {
  largestSecret,
  type Revision,
  type RevisionContext,
  revisionOf,
  revisionsIn,
  surplusRevisions,
} from '../../../src/core/revisions/revision.ts';
import { SecretValue } from '../../../src/core/secrets/secret-value.ts';
import { secret, text } from '../../support/planning-world.ts';

const changes: readonly PlannedKey[] = [
  { key: 'admin-password', change: 'ADD', source: 'env:backup.env' },
  { key: 'token', change: 'REMOVE' },
];
const written = new Map([['admin-password', SecretValue.fromText(text(20))]]);

function context(more: Partial<RevisionContext> = {}): RevisionContext {
  return {
    at: new Date('2026-11-23T18:15:30.123Z'),
    operator: 'someone@laptop',
    version: '1.2.3',
    command: 'fix-secrets',
    changes,
    values: written,
    fingerprints: createFingerprints(SecretValue.fromText('k'.repeat(32))),
    ...more,
  };
}

/** As the cluster gives it back. */
function stored({ namespace, name, type, labels, annotations, data }: Revision): Secret {
  const metadata = { namespace, name, uid: `uid-of-${name}`, labels, annotations };
  return { ...secret(namespace, name, {}), metadata, type, data };
}

describe('a revision', () => {
  const before = secret('shop', 'app', { token: text(8) });
  const tracked: Secret = {
    ...before,
    metadata: {
      ...before.metadata,
      labels: { app: 'shop' },
      annotations: { 'argocd.argoproj.io/tracking-id': 'shop:/Secret:shop/app' },
    },
  };

  test('gives back the data as it was, and who changed what', () => {
    const revision = revisionOf(tracked, context());
    expect(revision).toMatchObject({
      name: 'app.c2l-20261123t181530123z',
      type: 'c2l.dev/revision',
      labels: { 'c2l.dev/revision-of': 'app' },
    });
    expect(readRevision(stored(revision))).toMatchObject({
      id: '20261123t181530123z',
      secretName: 'app',
      secretType: 'Opaque',
      labels: { app: 'shop' },
      annotations: { 'argocd.argoproj.io/tracking-id': 'shop:/Secret:shop/app' },
      keptAt: '2026-11-23T18:15:30.123Z',
      keptBy: 'someone@laptop',
      version: '1.2.3',
      command: 'fix-secrets',
      changes,
      data: tracked.data,
    });
  });

  test('carries none of the marks by which Argo CD would take it for its own, and no value outside its data', () => {
    const { labels, annotations } = revisionOf(tracked, context());
    expect([...Object.keys(labels), ...Object.keys(annotations)]).toEqual(
      expect.not.arrayContaining([expect.stringMatching(/argocd/)]),
    );
    expect(Object.keys(annotations).every((name) => name.startsWith('c2l.dev/'))).toBe(true);
    expect(JSON.stringify(annotations)).not.toContain(text(8));
  });

  test('of a long name has a valid name and label', () => {
    const name = `${'a'.repeat(62)}.${'b'.repeat(190)}`;
    const revision = revisionOf(secret('shop', name, {}), context());
    expect(revision.name.length).toBeLessThanOrEqual(253);
    expect(revision.name).toMatch(/^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/);
    expect(revision.labels['c2l.dev/revision-of']).toBe('a'.repeat(62));
    expect(readRevision(stored(revision))?.secretName).toBe(name);
  });

  test('of a Secret as large as the API takes leaves the fingerprints out rather than the values', () => {
    const full = secret('shop', 'app', { token: text(largestSecret) });
    const revision = revisionOf(full, context());
    expect(revision.data).toEqual(full.data);
    expect(readRevision(stored(revision))?.fingerprints.size).toBe(0);
  });

  test.each([
    [
      'annotations that are no JSON',
      { 'c2l.dev/plan': '{', 'c2l.dev/fingerprints': '7', 'c2l.dev/secret-metadata': '' },
    ],
    ['a plan of something else', { 'c2l.dev/plan': '[{"key":3},{"key":"a","change":"EAT"},null]' }],
  ])('with %s still gives its values back', (_name, broken) => {
    const kept = stored(revisionOf(tracked, context()));
    const edited = {
      ...kept,
      metadata: { ...kept.metadata, annotations: { ...kept.metadata.annotations, ...broken } },
    };
    expect(readRevision(edited)).toMatchObject({ data: tracked.data, changes: [] });
  });

  test('is no longer one once nothing tells of what', () => {
    const kept = stored(revisionOf(tracked, context()));
    expect(readRevision({ ...kept, metadata: { ...kept.metadata, annotations: {} } })).toBeUndefined();
    expect(readRevision({ ...kept, type: 'Opaque' })).toBeUndefined();
  });
});

describe('of several revisions', () => {
  const at = (minute: number, value: string, more: Partial<RevisionContext> = {}): Secret =>
    stored(
      revisionOf(
        secret('shop', 'app', { token: value }),
        context({ at: new Date(Date.UTC(2026, 0, 1, 9, minute)), ...more }),
      ),
    );
  const minutes = (kept: readonly { keptAt: string }[]) => kept.map(({ keptAt }) => keptAt.slice(14, 16));

  test('the oldest beyond the limit are surplus, the oldest first', () => {
    const all = revisionsIn([at(3, 'c'), at(1, 'a'), at(4, 'd'), at(2, 'b')]);
    expect(minutes(all)).toEqual(['04', '03', '02', '01']);
    expect(minutes(surplusRevisions(all, 2))).toEqual(['01', '02']);
    expect(surplusRevisions(all, 4)).toEqual([]);
  });

  test('the server tells which is the newest, not the clock of who kept it', () => {
    const born = (revision: Secret, creationTimestamp: string): Secret => ({
      ...revision,
      metadata: { ...revision.metadata, creationTimestamp },
    });
    // Kept first by a machine that is ahead, and last by one that was set back.
    const all = revisionsIn([
      born(at(50, 'a'), '2026-01-01T09:01:00Z'),
      born(at(2, 'b'), '2026-01-01T09:02:00Z'),
      born(at(3, 'c'), '2026-01-01T09:02:00Z'),
      born(at(1, 'd'), '2026-01-01T09:03:00Z'),
    ]);
    expect(minutes(all)).toEqual(['01', '03', '02', '50']);
    expect(minutes(surplusRevisions(all, 1))).toEqual(['50', '02', '03']);
  });

  test('that of a write which never came is surplus: the next one holds the same', () => {
    const all = revisionsIn([at(1, 'a'), at(2, 'b'), at(3, 'b')]);
    expect(minutes(surplusRevisions(all, 10))).toEqual(['02']);
  });

  test('that of a write which came, and was undone since, is none: the Secret noted its time', () => {
    const kept = (minute: number, annotations = {}): Secret => {
      const lacking = secret('shop', 'app', { token: '' });
      const metadata = { ...lacking.metadata, annotations };
      const revision = stored(
        revisionOf({ ...lacking, metadata }, context({ at: new Date(Date.UTC(2026, 0, 1, 9, minute)) })),
      );
      const creationTimestamp = `2026-01-01T09:0${minute}:00Z`;
      return { ...revision, metadata: { ...revision.metadata, creationTimestamp } };
    };
    const noted = (minute: number) => ({ 'c2l.dev/key-added-at': `{"token":"2026-01-01T09:0${minute}:00Z"}` });
    const surplus = (...all: readonly Secret[]) => minutes(surplusRevisions(revisionsIn(all), 10));
    expect(surplus(kept(1), kept(2, noted(1)), kept(3, noted(2)))).toEqual([]);
    expect(surplus(kept(1), kept(2), kept(3, noted(2)))).toEqual(['01']);
  });

  test('a Secret that c2l created is in the history, with the keys and the time that it began with', () => {
    const annotations = {
      'c2l.dev/created-by': 'someone@laptop',
      'c2l.dev/key-added-at': '{"token":"creationTimestamp","later":"2026-01-01T09:05:00Z"}',
    };
    const { metadata, ...rest } = secret('shop', 'app', { token: 'a', later: 'b' });
    const created = { ...rest, metadata: { ...metadata, annotations } };
    const creation = { createdAt: metadata.creationTimestamp, createdBy: 'someone@laptop', keys: ['token'] };
    const object = { kind: 'Secret', namespace: 'shop', name: 'app' };
    const others = secret('shop', 'others', {});
    expect(historyOf([], [created, others], createFingerprints)).toEqual([
      { object, isPresent: true, creation, revisions: [] },
    ]);
  });

  test('the newest that holds a real value stays where the Secret has none', () => {
    const all = revisionsIn([at(1, 'a'), at(2, 'b'), at(3, 'CHANGE_ME')]);
    const staying = (now: Record<string, string> | undefined, keep = 0) => {
      const current = now === undefined ? undefined : secret('shop', 'app', now);
      const found = lastHolders(all, surplusRevisions(all, keep), { secret: current, placeholders: ['CHANGE_ME'] });
      return [...found].map(([{ keptAt }, keys]) => `${keptAt.slice(14, 16)} ${keys.join()}`);
    };
    const lacking = [undefined, {}, { token: '' }, { token: 'CHANGE_ME' }].map((now) => staying(now));
    expect(lacking).toEqual([['02 token'], ['02 token'], ['02 token'], ['02 token']]);
    expect([staying({ token: 'c' }), staying({}, 2)]).toEqual([[], []]);
    expect(staying({}, 1)).toEqual(['02 token']);
  });

  test('the history names the keys that something else changed after c2l', () => {
    const values = (value: string) => new Map([['token', SecretValue.fromText(value)]]);
    const all = [at(1, 'a', { values: values('b') }), at(2, 'b', { values: values('c') })];
    const now = (value: string) => [secret('shop', 'app', { token: value })];
    const drift = (value: string) =>
      historyOf(revisionsIn(all), now(value), createFingerprints)[0]?.revisions.map(({ changedLater }) => changedLater);
    expect(drift('c')).toEqual([[], []]);
    expect(drift('z')).toEqual([['token'], []]);
  });
});
