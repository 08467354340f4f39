import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { OperatorErrorCode } from '../../src/errors.ts';
import { ExitCode } from '../../src/exit-codes.ts';
import { startVault, type Vault } from '../../src/sandbox/vault/vault.ts';
import type { VaultFault } from '../../src/sandbox/vault/vault-answer.ts';
import { expectRefused, watchedSandbox, type WatchedSandbox } from '../support/refusals.ts';
import { runCli } from '../support/run-cli.ts';
import { backupValues, fileSandbox, sandbox } from '../support/sandbox.ts';

const writers = [['fix-secrets'], ['stabilize']] as const;
const namespace = 'cloudtolocalllm';

let folder: string;
/** For all that is refused. */
let untouched: WatchedSandbox;

beforeAll(async () => {
  untouched = await watchedSandbox({}, fileSandbox);
  folder = await mkdtemp(join(tmpdir(), 'c2l-sources-'));
  await mkdir(join(folder, 'a-folder'));
});

afterAll(async () => {
  await rm(folder, { recursive: true });
});

async function save(name: string, content: string): Promise<void> {
  await writeFile(join(folder, name), content, { mode: 0o600 });
}

/** The line of one value, changed. */
function withLine(text: string, name: string, change: (value: string) => string): string {
  return text.replace(new RegExp(`^${name}='(.*)'$`, 'm'), (_, value: string) => change(value));
}

function storedValues({ store }: WatchedSandbox): Record<string, string> {
  const { data } = store.get('secrets', namespace, 'cloudtolocalllm-secrets') as unknown as {
    data: Record<string, string>;
  };
  return Object.fromEntries(
    Object.entries(data).map(([key, value]) => [key, Buffer.from(value, 'base64').toString('utf8')]),
  );
}

type Row = readonly [string, (backup: string) => string, OperatorErrorCode, RegExp];

const unusable: readonly Row[] = [
  [
    'a name given twice',
    (backup) => `${backup}ADMIN_PASSWORD='another'\n`,
    'source-invalid',
    /values\.env:\d+: ADMIN_PASSWORD is given a second time, after line \d+; correct values\.env/,
  ],
  [
    'an unquoted #',
    (backup) => withLine(backup, 'ADMIN_PASSWORD', (value) => `ADMIN_PASSWORD=${value}#1`),
    'source-invalid',
    /values\.env:\d+: ADMIN_PASSWORD: an unquoted "#" cuts the value short/,
  ],
  [
    'a quote that nothing closes',
    (backup) =>
      withLine(
        withLine(backup, 'REGCRED_DOCKERCONFIGJSON', () => ''),
        'ADMIN_PASSWORD',
        (value) => `ADMIN_PASSWORD="${value}`,
      ),
    'source-invalid',
    /values\.env:\d+: ADMIN_PASSWORD: a double quote is opened and never closed/,
  ],
  [
    'an empty value',
    (backup) => withLine(backup, 'ADMIN_PASSWORD', () => 'ADMIN_PASSWORD='),
    'values-invalid',
    /no usable value for 1 key .*: admin-password \(env:values\.env: empty\); .*c2l fix-secrets --from/,
  ],
  [
    'several of a kind',
    (backup) => backup.replace(/^(ADMIN_PASSWORD|AUTH0_AUDIENCE)=.*$/gm, '$1=').replace(/^AUTH0_CLIENT_ID=.*\n/m, ''),
    'values-missing',
    /for 3 keys .*: auth0-client-id; admin-password, auth0-audience \(env:values\.env: empty\); asked /,
  ],
  [
    'placeholders',
    (backup) => withLine(backup, 'ADMIN_PASSWORD', () => "ADMIN_PASSWORD='CHANGE_ME_ADMIN_PASSWORD'"),
    'values-invalid',
    /no usable value for 1 key .*: admin-password \(env:values\.env: is a placeholder\); /,
  ],
  [
    'a value of the wrong form',
    (backup) => withLine(backup, 'STRIPE_TEST_SECRET_KEY', () => "STRIPE_TEST_SECRET_KEY='nonsense'"),
    'values-invalid',
    /stripe-test-secret-key \(env:values\.env: does not match .*\); /,
  ],
  [
    'values that are not there',
    (backup) => backup.replace(/^(ADMIN_PASSWORD|AUTH0_AUDIENCE)=.*\n/gm, ''),
    'values-missing',
    /no usable value for 2 keys of cloudtolocalllm\/cloudtolocalllm-secrets: admin-password, auth0-audience; /,
  ],
  [
    'a value in base64, of a form that shows it',
    (backup) => withLine(backup, 'STRIPE_TEST_SECRET_KEY', (value) => `STRIPE_TEST_SECRET_KEY='${btoa(value)}'`),
    'values-invalid',
    /stripe-test-secret-key \(env:values\.env: is base64-encoded, as kubectl prints it\); /,
  ],
  ['nothing in it', () => '', 'values-missing', /no usable value for 9 keys /],
  ['bytes that are no text', (backup) => `${backup}\0`, 'source-invalid', /values\.env:\d+: a NUL character/],
];

