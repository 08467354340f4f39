import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { readFile } from 'node:fs/promises';

import type { FixReport } from '../../src/core/fix/secret-reports.ts';
import type { Sandbox } from '../../src/sandbox/sandbox.ts';
import { runCli, type CliResult } from '../support/run-cli.ts';
import { backupValues, sandbox } from '../support/sandbox.ts';

let cluster: Sandbox;
let folder: string;

/** The built-in stack, in which the password of a database is marked by mistake as one that may be made up. */
async function careless(): Promise<string> {
  const stack = await readFile('src/stacks/cloudtolocalllm.yaml', 'utf8');
  const changed = stack.replace(
    'postgres-auth-password: { format: { minLength: 16 } }',
    'postgres-auth-password: { format: { minLength: 16 }, generate: true }',
  );
  expect(changed).not.toBe(stack);
  await writeFile(join(folder, 'careless.yaml'), changed);
  return 'careless.yaml';
}

beforeEach(async () => {
  cluster = await sandbox({ scenario: 'total-secret-loss' });
  folder = await mkdtemp(join(tmpdir(), 'c2l-generate-'));
});

afterEach(async () => {
  await rm(folder, { recursive: true });
});

async function fix(without: readonly string[], argv: readonly string[]): Promise<CliResult> {
  const lines = cluster.envBackupText
    .split('\n')
    .filter((line) => !without.some((name) => line.startsWith(`${name}=`)));
  await writeFile(join(folder, 'backup.env'), lines.join('\n'), { mode: 0o600 });
  const command = ['fix-secrets', '--yes', '--from', 'env:backup.env', ...argv];
  return runCli(command, { kubeconfig: cluster.kubeconfig, cwd: folder });
}

function stored(key: string): string | undefined {
  const found = cluster.store.get('secrets', 'cloudtolocalllm', 'cloudtolocalllm-secrets') as
    undefined | { readonly data: Record<string, string> };
  const value = found?.data[key];
  return value === undefined ? undefined : Buffer.from(value, 'base64').toString();
}

test.each([[['--generate', 'jwt-secret']], [['--generate']]])('a value that no source has: %j', async (argv) => {
  const { code, stdout } = await fix(['JWT_SECRET'], [...argv, '-o', 'json']);

  expect(code).toBe(0);
  const sources = (JSON.parse(stdout) as FixReport).plan.flatMap(({ keys }) => keys);
  expect(sources.find(({ key }) => key === 'jwt-secret')?.source).toBe('generated');
  expect(stored('jwt-secret')).toMatch(/^[A-Za-z0-9_-]{43,}$/);
  expect(stdout).not.toContain(stored('jwt-secret'));
});

test('a source that the stack names for one key is asked for that key, and the report tells', async () => {
  const stack = await readFile('src/stacks/cloudtolocalllm.yaml', 'utf8');
  const own = stack.replace('generate: true }', "from: { sources: ['env:jwt.env'] } }");
  expect(own).not.toBe(stack);
  await writeFile(join(folder, 'own.yaml'), own);
  const { 'jwt-secret': old = '', 'admin-password': other = '' } = backupValues(cluster);
  await writeFile(join(folder, 'jwt.env'), `JWT_SECRET='${old}'\nADMIN_PASSWORD='not-${other}'\n`, { mode: 0o600 });

  const { code, stdout } = await fix(['JWT_SECRET'], ['--config', 'own.yaml', '-o', 'json']);

  expect(code).toBe(0);
  const keys = (JSON.parse(stdout) as FixReport).plan.flatMap((secret) => secret.keys);
  expect(keys.find(({ key }) => key === 'jwt-secret')?.source).toBe('env:jwt.env (line 1)');
  expect([stored('jwt-secret'), stored('admin-password')]).toEqual([old, other]);
});

test('a value that a source has is never made up', async () => {
  expect((await fix([], ['--generate'])).code).toBe(0);

  expect(stored('jwt-secret')).toBe(backupValues(cluster)['jwt-secret']);
});

test.each<[string, string, RegExp]>([
  [
    'a key that the stack does not mark',
    'auth0-client-id',
    /auth0-client-id may not be generated: stack cloudtolocalllm does not mark it/,
  ],
  ['a key that nothing lacks', 'nope', /--generate nope names no key that lacks a value/],
])('%s is refused', async (_, key, says) => {
  const { code, stderr } = await fix(['AUTH0_CLIENT_ID'], ['--generate', key]);

  expect([code, stderr, stored('jwt-secret')]).toEqual([2, expect.stringMatching(says), undefined]);
});

test.each([[['--generate', 'postgres-auth-password']], [['--generate']]])(
  'never over a volume that was made with the old value, and both ways out are told: %j',
  async (argv) => {
    const { code, stderr } = await fix(['POSTGRES_AUTH_PASSWORD'], [...argv, '--config', await careless()]);

    expect(code).toBe(2);
    expect(stderr).toMatch(
      /postgres-auth-password may not be generated: statefulset\/postgres-auth keeps data on persistentvolumeclaim\/\S+, which was made with the old value/,
    );
    expect(stderr).toMatch(/give the old value with --from; or set a new one inside the database first/);
    expect(stored('postgres-auth-password')).toBeUndefined();
  },
);

test('claims that may not be read count as there', async () => {
  cluster.deny({ verb: 'list', resource: 'persistentvolumeclaims' });

  const { code, stderr } = await fix(
    ['POSTGRES_AUTH_PASSWORD'],
    ['--generate', 'postgres-auth-password', '--config', await careless()],
  );

  expect([code, stderr]).toEqual([2, expect.stringMatching(/keeps data on a volume \(claims could not be read: /)]);
});

test('without the volume there is nothing that the old value opened', async () => {
  for (const claim of cluster.store.list('persistentvolumeclaims')) {
    cluster.store.remove('persistentvolumeclaims', claim.metadata.namespace ?? '', claim.metadata.name);
  }

  const argv = ['--generate', 'postgres-auth-password', '--config', await careless()];

  expect((await fix(['POSTGRES_AUTH_PASSWORD'], argv)).code).toBe(0);
  expect(stored('postgres-auth-password')).toMatch(/^[A-Za-z0-9_-]{43}$/);
});
