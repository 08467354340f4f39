import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { SandboxOptions } from './ports.ts';
import { startSandbox } from './sandbox/sandbox.ts';

/** Written by `hostSandbox`: how the Azure library finds the sandbox's managed identity, as it would in Azure. */
type Environment = Record<string, string | undefined>;

/** A sandbox with the files that programs outside of it need, in a folder of its own that goes away with it. */
export interface HostedSandbox {
  readonly url: string;
  readonly kubeconfigText: string;
  readonly kubeconfigPath: string;
  readonly envBackupPath: string;
  readonly vault: { readonly url: string; readonly caPem: string };
  close(): Promise<void>;
}

export async function hostSandbox(options: SandboxOptions, env: Environment): Promise<HostedSandbox> {
  const sandbox = await startSandbox({ scenario: options.scenario, speed: options.speed });
  const folder = await mkdtemp(join(tmpdir(), 'c2l-sandbox-'));
  const kubeconfigPath = join(folder, 'kubeconfig');
  const envBackupPath = join(folder, 'backup.env');
  await writeFile(kubeconfigPath, sandbox.kubeconfig, { mode: 0o600 });
  await writeFile(envBackupPath, sandbox.envBackupText, { mode: 0o600 });
  env['IDENTITY_ENDPOINT'] = sandbox.vault.identityEndpoint;
  env['IDENTITY_HEADER'] = sandbox.vault.identityHeader;

  return {
    url: sandbox.url,
    kubeconfigText: sandbox.kubeconfig,
    kubeconfigPath,
    envBackupPath,
    vault: sandbox.vault,
    close: async () => {
      await sandbox.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
