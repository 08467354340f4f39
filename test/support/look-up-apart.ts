import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';

import type { AzureKeyVaultOptions } from '../../src/adapters/azure/azure-key-vault-connection.ts';
import { openAzureKeyVault } from '../../src/adapters/azure/azure-key-vault-source.ts';
import type { SourceAnswer } from '../../src/value-ports.ts';

interface LookUp {
  readonly url: string;
  readonly options: AzureKeyVaultOptions;
}

/**
 * Asks a vault for one value in modules and an environment of its own: the library keeps a token, and the address that it
 * was first told to ask for one, for as long as it is loaded.
 */
export async function lookUpApart(lookUp: LookUp, env: Readonly<Record<string, string>>): Promise<unknown> {
  const execArgv = ['--require', fileURLToPath(new URL('register-typescript.cjs', import.meta.url))];
  const worker = new Worker(new URL(import.meta.url), { workerData: lookUp, env, execArgv });
  const [answers] = (await once(worker, 'message')) as [readonly SourceAnswer[]];
  await worker.terminate();
  return answers;
}

if (!isMainThread) {
  const { url, options } = workerData as LookUp;
  const wanted = { namespace: 'shop', secret: 'app', key: 'k', envName: 'K', azureKeyVaultName: 'plain' };
  const source = openAzureKeyVault(url, options);
  parentPort?.postMessage(await source.lookUp([wanted], new AbortController().signal));
}
