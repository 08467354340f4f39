import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import { PemConverter, SubjectAlternativeNameExtension, X509CertificateGenerator } from '@peculiar/x509';
import { describe, expect, test } from '@jest/globals';
import { toSecret } from '../../../src/adapters/kubernetes/kubernetes-secret.ts';
import type { Secret } from '../../../src/core/cluster/secret.ts';

function read(type: string, texts: Readonly<Record<string, string>>): Secret | undefined {
  const data = Object.fromEntries(
    Object.entries(texts).map(([key, text]) => [key, Buffer.from(text).toString('base64')]),
  );
  return toSecret({ metadata: { name: 's', namespace: 'shop' }, type, data });
}

describe('an image pull Secret', () => {
  const auth = btoa('user:word');
  const json = (auths: unknown): Record<string, string> => ({ '.dockerconfigjson': JSON.stringify({ auths }) });

  test.each<[string, string, Record<string, string>, unknown]>([
    [
      'of the new type',
      'dockerconfigjson',
      json({ 'a.test': { auth }, 'b.test': { username: 'u', password: 'p' } }),
      { state: 'readable', entries: ['a.test', 'b.test'] },
    ],
    [
      'of the old type',
      'dockercfg',
      { '.dockercfg': JSON.stringify({ 'a.test': { auth } }) },
      { state: 'readable', entries: ['a.test'] },
    ],
    [
      'that is no JSON',
      'dockerconfigjson',
      { '.dockerconfigjson': 'user:word' },
      { state: 'unreadable', why: 'its .dockerconfigjson is not a JSON object' },
    ],
    [
      'without its key',
      'dockerconfigjson',
      {},
      { state: 'unreadable', why: 'its .dockerconfigjson is not a JSON object' },
    ],
    [
      'that is another JSON',
      'dockerconfigjson',
      { '.dockerconfigjson': '{"a.test":{}}' },
      { state: 'unreadable', why: 'its .dockerconfigjson has no "auths"' },
    ],
    [
      'with what is no login',
      'dockerconfigjson',
      json({ 'a.test': { auth: '%%' } }),
      { state: 'unreadable', why: 'its entry for a.test is no user and password' },
    ],
  ])('%s', (_, type, texts, expected) => {
    const found = read(`kubernetes.io/${type}`, texts);
    expect(found?.pullCredentials).toEqual(expected);
    expect(JSON.stringify(found)).not.toContain(auth);
  });

  test('of another type is none', () => {
    expect(read('Opaque', json({}))?.pullCredentials).toBeUndefined();
  });
});

describe('a TLS Secret', () => {
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
  const notBefore = new Date('2026-01-01T00:00:00Z');
  const notAfter = new Date('2026-04-01T00:00:00Z');

  async function pair(): Promise<{ certificate: string; key: string }> {
    const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
    const made = await X509CertificateGenerator.createSelfSigned({
      name: 'CN=web.example.test',
      notBefore,
      notAfter,
      keys,
      signingAlgorithm: algorithm,
      extensions: [
        new SubjectAlternativeNameExtension([
          ...['WEB.example.test', '*.shop.test', 'a, DNS:b.test'].map((value) => ({ type: 'dns', value }) as const),
          { type: 'ip', value: '127.0.0.1' },
        ]),
      ],
    });
    const key = PemConverter.encode(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey), 'PRIVATE KEY');
    return { certificate: made.toString('pem'), key };
  }

  test('tells until when it is valid, for which hosts, and whether the key is its own', async () => {
    const [own, other] = await Promise.all([pair(), pair()]);
    const times = { notBefore: notBefore.toISOString(), notAfter: notAfter.toISOString() };
    const hosts = ['WEB.example.test', '*.shop.test'];
    const facts = (key: string): Secret['certificate'] =>
      read('kubernetes.io/tls', { 'tls.crt': own.certificate, 'tls.key': key })?.certificate;

    expect(facts(own.key)).toEqual({ state: 'readable', ...times, isPair: true, hosts });
    expect(facts(other.key)).toEqual({ state: 'readable', ...times, isPair: false, hosts });
    expect(facts('no key')).toEqual({ state: 'unreadable', what: 'key' });
    expect(read('kubernetes.io/tls', { 'tls.crt': 'none', 'tls.key': own.key })?.certificate).toEqual({
      state: 'unreadable',
      what: 'certificate',
    });
    expect(read('Opaque', { 'tls.crt': own.certificate })?.certificate).toBeUndefined();
  });
});
