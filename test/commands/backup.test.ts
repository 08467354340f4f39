import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generateIdentity, identityToRecipient } from 'age-encryption';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';

import type { BackupReport } from '../../src/core/fix/secret-reports.ts';
import type { Sandbox } from '../../src/sandbox/sandbox.ts';
import { runCli, type CliOptions, type CliResult } from '../support/run-cli.ts';
import { SandboxApi } from '../support/sandbox-api.ts';
import { backupValues, sandbox } from '../support/sandbox.ts';

let cluster: Sandbox;
let folder: string;
let recipient: string;

beforeEach(async () => {
  cluster = await sandbox({ scenario: 'healthy' });
  process.env['IDENTITY_ENDPOINT'] = cluster.vault.identityEndpoint;
  process.env['IDENTITY_HEADER'] = cluster.vault.identityHeader;
  folder = await mkdtemp(join(tmpdir(), 'c2l-backup-'));
  const identity = await generateIdentity();
  recipient = await identityToRecipient(identity);
  await writeFile(join(folder, 'key.txt'), identity, { mode: 0o600 });
});

afterEach(async () => {
  await rm(folder, { recursive: true });
});

async function backup(argv: readonly string[], options: CliOptions = {}): Promise<CliResult> {
  const azure = { caPem: cluster.vault.caPem, credential: 'managed-identity' } as const;
  const result = await runCli(['backup', ...argv], { kubeconfig: cluster.kubeconfig, cwd: folder, azure, ...options });
  for (const value of Object.values(backupValues(cluster)).filter(({ length }) => length >= 16)) {
    expect(`${result.stdout}${result.stderr}`).not.toContain(value);
  }
  return result;
}

function statesOf({ stdout }: CliResult): Record<string, string> {
  const { entries } = JSON.parse(stdout) as BackupReport;
  return Object.fromEntries(entries.map(({ key, state }) => [key, state]));
}

const vault = (): string => `azure-key-vault:${cluster.vault.url}`;
const writes = (): string[] => cluster.vault.requests.filter((request) => !request.startsWith('GET'));

