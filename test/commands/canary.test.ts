import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { Fault, SeenRequest } from '../../src/sandbox/api-server.ts';
import type { StoredObject } from '../../src/sandbox/object-store.ts';
import type { Sandbox } from '../../src/sandbox/sandbox.ts';
import { isWrite } from '../support/refusals.ts';
import { ctrlC } from '../support/terminal.ts';
import { runCli, type CliOptions } from '../support/run-cli.ts';
import { backupValues, sandbox } from '../support/sandbox.ts';

const namespace = 'cloudtolocalllm';
const name = 'cloudtolocalllm-secrets';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'c2l-canary-'));
});

afterAll(async () => {
  await rm(folder, { recursive: true });
});

/** With everything that some encoding changes. */
function canary(): string {
  return `${randomBytes(9).toString('hex')}"\\&<%+/ =é${randomBytes(9).toString('hex')}`;
}

interface World extends Sandbox {
  /** Every value that must not leave. */
  readonly values: readonly string[];
  readonly paths: readonly string[];
  /** From now on answered instead of the API. */
  fail(fault: (request: SeenRequest) => Fault | undefined): void;
}

/** A sandbox with values that were never used before, in the Secret, in the backup and in the vault. */
async function plantedWorld(scenario = 'incident'): Promise<World> {
  const paths: string[] = [];
  let fault: (request: SeenRequest) => Fault | undefined = () => undefined;
  const started = await sandbox({
    scenario,
    intercept: (request) => {
      paths.push(request.path);
      return fault(request);
    },
  });
  const inSecret = canary();
  const inBackup = canary();
  const secret = started.store.get('secrets', namespace, name) as (StoredObject & { data: object }) | undefined;
  if (secret !== undefined) {
    const data = { ...secret.data, canary: Buffer.from(inSecret).toString('base64') };
    started.store.replace('secrets', { ...secret, data });
  }
  const backup = started.envBackupText.replace(/^ADMIN_PASSWORD='.*'$/m, `ADMIN_PASSWORD='${inBackup}'`);
  expect(backup).toContain(inBackup);
  await writeFile(join(folder, 'backup.env'), backup, { mode: 0o600 });
  await writeFile(join(folder, 'twice.env'), `${backup}${backup}`, { mode: 0o600 });
  await writeFile(join(folder, 'open-quote.env'), `${backup}CANARY='${inBackup}\n`, { mode: 0o600 });
  await writeFile(join(folder, 'no-name.env'), `${backup}${inBackup}\n`, { mode: 0o600 });
  await writeFile(join(folder, 'not-valid.env'), backup.replace(/='sk_test_/, `='${inBackup}`), { mode: 0o600 });
  // Short values such as a user's name stand in names of objects, too.
  const shipped = Object.values(backupValues(started)).filter((value) => value.length >= 16);
  expect(shipped.length).toBeGreaterThan(5);
  return {
    ...started,
    values: [inSecret, inBackup, ...shipped],
    paths,
    fail: (next) => {
      fault = next;
    },
  };
}

/** A value in every form in which it could stand in a text. */
function formsOf(value: string): string[] {
  const base64 = Buffer.from(value).toString('base64');
  return [
    value,
    base64,
    base64.replace(/=+$/, ''),
    Buffer.from(value).toString('base64url'),
    Buffer.from(value).toString('hex'),
    encodeURIComponent(value),
    new URLSearchParams({ '': value }).toString().slice(1),
    JSON.stringify(value).slice(1, -1),
  ];
}

function expectNoneIn(text: string, { values }: World, where: string): void {
  const leaked = values.filter((value) => formsOf(value).some((form) => text.includes(form)));
  expect([where, leaked.length]).toEqual([where, 0]);
}

/** All objects, without what a Secret is there to keep. */
function outsideOfSecretData({ store }: World): string {
  return store
    .resources()
    .flatMap((resource) =>
      store.list(resource).map((object) => JSON.stringify(resource === 'secrets' ? { ...object, data: {} } : object)),
    )
    .join('\n');
}

async function expectNothingLeaks(world: World, argv: readonly string[], options: CliOptions = {}): Promise<number> {
  process.env['IDENTITY_ENDPOINT'] = world.vault.identityEndpoint;
  process.env['IDENTITY_HEADER'] = world.vault.identityHeader;
  const azure = { caPem: world.vault.caPem, credential: 'managed-identity', limitMs: 1500 } as const;
  const result = await runCli(argv, { kubeconfig: world.kubeconfig, cwd: folder, azure, ...options });
  expectNoneIn(result.stdout, world, `stdout of ${argv.join(' ')}`);
  expectNoneIn(result.stderr, world, `stderr of ${argv.join(' ')}`);
  expectNoneIn(world.paths.join('\n'), world, `requests of ${argv.join(' ')}`);
  expectNoneIn(outsideOfSecretData(world), world, `cluster after ${argv.join(' ')}`);
  return result.code;
}

const backup = ['--from', 'env:backup.env'];

describe.each([['text'], ['json'], ['yaml']])('no value leaves by -o %s', (output) => {
  const format = ['-o', output, '-v'];

  test('when each phase succeeds on its own', async () => {
    const world = await plantedWorld();
    expect(await expectNothingLeaks(world, ['audit', ...format])).toBe(1);
    expect(await expectNothingLeaks(world, ['fix-secrets', '--dry-run', ...backup, ...format])).toBe(0);
    expect(await expectNothingLeaks(world, ['fix-secrets', '--yes', ...backup, ...format])).toBe(0);
    expect(await expectNothingLeaks(world, ['restart', '--yes', ...format])).toBe(0);
    expect(await expectNothingLeaks(world, ['verify', ...format])).toBe(0);
    expect(await expectNothingLeaks(world, ['audit', ...format])).toBe(0);
  });

  test.each([['incident'], ['total-secret-loss']])('when the whole walk succeeds: %s', async (scenario) => {
    const world = await plantedWorld(scenario);
    const from = ['--from', `azure-key-vault:${world.vault.url}`, ...backup];
    expect(await expectNothingLeaks(world, ['stabilize', '--yes', ...from, ...format])).toBe(0);
  });

  test('when a person types values, wrong ones first', async () => {
    const world = await plantedWorld();
    const typed = canary();
    await writeFile(join(folder, 'part.env'), world.envBackupText.replace(/^ADMIN_PASSWORD=.*\n/m, ''), {
      mode: 0o600,
    });
    const answers = [typed, `${typed} `, typed, true];
    const typing = { ...world, values: [...world.values, typed] };
    const argv = ['fix-secrets', '--from', 'env:part.env', ...format];
    expect(await expectNothingLeaks(typing, argv, { answers })).toBe(0);
  });

  test.each(['twice', 'open-quote', 'no-name', 'not-valid'])('when a backup cannot be used: %s', async (file) => {
    const world = await plantedWorld();
    for (const command of ['fix-secrets', 'stabilize']) {
      const argv = [command, '--yes', '--from', `env:${file}.env`, ...format];
      expect(await expectNothingLeaks(world, argv)).toBe(2);
    }
  });

  test.each(['garbage', 'forbidden', 'reset'] as const)('when the vault fails: %s', async (kind) => {
    const world = await plantedWorld();
    world.vault.setFault({ kind });
    const argv = ['fix-secrets', '--yes', '--from', `azure-key-vault:${world.vault.url}`, ...format];
    expect(await expectNothingLeaks(world, argv)).toBe(2);
  });

  test.each([
    ['declined', false, 5],
    ['interrupted', ctrlC, 130],
  ] as const)('when the question is %s', async (_, answer, code) => {
    const options: CliOptions = { answers: [answer] };
    expect(await expectNothingLeaks(await plantedWorld(), ['stabilize', ...backup, ...format], options)).toBe(code);
  });

  test.each([
    ['refuses the write and repeats it', 422],
    ['fails and repeats the write', 500],
    ['answers with something else', 200],
  ])('when the server %s', async (_, status) => {
    const world = await plantedWorld();
    const echoed = JSON.stringify({
      kind: 'Status',
      apiVersion: 'v1',
      status: 'Failure',
      reason: 'Invalid',
      code: status,
      message: `Secret "${name}" is invalid: ${world.values.join(' ')}`,
    });
    world.fail((request) => (request.method === 'PATCH' && isWrite(request) ? { status, body: echoed } : undefined));
    expect(await expectNothingLeaks(world, ['stabilize', '--yes', ...backup, ...format])).toBe(4);
    world.fail(({ path }) => (path.includes('/secrets') ? { status, body: echoed } : undefined));
    expect([1, 3]).toContain(await expectNothingLeaks(world, ['audit', ...format]));
  });

  test('when a password does not open its door', async () => {
    const world = await plantedWorld('healthy');
    const secret = world.store.get('secrets', namespace, name) as StoredObject & { data: object };
    const wrong = canary();
    const data = { ...secret.data, 'postgres-auth-password': Buffer.from(wrong).toString('base64') };
    world.store.replace('secrets', { ...secret, data });
    const planted = { ...world, values: [...world.values, wrong] };
    expect(await expectNothingLeaks(planted, ['verify', '--timeout', '1s', ...format])).toBe(1);
  });
});

test.each([
  ['audit', '-o', 'html'],
  ['audit', '-o', 'junit'],
  ['audit', '-o', 'markdown'],
  ['audit', 'secret/cloudtolocalllm-secrets', '-v'],
  ['audit', 'deployment/api-backend', '-o', 'json'],
  ['verify', '--timeout', '1s', '-o', 'junit'],
  ['verify', '--timeout', '1s', '-o', 'markdown'],
])('no value leaves by %s %s %s', async (...argv) => {
  expect(await expectNothingLeaks(await plantedWorld(), argv)).toBe(1);
});

test('no value leaves by -o markdown of the whole walk', async () => {
  const argv = ['stabilize', '--yes', ...backup, '-o', 'markdown'];
  expect(await expectNothingLeaks(await plantedWorld(), argv)).toBe(0);
});

test('the forms that are looked for are found where they stand', () => {
  const value = canary();
  const world = { values: [value] } as unknown as World;
  for (const text of [`password=${value}`, JSON.stringify({ value }), Buffer.from(value).toString('base64')]) {
    expect(() => {
      expectNoneIn(text, world, 'a text');
    }).toThrow();
  }
});
