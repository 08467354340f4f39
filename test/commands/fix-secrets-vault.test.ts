import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from '@jest/globals';

import type { FixReport } from '../../src/core/fix/secret-reports.ts';
import type { VerifyReport } from '../../src/core/verify/verify-report.ts';
import type { Sandbox } from '../../src/sandbox/sandbox.ts';
import { runCli, type CliOptions, type CliResult } from '../support/run-cli.ts';
import { backupValues, sandbox } from '../support/sandbox.ts';
import { ctrlC } from '../support/terminal.ts';

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

function loginsOf({ stdout }: CliResult): string[] {
  const { checks } = JSON.parse(stdout) as VerifyReport;
  return checks.flatMap(({ name, outcome }) => (name.includes('login') ? [outcome] : []));
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
    expect(stderr).toContain('2 of them can be brought back in the vault: add --recover');
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

  test.each([
    ['declined', false, 5],
    ['interrupted', ctrlC, 130],
  ] as const)('stays brought back where the write is %s, and that is said', async (word, answer, exit) => {
    const { code, stderr } = await fix([], { answers: [true, answer] });
    const told = 'nothing was changed but in the vault, where admin-password, auth0-audience stays recovered';
    expect([code, stderr]).toEqual([exit, expect.stringContaining(`${word}; ${told}`)]);
    expect(storedKeys()).not.toContain('auth0-audience');
  });

  test('stays deleted in a dry run', async () => {
    const { code, stdout, stderr } = await fix(['--dry-run', '--recover', '-o', 'json']);

    expect([code, stderr]).toEqual([0, expect.stringContaining('this would bring them back')]);
    const { plan } = JSON.parse(stdout) as FixReport;
    const sources = new Map(plan.flatMap(({ keys }) => keys.map(({ key, source }) => [key, source])));
    for (const key of deleted) {
      expect(sources.get(key)).toMatch(/^azure-key-vault:https:\S+ \(version [0-9a-f]{32}\)$/);
    }
    expect(cluster.vault.requests.filter((request) => request.startsWith('POST'))).toEqual([]);
  });
});

test('whoever is to type values of a vault that gave no answer is not told that it has none', async () => {
  cluster.vault.setFault({ kind: 'forbidden' });
  const { code, stderr } = await fix([], { answers: [ctrlC] });
  expect([code, stderr]).toEqual([130, expect.stringContaining('9 keys without a value in what could be asked;')]);
});

test('a plan that brings back deleted values is carried out as it was reviewed', async () => {
  cluster.vault.delete('auth0-audience');
  const planned = await fix(['--dry-run', '--recover', '-o', 'yaml']);
  const folder = await mkdtemp(join(tmpdir(), 'c2l-plan-'));
  await writeFile(join(folder, 'plan.yaml'), planned.stdout);

  const azure = { caPem: cluster.vault.caPem, credential: 'managed-identity' } as const;
  const argv = ['fix-secrets', '--plan', 'plan.yaml', '--recover', '--yes'];
  const { code } = await runCli(argv, { kubeconfig: cluster.kubeconfig, cwd: folder, azure });
  await rm(folder, { recursive: true });

  expect([planned.code, code]).toEqual([0, 0]);
  expect(storedKeys()).toContain('auth0-audience');
});

test('all is lost but the volume: the vault gives back what the database knows', async () => {
  const lost = await sandbox({ scenario: 'healthy' });
  const { store, vault, kubeconfig } = lost;
  const values = backupValues(lost);
  for (const [key, value] of Object.entries(values)) vault.set(key, value);
  for (const key of Object.keys(values)) vault.delete(key);
  process.env['IDENTITY_ENDPOINT'] = vault.identityEndpoint;
  process.env['IDENTITY_HEADER'] = vault.identityHeader;
  store.remove('secrets', ...secret);
  for (const { metadata } of store.list('pods', secret[0])) store.remove('pods', metadata.namespace, metadata.name);
  const azure = { caPem: vault.caPem, credential: 'managed-identity' } as const;
  const c2l = (...argv: string[]): Promise<CliResult> => runCli(argv, { kubeconfig, azure });

  const before = await c2l('verify', '--timeout', '1s', '-o', 'json');
  const from = ['--from', `azure-key-vault:${vault.url}`];
  const unasked = await c2l('fix-secrets', ...from, '--yes');
  const fixed = await c2l('fix-secrets', ...from, '--yes', '--recover');
  const restarted = await c2l('restart', '--yes');
  const after = await c2l('verify', '-o', 'json');

  expect([before.code, unasked.code, fixed.code, restarted.code, after.code]).toEqual([1, 2, 0, 0, 0]);
  expect(loginsOf(before)).not.toContain('pass');
  expect([loginsOf(after).length > 0, new Set(loginsOf(after))]).toEqual([true, new Set(['pass'])]);
  const { data } = store.get('secrets', ...secret) as unknown as { data: Record<string, string> };
  const held = Object.entries(data).map(([key, value]) => [key, Buffer.from(value, 'base64').toString()]);
  const own = Object.entries(values).filter(([key]) => !key.startsWith('regcred'));
  expect(Object.fromEntries(held)).toMatchObject(Object.fromEntries(own));
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
