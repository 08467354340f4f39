import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { createSandboxFolder } from './host-sandbox.ts';
import type { RunningVault } from './ports.ts';
import { freshSecretValues, registryCredentials } from './sandbox/scenario/scenario-values.ts';
import { startVault } from './sandbox/vault/vault.ts';

/** The sandbox's vault without a cluster, for any client that speaks to Azure Key Vault. */
export async function hostVault(): Promise<RunningVault> {
  const folder = await createSandboxFolder();
  const secrets = { ...Object.fromEntries(freshSecretValues()), 'regcred-dockerconfigjson': registryCredentials() };
  const vault = await startVault({ secrets });
  const caPath = join(folder.path, 'ca.pem');
  await writeFile(caPath, vault.caPem, { mode: 0o600 });
  const { url, identityEndpoint, identityHeader } = vault;
  return {
    url,
    caPath,
    identityEndpoint,
    identityHeader,
    close: async () => {
      await vault.close();
      await folder.remove();
    },
  };
}
