import { expect, test } from '@jest/globals';

import { promisedSecrets } from '../../../src/adapters/manifests/promised-secrets.ts';
import { applyOrder } from '../../../src/core/bootstrap/apply-order.ts';
import type { Manifest } from '../../../src/core/manifests/manifests.ts';
import { stackOf } from '../../support/builders.ts';

function externalSecret(creationPolicy: string): Manifest {
  const name = creationPolicy.toLowerCase();
  const promises = promisedSecrets('external-secrets.io', 'ExternalSecret', {
    name,
    spec: { target: { creationPolicy } },
  });
  const fields = { apiVersion: 'external-secrets.io/v1', kind: 'ExternalSecret', metadata: { name } };
  const place = { file: 'a.yaml', line: 1, fingerprint: name, lineOf: () => 1 };
  return {
    ...place,
    kind: 'ExternalSecret',
    name,
    namespace: 'shop',
    fields,
    content: { as: 'promises', promises: promises ?? [] },
  };
}

test('a Secret is promised only by what creates it: one that merges waits for the Secret itself', () => {
  const { promised, first } = applyOrder(['Owner', 'Orphan', 'Merge', 'None'].map(externalSecret), stackOf({}));
  expect(promised.map(({ name }) => name)).toEqual(['owner', 'orphan']);
  expect(first.map(({ name }) => name)).toEqual(['owner', 'orphan', 'merge', 'none']);
});
