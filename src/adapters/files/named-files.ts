import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';

import type { Clock } from '../../ports.ts';

/** Files that flags name, which a run may come to need or not. */
export interface NamedFiles {
  /** Of age identities. */
  readonly identity?: string | undefined;
  /** With the certificate of Sealed Secrets. */
  readonly sealCert?: string | undefined;
}

/** Throws as the reading of one would that is not what it is named as. A pipe can be read once only: it is left alone. */
export async function checkNamedFiles(
  { identity, sealCert }: NamedFiles,
  { cwd, clock }: { readonly cwd: string; readonly clock: Pick<Clock, 'now'> },
): Promise<void> {
  if (identity !== undefined && !(await isPipe(identity, cwd))) {
    const { readIdentities } = await import('../sources/age-file.ts');
    await readIdentities(identity, cwd);
  }
  if (sealCert !== undefined && !(await isPipe(sealCert, cwd))) {
    const { readSealingCertificate } = await import('../owners/sealing-certificate.ts');
    await readSealingCertificate(sealCert, cwd, clock.now());
  }
}

async function isPipe(file: string, cwd: string): Promise<boolean> {
  return stat(resolve(cwd, file)).then(
    (found) => !found.isFile() && !found.isDirectory(),
    () => false,
  );
}
