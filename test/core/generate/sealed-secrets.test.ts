import { describe, expect, test } from '@jest/globals';

import { Commented } from '../../../src/core/generate/generated-file.ts';
import { sealedKeys, sealedSecretFile, withoutSealed } from '../../../src/core/generate/sealed-secrets.ts';
import { stackOf } from '../../support/builders.ts';

const stack = stackOf({ secrets: [{ name: 'app', keys: { token: {} } }] });
const [secret] = stack.secrets;
const sealed = new Map([
  ['token', 'AgT'],
  ['password', 'AgP'],
]);

function file(scope: 'strict' | 'namespace-wide' | 'cluster-wide') {
  if (secret === undefined) throw new Error('no Secret');
  const made = sealedSecretFile(stack, secret, { scope, sealed });
  if (!('documents' in made)) throw new Error('no documents');
  return made;
}

describe('a generated SealedSecret', () => {
  const annotations = {
    'argocd.argoproj.io/sync-wave': '-1',
    'argocd.argoproj.io/sync-options': new Commented(
      'The Secret goes with this object, so that Argo CD asks before it takes it away.',
      'Prune=confirm,Delete=confirm',
    ),
  };
  const managed = new Commented('A Secret that was put back from a backup is taken on again.', 'true');

  test('holds what was sealed in the order of the keys, and goes before what needs it', () => {
    const { documents, ...rest } = file('strict');
    expect(rest).toEqual({
      path: 'shop.app.yaml',
      comment:
        'Secret shop/app of stack shop, readable for the Sealed Secrets controller of one cluster alone. A Secret of that name that is there already is left as it is: c2l migrate app --to sealed-secrets hands it over.',
      use: 'apply',
    });
    expect(documents).toEqual([
      {
        apiVersion: 'bitnami.com/v1alpha1',
        kind: 'SealedSecret',
        metadata: { name: 'app', namespace: 'shop', annotations },
        spec: {
          encryptedData: { password: 'AgP', token: 'AgT' },
          template: {
            metadata: { name: 'app', namespace: 'shop', annotations: { 'sealedsecrets.bitnami.com/managed': managed } },
            type: 'Opaque',
          },
        },
      },
    ]);
    const [{ spec }] = documents as unknown as readonly [{ spec: { encryptedData: object } }];
    expect(Object.keys(spec.encryptedData)).toEqual(['password', 'token']);
  });

  test.each(['namespace-wide', 'cluster-wide'] as const)(
    'says of a %s one that it is, so that the controller can read it',
    (scope) => {
      const wide = { [`sealedsecrets.bitnami.com/${scope}`]: 'true' };
      expect(file(scope).documents).toMatchObject([
        {
          metadata: { annotations: { ...annotations, ...wide } },
          spec: { template: { metadata: { annotations: { 'sealedsecrets.bitnami.com/managed': managed, ...wide } } } },
        },
      ]);
    },
  );
});

describe('a file that was sealed', () => {
  const value = 'Ag'.padEnd(344, 'x');
  const text = [
    `    token: ${value}==`,
    `    'on': '${value}'`,
    '    note: short',
    `    "quoted": ${value}`,
    `    bad key: ${value}`,
  ].join('\n');

  test('is compared without what is random in it', () => {
    expect(withoutSealed(text).split('\n').slice(0, 3)).toEqual([
      '    token: SEALED',
      "    'on': SEALED",
      '    note: short',
    ]);
  });

  test('tells which keys it holds', () => {
    expect([...sealedKeys(text)]).toEqual(['token', 'on']);
    expect([...sealedKeys(`token: ${'x'.repeat(400)}`)]).toEqual([]);
    expect([...sealedKeys(`  token: ${'x'.repeat(339)}`)]).toEqual([]);
    expect([...sealedKeys(`  token: ${'x'.repeat(340)}`)]).toEqual(['token']);
  });
});