describe('into an encrypted file', () => {
  test('that only its owner reads, and that holds all that runs', async () => {
    const identity = ['--identity', 'key.txt'];
    const argv = ['--to', 'age:backup.env.age', '--recipient', recipient, ...identity];
    const { code, stdout } = await backup([...argv, '--yes']);
    const checked = await backup(['--check', '--from', 'age:backup.env.age', ...identity, '-o', 'json']);

    expect([code, checked.code]).toEqual([0, 0]);
    expect(stdout.replaceAll(/\s+/g, ' ')).toContain('c2l backup --check --from age:backup.env.age --identity key.txt');
    expect(new Set(Object.values(statesOf(checked)))).toEqual(new Set(['equal']));
    expect((await stat(join(folder, 'backup.env.age'))).mode & 0o777).toBe(0o600);
    expect(await readFile(join(folder, 'backup.env.age'), 'latin1')).toMatch(/^age-encryption\.org\/v1\n/);
    expect((await readdir(folder)).sort()).toEqual(['backup.env.age', 'key.txt']);
  });

  test('byte for byte, though one ends in a line break, and all but what no quotes keep', async () => {
    const api = new SandboxApi(cluster);
    await api.patchSecret({ 'auth0-audience': 'pasted\n', 'auth0-client-id': 'a\r\nb\r\n', 'postgres-user': `'"\`` });
    const { code, stdout } = await backup(['--to', 'age:b.age', '--recipient', recipient, '--yes']);
    expect(code).toBe(1);
    expect(stdout).toMatch(/NEW +auth0-audience +AUTH0_AUDIENCE +ends in a line break, kept so\n/);
    expect(stdout).toMatch(/LEFT-OUT +postgres-user +no quotes of \.env keep it: use a vault\n/);

    const checked = await backup(['--check', '--from', 'age:b.age', '--identity', 'key.txt', '-o', 'json']);
    expect(statesOf(checked)).toMatchObject({
      'auth0-audience': 'equal',
      'auth0-client-id': 'equal',
      'postgres-user': 'absent',
    });
    expect(checked.stderr).toMatch(
      /auth0-audience in age:b\.age \(line \d+\) ends in a line break, as what ran did: used/,
    );
  });

  test('by a passphrase, asked for after the plan was agreed to', async () => {
    const phrase = 'a long enough phrase';
    const { code, prompter } = await backup(['--to', 'age:backup.env.age'], { answers: [true, phrase] });
    const checked = await backup(['--check', '--from', 'age:backup.env.age'], { answers: [phrase] });

    expect([code, checked.code]).toEqual([0, 0]);
    expect(prompter.questions[0]).toMatch(/^store \d+ values in age:backup\.env\.age\?/);
  }, 30_000);

  test('the question tells that the earlier file is kept, and No leaves it where it is', async () => {
    await writeFile(join(folder, 'backup.env.age'), 'age-encryption.org/v1\nthe old one');
    const argv = ['--to', 'age:backup.env.age', '--recipient', recipient];
    const { code, prompter } = await backup(argv, { answers: [false] });

    expect(code).toBe(5);
    expect(prompter.questions[0]).toMatch(/, and keep the file that is there as backup\.env\.\d{8}t\d{9}z\.age\?/);
    expect((await readdir(folder)).sort()).toEqual(['backup.env.age', 'key.txt']);
    expect(await readFile(join(folder, 'backup.env.age'), 'utf8')).toMatch(/the old one$/);
  });

  test.each([
    [['--to', 'age:b.age', '--yes'], /age:b\.age needs --recipient, since nobody can be asked for a passphrase here/],
    [['--to', 'age:b.age', '--yes', '--recipient', 'age1x'], /age1x is no age recipient/],
    [['--to', 'env:b.env', '--yes'], /env: keeps values in plain text: a backup is encrypted/],
    [['--to', 'somewhere', '--yes'], /what --to was given is no place for a backup/],
    [[], /neither --to nor --check was given/],
    [['--check'], /--check needs the source that is to be checked/],
    [['--check', '--to', 'age:b.age'], /'--check' cannot be used with option '--to <place>'/],
  ])('%j is refused', async (argv, says) => {
    const { code, stderr } = await backup(argv);

    expect([code, stderr]).toEqual([2, expect.stringMatching(says)]);
    expect(await readdir(folder)).toEqual(['key.txt']);
  });
});

describe('into a Key Vault', () => {
  test('says why a key goes nowhere on one line of 80 columns', async () => {
    cluster.store.mutate('secrets', 'cloudtolocalllm', 'cloudtolocalllm-secrets', (draft) => {
      const entries = Object.entries(draft['data'] as Record<string, string>);
      draft['data'] = Object.fromEntries(entries.filter(([key]) => key !== 'stripe-test-publishable-key'));
    });
    const { stdout } = await backup(['--to', vault(), '--dry-run']);
    expect(stdout).toMatch(/LEFT-OUT +stripe-test-publishable-key +the Secret lacks it\n/);
    expect(stdout.split('\n').filter(({ length }) => length > 80)).toEqual([]);
  });

  test('only what differs, as a new version, and what is deleted comes back first', async () => {
    cluster.vault.set('postgres-password', 'what it was last year');
    cluster.vault.delete('jwt-secret');
    const dry = statesOf(await backup(['--to', vault(), '--dry-run', '-o', 'json']));
    expect(writes()).toEqual([]);

    const { code } = await backup(['--to', vault(), '--yes']);

    expect(dry).toMatchObject({
      'postgres-password': 'changed',
      'jwt-secret': 'recovered',
      'admin-password': 'new',
      'postgres-auth-password': 'same',
    });
    expect(code).toBe(0);
    expect(writes()).toContain('POST /deletedsecrets/jwt-secret/recover');
    expect(writes()).toContain('PUT /secrets/postgres-password');
    expect(writes()).not.toContain('PUT /secrets/postgres-auth-password');
    expect((await backup(['--check', '--from', vault()])).code).toBe(0);
  });

  test('each value under its own name, though all are written at once', async () => {
    for (const key of Object.keys(backupValues(cluster))) cluster.vault.set(key, `stale ${key}`);

    expect((await backup(['--to', vault(), '--yes'])).code).toBe(0);

    expect((await backup(['--check', '--from', vault()])).code).toBe(0);
  });

  test('a second time there is nothing to do and nothing is asked', async () => {
    await backup(['--to', vault(), '--yes']);
    const before = writes().length;

    const { code, stdout } = await backup(['--to', vault()]);

    expect([code, writes().length]).toEqual([0, before]);
    expect(stdout).toMatch(/holds all \d+ values already/);
  });

  test('without the right to it nothing is written, and the role is named', async () => {
    cluster.vault.setFault({ kind: 'forbidden' });

    const { code, stderr } = await backup(['--to', vault(), '--yes']);

    expect([code, stderr]).toEqual([
      2,
      expect.stringMatching(/reading secrets is forbidden \(403\): it needs the role/),
    ]);
  });
});

