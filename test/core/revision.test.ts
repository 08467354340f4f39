import { expect, test } from '@jest/globals';

import { revisionOf } from '../../src/core/revision.ts';
import { secret, text } from '../support/planning-world.ts';

const context = {
  at: new Date('2026-11-23T18:15:30.123Z'),
  operator: 'someone@laptop',
  version: '1.2.3',
  command: 'fix-secrets',
  changedKeys: ['admin-password', 'token'],
};

test('a revision holds the data as it was, and who changed what', () => {
  const before = secret('shop', 'app', { token: text(8) });
  const tracked = {
    ...before,
    metadata: { ...before.metadata, annotations: { 'argocd.argoproj.io/tracking-id': 'shop:/Secret:shop/app' } },
  };
  const revision = revisionOf(tracked, context);
  expect(revision).toEqual({
    namespace: 'shop',
    name: 'app.c2l-20261123t181530123z',
    type: 'c2l.dev/revision',
    labels: { 'c2l.dev/revision-of': 'app' },
    annotations: {
      'c2l.dev/secret-name': 'app',
      'c2l.dev/secret-type': 'Opaque',
      'c2l.dev/kept-at': '2026-11-23T18:15:30.123Z',
      'c2l.dev/kept-by': 'someone@laptop',
      'c2l.dev/version': '1.2.3',
      'c2l.dev/command': 'fix-secrets',
      'c2l.dev/changed-keys': 'admin-password,token',
    },
    data: tracked.data,
  });
});

test('a long name gives a valid name and label', () => {
  const name = `${'a'.repeat(62)}.${'b'.repeat(190)}`;
  const revision = revisionOf(secret('shop', name, {}), context);
  expect(revision.name.length).toBeLessThanOrEqual(253);
  expect(revision.name).toMatch(/^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/);
  expect(revision.labels['c2l.dev/revision-of']).toBe('a'.repeat(62));
  expect(revision.annotations['c2l.dev/secret-name']).toBe(name);
});