describe.each(writers)('%s with a .env file that has', (command) => {
  test.each(unusable)('%s', async (_, change, code, says) => {
    await save('values.env', change(untouched.envBackupText));
    const options = { kubeconfig: untouched.kubeconfig, cwd: folder };
    const refusal = { exit: ExitCode.usage, code, says } as const;
    await expectRefused([command, '--yes', '--from', 'env:values.env'], options, refusal);
    untouched.expectUntouched();
  });
});

describe.each(writers)('%s with a source that', (command) => {
  test.each([
    ['env:nowhere.env', 'source-unreadable', /nowhere\.env cannot be read: there is no such file; .*ls -l nowhere/],
    ['env:a-folder', 'source-unreadable', /a-folder cannot be read: it is a folder; /],
    [
      'env:',
      'source-invalid',
      /env: names no file; accepted are azure-key-vault:NAME-OR-URL, env:FILE, env:- and age:FILE/,
    ],
    ['vault:shop', 'source-invalid', /vault: is no kind of source; accepted are azure-key-vault:NAME-OR-URL/],
    ['azure-key-vault:my_vault', 'source-invalid', /my_vault is no name of a Key Vault and no URL; accepted are/],
    ['azure-key-vault:http://shop.vault.azure.net', 'source-invalid', /is not https: .* never sent in the clear; /],
  ] as const)('cannot be used: %s', async (from, code, says) => {
    const options = { kubeconfig: untouched.kubeconfig, cwd: folder };
    await expectRefused([command, '--yes', '--from', from], options, { exit: ExitCode.usage, code, says });
    untouched.expectUntouched();
  });
});

describe.each(writers)('%s with a file of no use to a run that may not need it', (command) => {
  test.each([
    [
      '--identity',
      'gone.txt',
      'source-unreadable',
      /identity file gone\.txt cannot be read: there is no such file; .*ls/,
    ],
    ['--identity', 'a-folder', 'source-unreadable', /identity file a-folder cannot be read: it is a folder/],
    ['--identity', 'plain.env', 'source-unreadable', /plain\.env cannot be read: it holds no line AGE-SECRET-KEY-/],
    ['--seal-cert', 'gone.pem', 'source-unreadable', /certificate gone\.pem cannot be read: there is no such file; /],
    ['--seal-cert', 'plain.env', 'source-invalid', /plain\.env holds no certificate in PEM form; kubeseal/],
  ] as const)('is told at once: %s %s', async (flag, file, code, says) => {
    await save('plain.env', untouched.envBackupText);
    const argv = [command, '--yes', '--from', 'env:plain.env', flag, file];
    const options = { kubeconfig: untouched.kubeconfig, cwd: folder };
    await expectRefused(argv, options, { exit: ExitCode.usage, code, says });
    untouched.expectUntouched();
  });
});

test('values that are none for the same reason are told in one line', async () => {
  const masked = untouched.envBackupText.replace(/^(ADMIN_PASSWORD|AUTH0_AUDIENCE)=.*$/gm, "$1='********'");
  await save(
    'values.env',
    withLine(masked, 'AUTH0_CLIENT_ID', () => "AUTH0_CLIENT_ID='CHANGE_ME'"),
  );
  const argv = ['fix-secrets', '--dry-run', '--from', 'env:values.env'];
  const { stderr } = await runCli(argv, { kubeconfig: untouched.kubeconfig, cwd: folder });
  expect(stderr.match(/^warning: .*not used$/gm)).toEqual([
    'warning: admin-password, auth0-audience in env:values.env: each stands for a value that nothing has filled in: not used',
    expect.stringMatching(/^warning: auth0-client-id in env:values\.env \(line \d+\) is a placeholder: not used$/),
  ]);
});

test('a backup that has other values than the cluster is doubted, and one that has the same is not', async () => {
  const warningsOf = async (text: string): Promise<string[]> => {
    await save('values.env', text);
    const argv = ['fix-secrets', '--dry-run', '--from', 'env:values.env'];
    const { code, stderr } = await runCli(argv, { kubeconfig: untouched.kubeconfig, cwd: folder });
    expect(code).toBe(ExitCode.ok);
    return [...stderr.matchAll(/^warning: .*/gm)].map(([line]) => line);
  };
  expect(await warningsOf(untouched.envBackupText)).toEqual([]);
  const other = withLine(
    untouched.envBackupText,
    'POSTGRES_PASSWORD',
    (value) => `POSTGRES_PASSWORD='${value}-of-last-year'`,
  );
  expect(await warningsOf(other)).toEqual([
    'warning: env:values.env: other values than the cluster for 1 of 4 keys that both have: postgres-password; is it older, or of another cluster?',
  ]);
});

