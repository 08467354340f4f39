import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { startSandbox, type Sandbox } from '../../src/sandbox/sandbox.ts';
import type { StoredObject } from '../../src/sandbox/store/stored-object.ts';
import { start } from '../support/built-program.ts';
import { home, median } from './measure.ts';
import type { Row } from './rows.ts';
import { bareRequests, longWay, timed } from './vault.ts';

const namespace = 'cloudtolocalllm';
const secretName = 'cloudtolocalllm-secrets';

/** Writes what the program needs to reach both, and gives its environment. */
function environment({ kubeconfig, vault, envBackupText }: Sandbox): Record<string, string> {
  writeFileSync(join(home, 'kubeconfig'), kubeconfig, { mode: 0o600 });
  writeFileSync(join(home, 'ca.pem'), vault.caPem);
  writeFileSync(join(home, 'backup.env'), envBackupText, { mode: 0o600 });
  return {
    IDENTITY_ENDPOINT: vault.identityEndpoint,
    IDENTITY_HEADER: vault.identityHeader,
    NODE_EXTRA_CA_CERTS: join(home, 'ca.pem'),
  };
}

/**
 * A repair with the values of a vault that is some way off: from the start of the program to the write, less what the
 * vault's own requests take. And what a run costs that uses the Azure libraries beside one that does not.
 */
export async function writtenRows(pairs: number): Promise<Row[]> {
  let writtenAt = 0;
  const sandbox = await startSandbox({
    scenario: 'incident',
    speed: 1,
    onRequest: ({ method, path }) => {
      if (method === 'PATCH' && path.includes(`/secrets/${secretName}`) && !path.includes('dryRun')) {
        writtenAt = performance.now();
      }
    },
  });
  const env = environment(sandbox);
  // The one that the incident's vault lacks.
  sandbox.vault.set('admin-password', 'a'.repeat(24));
  const way = await longWay(sandbox.vault.url);
  const broken = sandbox.store.get('secrets', namespace, secretName) as StoredObject;
  const run = async (...argv: string[]): Promise<void> => {
    const where = ['--kubeconfig', join(home, 'kubeconfig'), '-n', namespace];
    const { exitCode, stderr } = await start(['fix-secrets', ...argv, ...where], { env }).finished;
    if (exitCode !== 0) throw new Error(`fix-secrets ${argv.join(' ')}: exit ${String(exitCode)}\n${stderr}`);
  };
  try {
    const written: number[] = [];
    const withAzure: number[] = [];
    const without: number[] = [];
    for (let pair = 0; pair <= pairs; pair += 1) {
      const begun = performance.now();
      await run('--yes', '--from', `azure-key-vault:${way.url}`);
      const whole = writtenAt - begun;
      const { resourceVersion } = sandbox.store.get('secrets', namespace, secretName)?.metadata ?? {};
      sandbox.store.replace('secrets', {
        ...broken,
        metadata: { ...broken.metadata, resourceVersion: resourceVersion! },
      });
      const ofTheVault = await timed(() => bareRequests(sandbox.vault, way.url));
      const azure = await timed(() => run('--dry-run', '--from', `azure-key-vault:${sandbox.vault.url}`));
      const file = await timed(() => run('--dry-run', '--from', `env:${join(home, 'backup.env')}`));
      // The first warms up.
      if (pair === 0) continue;
      written.push((whole - ofTheVault) / 1000);
      withAzure.push(azure);
      without.push(file);
    }
    return [
      {
        measured: 'Enter to Secret written, less the vault',
        value: median(written),
        unit: 's',
        limit: 1,
        gate: 3,
      },
      {
        measured: 'fix-secrets --dry-run, values of a vault',
        value: median(withAzure),
        unit: 'ms',
        against: { name: 'of a file, without the Azure libraries', value: median(without) },
        limit: 2.5,
      },
    ];
  } finally {
    way.close();
    await sandbox.close();
  }
}
