import { afterEach, expect, test } from '@jest/globals';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { BackupReport } from '../../src/core/fix/secret-reports.ts';
import { start } from '../support/built-program.ts';
import { sandbox } from '../support/sandbox.ts';
import { serveVault } from '../support/served-vault.ts';

let folder: string;

afterEach(() => rm(folder, { recursive: true }));

test('sandbox --vault-only serves a vault to who knows what it prints, and takes its files away', async () => {
  folder = await mkdtemp(join(tmpdir(), 'c2l-vault-only-'));
  const kubeconfig = join(folder, 'kubeconfig');
  await writeFile(kubeconfig, (await sandbox({ scenario: 'healthy' })).kubeconfig);
  const { url, env, stop } = await serveVault();

  const argv = ['backup', '--check', '--kubeconfig', kubeconfig, '--from', `azure-key-vault:${url}`, '-o', 'json'];
  const { exitCode, stdout } = await start(argv, { env }).finished;
  const wasThere = existsSync(env['SSL_CERT_FILE'] ?? '');

  expect((await stop()).exitCode).toBe(0);
  // Its values are its own, so each is found and none is what runs.
  const { entries } = JSON.parse(stdout) as BackupReport;
  expect([exitCode, new Set(entries.map(({ state }) => state))]).toEqual([1, new Set(['differs'])]);
  expect([wasThere, existsSync(env['SSL_CERT_FILE'] ?? '')]).toEqual([true, false]);
});
