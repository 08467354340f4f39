import { expect, test } from '@jest/globals';

import type { SecretPlan } from '../../src/core/plan-secrets.ts';
import { SecretValue } from '../../src/core/secret-value.ts';
import { refuseBrokenPairs } from '../../src/shell/rehearse-writes.ts';
import type { Session } from '../../src/shell/session.ts';
import { secret } from '../support/planning-world.ts';

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

test.each([
  ['of another type', plan('Opaque', { 'tls.crt': 'a certificate' })],
  ['that has only one of both', plan('kubernetes.io/tls', {})],
  ['that is left as it is', { ...plan('kubernetes.io/tls', { 'tls.crt': 'a certificate' }), action: 'none' as const }],
])('a Secret %s is none of its business', (_name, other) => {
  refuseBrokenPairs(session, [other]);
});
