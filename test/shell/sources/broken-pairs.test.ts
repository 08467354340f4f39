import { expect, test } from '@jest/globals';

import type { SecretPlan } from '../../../src/core/fix/plan-secrets.ts';
import { SecretValue } from '../../../src/core/secrets/secret-value.ts';
import { refuseBrokenPairs } from '../../../src/shell/fix/rehearse-writes.ts';
import type { Session } from '../../../src/shell/session.ts';
import { secret } from '../../support/planning-world.ts';

const session = { deps: { tlsPairProblem: () => 'tls.key does not belong to tls.crt' } } as unknown as Session;

function plan(type: string, before: Readonly<Record<string, string>>): SecretPlan {
  return {
    object: { kind: 'Secret', namespace: 'shop', name: 'site' },
    action: 'patch',
    keys: [{ key: 'tls.key', change: 'ADD' }],
    current: { ...secret('shop', 'site', before), type },
    type,
    values: new Map([['tls.key', SecretValue.fromText('a key')]]),
  };
}

test('a key that does not belong to the certificate that is there is refused before anything is written', () => {
  expect(() => {
    refuseBrokenPairs(session, [plan('kubernetes.io/tls', { 'tls.crt': 'a certificate' })]);
  }).toThrow('Secret shop/site: tls.key does not belong to tls.crt; nothing was changed');
});

const [certificate, key] = ['a certificate', 'a key'].map((text) => SecretValue.fromText(text));

function pairFrom(...[crt, own]: readonly [crt: string, key: string]): SecretPlan {
  return {
    object: { kind: 'Secret', namespace: 'shop', name: 'site' },
    action: 'create',
    keys: [
      { key: 'tls.crt', change: 'ADD', source: crt },
      { key: 'tls.key', change: 'ADD', source: own },
    ],
    current: undefined,
    type: 'kubernetes.io/tls',
    values: new Map([
      ['tls.crt', certificate!],
      ['tls.key', key!],
    ]),
  };
}

test.each([
  [pairFrom('revision 7', 'revision 7'), ' in revision 7;', 'c2l history site -n shop'],
  [pairFrom('env:a', 'revision (kept then)'), ' in env:a and revision (kept then);', 'c2l history site -n shop'],
  [plan('kubernetes.io/tls', { 'tls.crt': 'a certificate' }), ';', expect.stringMatching(/--overwrite/)],
])('a pair that is wrong where it comes from is told with its place, and what helps (%#)', (wrong, where, hint) => {
  let thrown: unknown;
  try {
    refuseBrokenPairs(session, [wrong]);
  } catch (error) {
    thrown = error;
  }
  expect(thrown).toMatchObject({
    message: expect.stringContaining(`tls.key does not belong to tls.crt${where}`),
    hint,
  });
});

test.each([
  ['of another type', plan('Opaque', { 'tls.crt': 'a certificate' })],
  ['that has only one of both', plan('kubernetes.io/tls', {})],
  ['that is left as it is', { ...plan('kubernetes.io/tls', { 'tls.crt': 'a certificate' }), action: 'none' as const }],
])('a Secret %s is none of its business', (_name, other) => {
  refuseBrokenPairs(session, [other]);
});
