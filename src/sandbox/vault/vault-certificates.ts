// The library's decorators look for this when it is loaded.
import 'reflect-metadata';
import { createPrivateKey, webcrypto } from 'node:crypto';
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509CertificateGenerator,
} from '@peculiar/x509';

/** A certificate authority that lives as long as the process at most, and a vault's certificate from it. */
export interface VaultCertificates {
  readonly caPem: string;
  readonly certPem: string;
  readonly keyPem: string;
}

const dayMs = 24 * 60 * 60 * 1000;
const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };

/** Made anew each time: no private key is shipped, and no trust outlives the process. */
export async function createVaultCertificates(now: Date): Promise<VaultCertificates> {
  const [authorityKeys, vaultKeys] = await Promise.all([keyPair(), keyPair()]);
  const validity = {
    notBefore: new Date(now.getTime() - dayMs),
    notAfter: new Date(now.getTime() + 90 * dayMs),
    signingAlgorithm: algorithm,
  };
  const authority = await X509CertificateGenerator.createSelfSigned({
    ...validity,
    name: 'CN=c2l sandbox CA',
    keys: authorityKeys,
    extensions: [
      new BasicConstraintsExtension(true, undefined, true),
      new KeyUsagesExtension(KeyUsageFlags.keyCertSign, true),
      await SubjectKeyIdentifierExtension.create(authorityKeys.publicKey),
    ],
  });
  const vault = await X509CertificateGenerator.create({
    ...validity,
    issuer: authority.subject,
    subject: 'CN=c2l sandbox vault',
    publicKey: vaultKeys.publicKey,
    signingKey: authorityKeys.privateKey,
    extensions: [
      await AuthorityKeyIdentifierExtension.create(authorityKeys.publicKey),
      new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth]),
      new SubjectAlternativeNameExtension([
        { type: 'ip', value: '127.0.0.1' },
        { type: 'dns', value: 'localhost' },
        // For clients that insist on a vault's own name, and are led here by a proxy of theirs.
        { type: 'dns', value: '*.vault.azure.net' },
      ]),
    ],
  });
  return {
    caPem: authority.toString('pem'),
    certPem: vault.toString('pem'),
    keyPem: await privateKeyPem(vaultKeys.privateKey),
  };
}

function keyPair(): Promise<webcrypto.CryptoKeyPair> {
  return webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
}

async function privateKeyPem(key: webcrypto.CryptoKey): Promise<string> {
  const der = await webcrypto.subtle.exportKey('pkcs8', key);
  return createPrivateKey({ key: Buffer.from(der), format: 'der', type: 'pkcs8' }).export({
    type: 'pkcs8',
    format: 'pem',
  }) as string;
}
