import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { DoctorReport, Examination } from '../../src/core/reports/doctor-report.ts';
import { jsonOf, watchedSandbox, type WatchedSandbox } from '../support/refusals.ts';
import { runCli, type CliResult } from '../support/run-cli.ts';
import { backupValues } from '../support/sandbox.ts';

let cluster: WatchedSandbox;
let folder: string;

beforeEach(async () => {
  cluster = await watchedSandbox();
  folder = await mkdtemp(join(tmpdir(), 'c2l-doctor-'));
  await writeFile(join(folder, 'backup.env'), cluster.envBackupText, { mode: 0o600 });
});

afterEach(async () => {
  await rm(folder, { recursive: true });
});

async function doctor(...argv: readonly string[]): Promise<CliResult> {
  const result = await runCli(['doctor', ...argv], { kubeconfig: cluster.kubeconfig, cwd: folder });
  for (const value of Object.values(backupValues(cluster)).filter(({ length }) => length >= 16)) {
    expect(`${result.stdout}${result.stderr}`).not.toContain(value);
  }
  return result;
}

async function report(...argv: readonly string[]): Promise<DoctorReport & { readonly code: number }> {
  const result = await doctor(...argv, '-o', 'json');
  return { ...(jsonOf(result) as unknown as DoctorReport), code: result.code };
}

const notOk = ({ examinations }: DoctorReport) => examinations.filter(({ state }) => state !== 'ok');
const about = ({ examinations }: DoctorReport, name: string): Examination | undefined =>
  examinations.find((each) => each.name === name);

const fromFile = ['--from', 'env:backup.env'];

test('tells what it found where everything is there, changes nothing, and names the look to begin with', async () => {
  const found = await report(...fromFile);
  expect([found.code, found.verdict, notOk(found), found.next]).toEqual([0, 'ok', [], 'c2l audit']);
  expect(about(found, 'server version')?.detail).toMatch(/^v1\./);
  expect(about(found, 'kinds served')?.detail).toBe(
    'of Argo CD, External Secrets, Sealed Secrets; whether their controllers run was not looked at; ' +
      'none of Prometheus operator, metrics',
  );
  expect(about(found, 'backup')?.detail).toBe('13 of 13 required values can be restored from env:backup.env');
  cluster.expectUntouched();
});

test('asks for the rights of each command as its Role is printed, and names the Role where one is missing', async () => {
  cluster.deny({ verb: 'patch', resource: 'secrets' });
  const found = await report(...fromFile);
  const lacking = notOk(found);
  expect(lacking.map(({ name }) => name)).toEqual(
    ['fix-secrets', 'stabilize', 'rollback', 'migrate', 'dr-drill'].map((command) => `rights for ${command}`),
  );
  expect(lacking[0]).toEqual({
    name: 'rights for fix-secrets',
    state: 'lacking',
    detail: 'may not patch secrets in namespace cloudtolocalllm',
    next: 'c2l generate rbac --for fix-secrets',
  });
  expect(found.code).toBe(0);
});

test('finds what a backup lacks, and says it by its code', async () => {
  const lines = cluster.envBackupText.split('\n').filter((line) => !line.startsWith('JWT_SECRET'));
  await writeFile(join(folder, 'backup.env'), lines.join('\n'), { mode: 0o600 });
  const found = await report(...fromFile);
  expect([found.code, found.verdict, found.next]).toEqual([1, 'problems', 'c2l backup --check --from env:backup.env']);
  expect(found.findings.map(({ code, key }) => [code, key])).toEqual([['backup-value-unusable', 'jwt-secret']]);
});

test('a source that cannot be reached is not one that lacks values', async () => {
  const found = await report('--from', 'env:nowhere.env');
  expect([found.code, found.verdict]).toEqual([3, 'unreadable']);
  expect(about(found, 'backup')).toMatchObject({ state: 'unreadable', detail: expect.stringContaining('nowhere.env') });
  expect(found.next).toBe('c2l backup --check --from env:nowhere.env');
});

test('names a drill that was not finished before anything else', async () => {
  cluster.store.create('secrets', {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: {
      name: 'c2l-drill',
      namespace: 'cloudtolocalllm',
      annotations: {
        'c2l.dev/drill-id': 'd1',
        'c2l.dev/drill-scenario': 'missing-keys',
        'c2l.dev/drill-state': 'armed',
        'c2l.dev/drill-journal-namespace': 'c2l-drill',
      },
    },
    type: 'c2l.dev/drill',
  });
  const found = await report(...fromFile);
  expect(about(found, 'drills')?.detail).toBe(
    'drill missing-keys in namespace cloudtolocalllm is not finished, and something may still be broken',
  );
  expect([found.code, found.findings.map(({ code }) => code)]).toEqual([1, ['drill-unfinished']]);
  expect(found.next).toBe('c2l dr-drill abort -n cloudtolocalllm');
});

