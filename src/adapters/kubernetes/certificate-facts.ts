import { createPrivateKey, X509Certificate } from 'node:crypto';
import type { CertificateFacts } from '../../core/cluster/secret-contents.ts';
import type { SecretValue } from '../../core/secrets/secret-value.ts';

/** Reads the first certificate of a chain and its key; nothing of the key leaves this function. */
export function certificateFacts(data: ReadonlyMap<string, SecretValue>): CertificateFacts | undefined {
  const chain = data.get('tls.crt')?.reveal();
  const key = data.get('tls.key')?.reveal();
  if (chain === undefined || key === undefined || chain === '' || key === '') return undefined;
  const certificate = attempt(() => new X509Certificate(chain));
  if (certificate === undefined) return { state: 'unreadable', what: 'certificate' };
  const privateKey = attempt(() => createPrivateKey(key));
  if (privateKey === undefined) return { state: 'unreadable', what: 'key' };
  return {
    state: 'readable',
    notBefore: new Date(certificate.validFrom).toISOString(),
    notAfter: new Date(certificate.validTo).toISOString(),
    isPair: certificate.checkPrivateKey(privateKey),
    hosts: hostsOf(certificate.subjectAltName ?? ''),
  };
}

/** A name with a comma or the like is quoted there, and is no host's. */
function hostsOf(alternatives: string): string[] {
  return alternatives.split(', ').flatMap((each) => /^DNS:([^"]+)$/.exec(each)?.[1] ?? []);
}

/** The library says what it cannot read by throwing, with the text in its words. */
function attempt<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
