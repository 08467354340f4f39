import { beforeAll, describe, expect, test } from '@jest/globals';

import { tlsPairProblem } from '../../src/adapters/tls-pair.ts';
import { SecretValue } from '../../src/core/secrets/secret-value.ts';
import { createVaultCertificates } from '../../src/sandbox/vault/vault-certificates.ts';

interface Pair {
  readonly certificate: SecretValue;
  readonly key: SecretValue;
}

async function pair(): Promise<Pair> {
  const { certPem, keyPem } = await createVaultCertificates(new Date());
  return { certificate: SecretValue.fromText(certPem), key: SecretValue.fromText(keyPem) };
}

describe('a certificate and a key', () => {
  let one: Pair;
  let other: Pair;
  const junk = SecretValue.fromText('neither of both');

  beforeAll(async () => {
    [one, other] = await Promise.all([pair(), pair()]);
  });

  test('of one pair serve together', () => {
    expect(tlsPairProblem(one.certificate, one.key)).toBeUndefined();
  });

  test('of two pairs do not', () => {
    expect(tlsPairProblem(one.certificate, other.key)).toBe('tls.key does not belong to tls.crt');
  });

  test('that are none are told apart, and nothing of them is quoted', () => {
    expect(tlsPairProblem(junk, one.key)).toBe('tls.crt is no PEM certificate');
    expect(tlsPairProblem(one.certificate, junk)).toMatch(/^tls.key is no PEM private key/);
  });
});