describe('where no command could begin', () => {
  const kubeconfigs = {
    'nowhere.yaml': undefined,
    'empty.yaml': '{"apiVersion":"v1","kind":"Config"}',
    'broken.yaml': 'clusters: [',
  };
  const broken = 'version: 1\nname: shop\nsecrets: 5\n';
  const run = async (...argv: readonly string[]) => {
    for (const [name, text] of Object.entries({ ...kubeconfigs, kubeconfig: cluster.kubeconfig, 'bad.yaml': broken })) {
      if (text !== undefined) await writeFile(join(folder, name), text);
    }
    const words = argv.map((word) => word.replace(/^@/, `${folder}/`));
    const { code, stdout } = await runCli(['doctor', ...words, '-o', 'json'], { cwd: folder });
    const found = jsonOf({ stdout }) as unknown as DoctorReport;
    const rows = found.examinations.filter(({ state }) => state === 'problem' || state === 'unreadable');
    return { code, found, rows: rows.map(({ name, detail }) => `${name}: ${detail}`) };
  };

  test.each<[string, readonly string[], number, string, readonly RegExp[]]>([
    [
      'no kubeconfig',
      ['--kubeconfig', '@nowhere.yaml'],
      2,
      'no-kubeconfig',
      [/^kubeconfig: .*nowhere.yaml does not exist/],
    ],
    ['one without contexts', ['--kubeconfig', '@empty.yaml'], 2, 'no-kubeconfig', [/^kubeconfig: .*has no contexts/]],
    [
      'one that cannot be read',
      ['--kubeconfig', '@broken.yaml'],
      2,
      'kubeconfig-invalid',
      [/^kubeconfig: .*broken.yaml/],
    ],
    [
      'another context',
      ['--kubeconfig', '@kubeconfig', '--context', 'other'],
      2,
      'unknown-context',
      [/^kubeconfig: context "other" is not in/],
    ],
    [
      'a namespace that is not there',
      ['--kubeconfig', '@kubeconfig', '-n', 'nope'],
      2,
      'namespace-not-found',
      [/^namespace: namespace nope does not exist/],
    ],
    [
      'both files bad',
      ['--kubeconfig', '@nowhere.yaml', '--config', 'bad.yaml'],
      2,
      'stack-invalid',
      [/^kubeconfig: .*nowhere.yaml does not exist/, /^stack: .*bad.yaml:3: secrets: expected a list/],
    ],
  ])('%s: that is a row beside the others, and the error of any command', async (_, argv, code, error, says) => {
    const { found, rows, ...ran } = await run(...argv);
    expect([ran.code, found.verdict, found.error?.code]).toEqual([code, 'error', error]);
    expect(rows).toEqual(says.map((text) => expect.stringMatching(text)));
    expect(found.next).not.toBe('');
    cluster.expectUntouched();
  });

  test('no kubeconfig: the next look names one, and one screen has the trouble once', async () => {
    const argv = ['doctor', '--kubeconfig', join(folder, 'nowhere.yaml')];
    const { code, stdout, stderr } = await runCli(argv, { cwd: folder, isOneScreen: true });
    expect([code, stderr]).toEqual([2, '']);
    expect(stdout).toMatch(/PROBLEM +kubeconfig +kubeconfig .*\nnext: c2l doctor --kubeconfig FILE\n$/s);
    const apart = await runCli(argv, { cwd: folder });
    expect(apart.stderr).toMatch(
      /^error: kubeconfig .*nowhere.yaml does not exist; name one with --kubeconfig FILE, or /,
    );
  });

  test('a stack file that is wrong keeps nobody from looking at the cluster', async () => {
    const { code, found, rows } = await run(
      '--kubeconfig',
      '@kubeconfig',
      '--config',
      'bad.yaml',
      '-n',
      'cloudtolocalllm',
    );
    expect([code, found.verdict, rows]).toEqual([2, 'error', [expect.stringMatching(/^stack: .*bad.yaml:3: /)]]);
    expect([about(found, 'server version')?.state, about(found, 'rights for audit')?.state]).toEqual(['ok', 'ok']);
  });
});

describe('a vault', () => {
  const azure = () => ({ caPem: cluster.vault.caPem, credential: 'managed-identity', limitMs: 400 }) as const;
  const asked = async () => {
    process.env['IDENTITY_ENDPOINT'] = cluster.vault.identityEndpoint;
    process.env['IDENTITY_HEADER'] = cluster.vault.identityHeader;
    const argv = ['doctor', '--from', `azure-key-vault:${cluster.vault.url}`, '-o', 'json'];
    const { stdout } = await runCli(argv, { kubeconfig: cluster.kubeconfig, cwd: folder, azure: azure() });
    return about(jsonOf({ stdout }) as unknown as DoctorReport, 'vault');
  };

  test('is told with whom it took c2l for, also where it refuses', async () => {
    const identity = `azure-key-vault:${cluster.vault.url} was asked as managed identity c2l-sandbox`;
    expect(await asked()).toMatchObject({ state: 'ok', detail: identity });
    cluster.vault.setFault({ kind: 'forbidden' });
    expect(await asked()).toMatchObject({ state: 'ok', detail: identity });
  });

  test('that cannot be reached is told as that', async () => {
    cluster.vault.setFault({ kind: 'hang' });
    expect(await asked()).toMatchObject({
      state: 'unreadable',
      detail: expect.stringContaining('did not answer within'),
    });
  });
});

describe('in text', () => {
  test('lists what to do, and ends in the next command', async () => {
    const { stdout } = await doctor();
    expect(stdout).toContain('LACKING  backup');
    expect(stdout).toContain('    c2l backup --check --from azure-key-vault:NAME-OR-URL\n');
    expect(stdout.trimEnd().split('\n').at(-1)).toBe('next: c2l audit');
    expect(stdout.split('\n').filter(({ length }) => length > 80)).toEqual([]);
  });

  test('and as Markdown', async () => {
    const { stdout } = await doctor('-o', 'markdown');
    expect(stdout).toMatch(/^# c2l doctor: ok\n/);
    expect(stdout).toContain(
      '| lacking | backup | no source was named: a vault, or age:FILE, as c2l backup --to age:FILE writes it | `c2l backup --check --from azure-key-vault:NAME-OR-URL` |',
    );
  });
});
