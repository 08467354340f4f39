// The library's decorators look for this when it is loaded.
import 'reflect-metadata';
import { X509CertificateGenerator } from '@peculiar/x509';
import { createPrivateKey, KeyObject, webcrypto } from 'node:crypto';

import type { NewObject } from '../../src/sandbox/store/stored-object.ts';

export interface SealingKey {
  /** As the controller shows it. */
  readonly certificate: string;
  /** As the controller keeps it. */
  readonly secret: NewObject;
}

export async function sealingKey(notAfter = new Date(Date.now() + 86_400_000)): Promise<SealingKey> {
  const algorithm = {
    name: 'RSASSA-PKCS1-v1_5',
    hash: 'SHA-256',
    modulusLength: 2048,
    publicExponent: new Uint8Array([1, 0, 1]),
  };
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const certificate = await X509CertificateGenerator.createSelfSigned({
    name: 'CN=sealed-secrets',
    keys,
    signingAlgorithm: algorithm,
    notBefore: new Date(0),
    notAfter,
  });
  const key = createPrivateKey(KeyObject.from(keys.privateKey).export({ type: 'pkcs8', format: 'pem' }));
  const pem = certificate.toString('pem');
  const encoded = (text: string): string => Buffer.from(text).toString('base64');
  return {
    certificate: pem,
    secret: {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'sealing-key', labels: { 'sealedsecrets.bitnami.com/sealed-secrets-key': 'active' } },
      type: 'kubernetes.io/tls',
      data: { 'tls.crt': encoded(pem), 'tls.key': encoded(key.export({ type: 'pkcs8', format: 'pem' }).toString()) },
    },
  };
}