describe('--check finds', () => {
  test('that pull credentials are lacking, and takes them in parts', async () => {
    const without = cluster.envBackupText.split('\n').filter((line) => !line.startsWith('REGCRED'));
    const parts = ['REGCRED_REGISTRY=ghcr.io', 'REGCRED_USER=robot', 'REGCRED_PASSWORD=k3pt-apart'];
    await writeFile(join(folder, 'a.env'), without.join('\n'), { mode: 0o600 });
    await writeFile(join(folder, 'b.env'), [...without, ...parts].join('\n'), { mode: 0o600 });
    const lacking = await backup(['--check', '--from', 'env:a.env', '-o', 'json']);
    const login = { registry: {}, user: {}, password: {} };
    const keys = { '.dockerconfigjson': { required: false, from: { login } } };
    const secrets = [{ name: 'regcred', type: 'kubernetes.io/dockerconfigjson', keys }];
    const stack = { version: 1, name: 'own', namespaces: ['cloudtolocalllm'], secrets };
    await writeFile(join(folder, 'own.yaml'), JSON.stringify(stack));
    const built = await backup(['--check', '--from', 'env:b.env', '--config', 'own.yaml', '-o', 'json']);
    expect([lacking.code, statesOf(lacking)['.dockerconfigjson']]).toEqual([1, 'absent']);
    expect(statesOf(built)['.dockerconfigjson']).toBe('valid');
  });

  test('that pull credentials are lacking which the cluster has lost too', async () => {
    cluster.store.remove('secrets', 'cloudtolocalllm', 'regcred');
    const without = cluster.envBackupText.split('\n').filter((line) => !line.startsWith('REGCRED'));
    await writeFile(join(folder, 'a.env'), without.join('\n'), { mode: 0o600 });
    await writeFile(join(folder, 'b.env'), cluster.envBackupText, { mode: 0o600 });
    const lacking = await backup(['--check', '--from', 'env:a.env', '-o', 'json']);
    const held = await backup(['--check', '--from', 'env:b.env', '-o', 'json']);
    expect([lacking.code, statesOf(lacking)['.dockerconfigjson']]).toEqual([1, 'absent']);
    expect([held.code, statesOf(held)['.dockerconfigjson']]).toEqual([0, 'valid']);
  });

  test('what the source lacks, what differs and what is unusable, each by name', async () => {
    cluster.vault.set('postgres-password', 'x'.repeat(20));
    cluster.vault.set('postgres-auth-password', 'short');

    const result = await backup(['--check', '--from', vault(), '-o', 'json']);

    expect(result.code).toBe(1);
    expect(statesOf(result)).toMatchObject({
      'admin-password': 'absent',
      'postgres-password': 'differs',
      'postgres-auth-password': 'unusable',
      'jwt-secret': 'equal',
    });
    const { findings } = JSON.parse(result.stdout) as BackupReport;
    expect(findings.map(({ code, key }) => [code, key])).toEqual([
      ['backup-value-unusable', 'admin-password'],
      ['backup-value-unusable', 'postgres-auth-password'],
      ['backup-value-unusable', 'postgres-password'],
    ]);
    expect(findings.map(({ fix }) => fix)).toEqual([`c2l backup --to ${vault()}`, 'c2l verify', 'c2l verify']);
    expect(writes()).toEqual([]);
  });
});
