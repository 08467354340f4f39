import { constants, createDecipheriv, privateDecrypt } from 'node:crypto';

/** `NAMESPACE/NAME`, `NAMESPACE` or nothing: part of the encryption, so that a value cannot be moved elsewhere. */
export type SealedLabel = string;

/** Why a SealedSecret did not become a Secret. */
export class UnsealProblem extends Error {
  readonly reason: 'ErrUnsealFailed' | 'ErrUpdateFailed';
  /** What its condition says. */
  readonly told: string;

  constructor(reason: UnsealProblem['reason'], message: string, told: string) {
    super(message);
    this.reason = reason;
    this.told = told;
  }
}

const tagBytes = 16;

/**
 * Opens what `kubeseal` sealed with one of the keys, given as PEM, and gives it back as base64. Sealed is a session key
 * by RSA-OAEP behind two bytes of its length, and the value by AES-GCM with that key and a nonce of zeros.
 */
export function unseal(sealed: string, privateKeys: readonly string[], label: SealedLabel, key: string): string {
  const bytes = Buffer.from(sealed, 'base64');
  const end = bytes.length < 2 ? 2 : 2 + bytes.readUInt16BE(0);
  for (const privateKey of privateKeys) {
    try {
      const session = privateDecrypt(
        {
          key: privateKey,
          padding: constants.RSA_PKCS1_OAEP_PADDING,
          oaepHash: 'sha256',
          oaepLabel: Buffer.from(label),
        },
        bytes.subarray(2, end),
      );
      const decipher = createDecipheriv('aes-256-gcm', session, Buffer.alloc(12));
      decipher.setAuthTag(bytes.subarray(-tagBytes));
      return Buffer.concat([decipher.update(bytes.subarray(end, -tagBytes)), decipher.final()]).toString('base64');
    } catch {
      // Sealed for another key, place or name: the next key may open it.
    }
  }
  const message = `no key could decrypt secret (${key})`;
  throw new UnsealProblem('ErrUnsealFailed', `Failed to unseal: ${message}`, message);
}
