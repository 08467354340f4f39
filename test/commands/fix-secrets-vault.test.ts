import { beforeEach, describe, expect, test } from '@jest/globals';

import type { FixReport } from '../../src/core/report.ts';
import type { Sandbox } from '../../src/sandbox/sandbox.ts';
import { runCli, type CliOptions, type CliResult } from '../support/run-cli.ts';
import { backupValues, sandbox } from '../support/sandbox.ts';

const secret = ['cloudtolocalllm', 'cloudtolocalllm-secrets'] as const;
let cluster: Sandbox;

beforeEach(async () => {
  cluster = await sandbox();
  const values = backupValues(cluster);
  for (const [key, value] of Object.entries(values)) cluster.vault.set(key, value);
  process.env['IDENTITY_ENDPOINT'] = cluster.vault.identityEndpoint;
  process.env['IDENTITY_HEADER'] = cluster.vault.identityHeader;
});

function fix(argv: readonly string[], options: CliOptions = {}): Promise<CliResult> {
  const azure = { caPem: cluster.vault.caPem, credential: 'managed-identity' } as const;
  const from = ['--from', `azure-key-vault:${cluster.vault.url}`];
  return runCli(['fix-secrets', ...from, ...argv], { kubeconfig: cluster.kubeconfig, azure, ...options });
}

function storedKeys(): string[] {
  const { data } = cluster.store.get('secrets', ...secret) as unknown as { data: Record<string, string> };
  return Object.keys(data);
}

const deleted = ['admin-password', 'auth0-audience'] as const;

describe('what the vault holds as deleted', () => {
  beforeEach(() => {
    for (const name of deleted) cluster.vault.delete(name);
  });

  test('is brought back by --recover, told, and written', async () => {
    const { code, stderr } = await fix(['--yes', '--recover']);

    expect(code).toBe(0);
    expect(stderr).toContain(`recovered in azure-key-vault:${cluster.vault.url}: admin-password, auth0-audience`);
    expect(storedKeys()).toEqual(expect.arrayContaining([...deleted]));
  });

  test('is left alone in a script that does not say --recover, with the way back', async () => {
    const { code, stderr } = await fix(['--yes']);

    expect(code).toBe(2);
    expect(stderr).toMatch(
      /2 values deleted in azure-key-vault:\S+: admin-password, auth0-audience: --recover brings them/,
    );
    expect(cluster.vault.requests.filter((request) => request.startsWith('POST'))).toEqual([]);
    expect(storedKeys()).not.toContain('auth0-audience');
  });

  test('is asked for by name where a person sits, before any value is typed', async () => {
    const { code, prompter } = await fix([], { answers: [true, true] });

    expect(code).toBe(0);
    expect(prompter.questions[0]).toMatch(
      /^recover 2 values deleted in azure-key-vault:\S+: admin-password, auth0-aud/,
    );
    expect(prompter.unused).toBe(0);
  });

  test('stays deleted in a dry run', async () => {
    const { stderr } = await fix(['--dry-run', '--recover']);

    expect(stderr).toContain('--recover brings them back');
    expect(cluster.vault.requests.filter((request) => request.startsWith('POST'))).toEqual([]);
  });
});

test('the report names the version of each value that was used', async () => {
  const { code, stdout } = await fix(['--yes', '-o', 'json']);

  expect(code).toBe(0);
  const sources = (JSON.parse(stdout) as FixReport).plan.flatMap(({ keys }) =>
    keys.flatMap(({ source }) => source ?? []),
  );
  expect(sources.length).toBeGreaterThan(5);
  for (const source of sources) expect(source).toMatch(/^azure-key-vault:https:\S+ \(version [0-9a-f]{32}\)$/);
});