test('a value that is there, but not the one of the backup, is told where nothing is missing', async () => {
  const cluster = await sandbox({ scenario: 'healthy' });
  const other = (text: string) =>
    withLine(text, 'POSTGRES_AUTH_PASSWORD', (value) => `POSTGRES_AUTH_PASSWORD='${value}-of-last-year'`);
  await save('same.env', cluster.envBackupText);
  await save('values.env', other(cluster.envBackupText));
  const look = (...more: string[]) =>
    runCli(['fix-secrets', '--dry-run', ...more], { kubeconfig: cluster.kubeconfig, cwd: folder });

  expect((await look('--from', 'env:same.env')).stderr).not.toContain('warning');
  const { stdout, stderr } = await look('--from', 'env:values.env');
  expect(stdout).toContain('nothing to change');
  expect(stderr).toMatch(
    /^warning: env:values\.env: other values than the cluster for 1 of \d+ keys that both have: postgres-auth-password; kept as they are; --overwrite KEY takes the one of the file$/m,
  );
  const taken = await look('--from', 'env:values.env', '--overwrite', 'postgres-auth-password');
  expect(taken.stdout).toMatch(/would (change|replace|overwrite|write) /);
});

test('values in base64 that nothing tells from right ones are used, and that is said in one line', async () => {
  const encoded = ['ADMIN_PASSWORD', 'AUTH0_AUDIENCE'].reduce(
    (text, name) => withLine(text, name, (value) => `${name}='${btoa(value)}'`),
    untouched.envBackupText,
  );
  await save('values.env', encoded);
  const argv = ['fix-secrets', '--dry-run', '--from', 'env:values.env'];
  const { code, stderr } = await runCli(argv, { kubeconfig: untouched.kubeconfig, cwd: folder });
  expect(code).toBe(ExitCode.ok);
  expect(stderr.match(/^warning: .*/gm)).toEqual([
    'warning: env:values.env: base64 of a text, as kubectl prints it, and used as it is: admin-password, auth0-audience',
  ]);
});

describe('a .env file that only looks odd is read as it was meant', () => {
  test.each<[string, (backup: string) => string]>([
    ['CRLF', (backup) => backup.replaceAll('\n', '\r\n')],
    ['a BOM', (backup) => `\uFEFF${backup}`],
    ['a BOM and CRLF', (backup) => `\uFEFF${backup.replaceAll('\n', '\r\n')}`],
    ['no line break at its end', (backup) => backup.trimEnd()],
    ['export', (backup) => backup.replace(/^(?=[A-Z])/gm, 'export ')],
  ])('%s', async (_, change) => {
    const cluster = await watchedSandbox();
    await save('values.env', change(cluster.envBackupText));
    const argv = ['fix-secrets', '--yes', '--from', 'env:values.env'];
    const result = await runCli(argv, { kubeconfig: cluster.kubeconfig, cwd: folder });
    expect([result.code, result.stderr]).toEqual([ExitCode.ok, expect.not.stringContaining('error')]);
    expect(storedValues(cluster)).toMatchObject(backupValues(cluster));
  });
});

describe.each(writers)('%s with a vault that', (command) => {
  async function expectVaultRefused(
    vault: Vault,
    says: RegExp,
    code: 'values-invalid' | 'values-missing' = 'values-invalid',
  ): Promise<void> {
    process.env['IDENTITY_ENDPOINT'] = vault.identityEndpoint;
    process.env['IDENTITY_HEADER'] = vault.identityHeader;
    const azure = { caPem: vault.caPem, credential: 'managed-identity', limitMs: 700 } as const;
    const options = { kubeconfig: untouched.kubeconfig, cwd: folder, azure };
    const refusal = { exit: ExitCode.usage, code, says } as const;
    await expectRefused([command, '--yes', '--from', `azure-key-vault:${vault.url}`], options, refusal);
    untouched.expectUntouched();
  }

  let vault: Vault;

  beforeEach(async () => {
    vault = await startVault({ secrets: {} });
  });

  afterEach(async () => {
    await vault.close();
  });

  test.each<[string, VaultFault, RegExp]>([
    [
      'refuses',
      { kind: 'forbidden' },
      /reading secrets is forbidden \(403\): it needs the role Key Vault Secrets User/,
    ],
    ['lets no address in', { kind: 'firewall' }, /the vault's firewall does not let this address in \(403\)/],
    ['does not accept the credential', { kind: 'unauthorized' }, /does not accept the credential \(401\)/],
    ['hangs', { kind: 'hang' }, /did not answer within 0\.7 s/],
    ['breaks off', { kind: 'reset' }, /(breaks the connection off|did not answer within)/],
  ])('%s', async (_, fault, says) => {
    vault.setFault(fault);
    await expectVaultRefused(vault, says);
  });

  test('has one that is of no use', async () => {
    const expired = { value: 'o'.repeat(20), expires: new Date('2020-01-01') };
    const old = await startVault({ secrets: { 'admin-password': expired } });
    await expectVaultRefused(
      old,
      /admin-password (in |\()azure-key-vault:\S+: the secret expired on 2020-01-01 00:00:00 UTC: az keyvault /,
      'values-missing',
    );
    await old.close();
  });

  test('cannot be reached', async () => {
    const gone = await startVault({ secrets: {} });
    await gone.close();
    await expectVaultRefused(gone, /127\.0\.0\.1:\d+ (refuses connections|did not answer within)/);
  });
});
