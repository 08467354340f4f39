import { createPrivateKey, X509Certificate } from 'node:crypto';

import type { SecretValue } from '../core/secrets/secret-value.ts';

/** Why a certificate and a key cannot serve together, in words that quote neither; undefined where they can. */
export function tlsPairProblem(certificate: SecretValue, key: SecretValue): string | undefined {
  const leaf = attempt(() => new X509Certificate(certificate.reveal()));
  if (leaf === undefined) return 'tls.crt is no PEM certificate';
  const privateKey = attempt(() => createPrivateKey(key.reveal()));
  if (privateKey === undefined) return 'tls.key is no PEM private key, or one with a passphrase';
  return leaf.checkPrivateKey(privateKey) ? undefined : 'tls.key does not belong to tls.crt';
}

/** The libraries' own messages may quote what they were given. */
function attempt<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
