import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';

import { OperatorError } from '../../errors.ts';
import { fileTrouble } from '../files/file-trouble.ts';

/** A certificate that values can be sealed with, from a file. Throws `source-unreadable` or `source-invalid`. */
export async function readSealingCertificate(path: string, cwd: string, now: Date): Promise<string> {
  const text = await readFile(resolve(cwd, path), 'utf8').catch((error: unknown) => {
    throw new OperatorError('source-unreadable', `certificate ${path} cannot be read: ${fileTrouble(error)}`, {
      hint: 'kubeseal --fetch-cert > cert.pem, or leave --seal-cert away',
    });
  });
  return checkSealingCertificate(text, path, now);
}

/** Refuses what is none, and one that has ended: what is sealed with it the controller would still open, and nobody renew. */
export function checkSealingCertificate(text: string, place: string, now: Date): string {
  const certificate = parsed(text);
  if (certificate === undefined) {
    throw new OperatorError('source-invalid', `${place} holds no certificate in PEM form`, {
      hint: 'kubeseal --fetch-cert > cert.pem, then --seal-cert cert.pem',
    });
  }
  const ends = new Date(certificate.validTo);
  if (ends > now) return text;
  throw new OperatorError(
    'source-invalid',
    `the certificate of ${place} ended at ${ends.toISOString().slice(0, 19)}Z, and kubeseal takes none that has ended`,
    { hint: 'leave --seal-cert away to ask the controller for its newest, which it makes every 30 days' },
  );
}

function parsed(text: string): X509Certificate | undefined {
  try {
    return new X509Certificate(text);
  } catch {
    return undefined;
  }
}
