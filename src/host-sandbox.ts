import { mkdir, lstat, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { hostname, tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { kill, pid } from 'node:process';

import type { SandboxOptions } from './ports.ts';
import { startSandbox } from './sandbox/sandbox.ts';
import { listShipped, readShipped } from './shipped-files.ts';

/** Written by `hostSandbox`: how the Azure library finds the sandbox's managed identity, as it would in Azure. */
type Environment = Record<string, string | undefined>;

/** A sandbox with the files that programs outside of it need, in a folder of its own that goes away with it. */
export interface HostedSandbox {
  readonly url: string;
  readonly kubeconfigText: string;
  readonly kubeconfigPath: string;
  readonly envBackupPath: string;
  /** The folder with the manifests of the sandbox's stack. */
  readonly manifestsPath: string;
  readonly vault: { readonly url: string; readonly caPem: string };
  close(): Promise<void>;
}

export async function hostSandbox(options: SandboxOptions, env: Environment): Promise<HostedSandbox> {
  const sandbox = await startSandbox({ scenario: options.scenario, speed: options.speed });
  const folder = await createSandboxFolder();
  const kubeconfigPath = join(folder.path, 'kubeconfig');
  const envBackupPath = join(folder.path, 'backup.env');
  await writeFile(kubeconfigPath, sandbox.kubeconfig, { mode: 0o600 });
  await writeFile(envBackupPath, sandbox.envBackupText, { mode: 0o600 });
  env['IDENTITY_ENDPOINT'] = sandbox.vault.identityEndpoint;
  env['IDENTITY_HEADER'] = sandbox.vault.identityHeader;

  return {
    url: sandbox.url,
    kubeconfigText: sandbox.kubeconfig,
    kubeconfigPath,
    envBackupPath,
    manifestsPath: await writeManifests('cloudtolocalllm', folder.path),
    vault: sandbox.vault,
    close: async () => {
      await sandbox.close();
      await folder.remove();
    },
  };
}

/** As files, for whoever applies them: in the single executable they are none. */
async function writeManifests(stack: string, folder: string): Promise<string> {
  const path = join(folder, 'manifests');
  await mkdir(path);
  const shipped = `manifests/${stack}`;
  await Promise.all(listShipped(shipped).map((file) => writeFile(join(path, file), readShipped(`${shipped}/${file}`))));
  return path;
}

const folderPrefix = 'c2l-sandbox-';

/** A folder for files with values in them; those that earlier runs could not take away go first. */
export async function createSandboxFolder(): Promise<{ readonly path: string; remove(): Promise<void> }> {
  await removeOrphans();
  const path = await mkdtemp(join(tmpdir(), folderPrefix));
  // First of all, so that a folder with values in it always tells whose it is.
  await writeFile(join(path, 'owner'), `${pid} ${hostname()}`, { mode: 0o600 });
  return { path, remove: () => rm(path, { recursive: true, force: true }) };
}

/** A run that was killed could not take its folder with it, nor the values in that. */
async function removeOrphans(): Promise<void> {
  const names = (await readdir(tmpdir())).filter((name) => name.startsWith(folderPrefix));
  await Promise.all(
    names.map(async (name) => {
      const folder = join(tmpdir(), name);
      if (await isOrphan(folder)) await rm(folder, { recursive: true, force: true });
    }),
  );
}

/** Certain only of this user's folders, made on this machine: containers may share the folder and not their processes. */
async function isOrphan(folder: string): Promise<boolean> {
  try {
    const stats = await lstat(folder);
    if (!stats.isDirectory() || stats.uid !== userInfo().uid) return false;
    const [owner = '', host] = (await readFile(join(folder, 'owner'), 'utf8')).split(' ');
    return host === hostname() && /^\d+$/.test(owner) && !isAlive(Number(owner));
  } catch {
    return false;
  }
}

function isAlive(owner: number): boolean {
  try {
    return kill(owner, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}
