import { generateIdentity, identityToRecipient } from 'age-encryption';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';

import type { StoredObject } from '../../src/sandbox/store/stored-object.ts';
import {
  canary,
  canaryLine,
  namespace,
  plantedWorld,
  runWatched,
  secretName,
  type CanaryWorld,
} from '../support/canary-world.ts';
import { isWrite } from '../support/refusals.ts';
import type { CliOptions } from '../support/run-cli.ts';
import { ctrlC } from '../support/terminal.ts';
import { leaksIn } from '../support/value-forms.ts';

let world: CanaryWorld;

async function exitOf(argv: readonly string[], options?: CliOptions): Promise<number> {
  return (await runWatched(world, argv, options)).code;
}

const backup = ['--from', 'env:backup.env'];
const vault = (): string[] => ['--from', `azure-key-vault:${world.vault.url}`];

describe('no value leaves where nothing is changed, by', () => {
  beforeAll(async () => {
    world = await plantedWorld();
    const backupText = world.envBackupText;
    const value = canaryLine();
    world.planted.push(value);
    await world.give('twice.env', `${backupText}${backupText}`);
    await world.give('open-quote.env', `${backupText}CANARY='${value}\n`);
    await world.give('no-name.env', `${backupText}${value}\n`);
    await world.give('not-valid.env', backupText.replace(/='sk_test_/, `='${value}`));
    const manifest = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'shop' } };
    const data = { whole: Buffer.from(value).toString('base64'), broken: value };
    const needs = [{ name: 'A', valueFrom: { secretKeyRef: { name: secretName, key: 'lost' } } }];
    const containers = [{ name: 'main', image: 'example.test/main', env: [...needs, { name: 'B', value }] }];
    const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'needs', namespace }, spec: { containers } };
    await world.give('needs.yaml', JSON.stringify(pod));
    await world.give('secret.yaml', JSON.stringify({ ...manifest, data, stringData: { plain: value } }));
  });

  afterEach(() => {
    world.fail(undefined);
    world.vault.setFault(undefined);
  });

  afterAll(() => world.close());

  test.each([
    [1, 'audit', '-v'],
    [1, 'audit', '-o', 'json', '-v'],
    [1, 'audit', '-o', 'yaml'],
    [1, 'audit', '-o', 'html'],
    [1, 'audit', '-o', 'junit'],
    [1, 'audit', '-o', 'markdown'],
    [1, 'audit', `secret/${secretName}`, '-v'],
    [1, 'audit', 'deployment/api-backend', '-o', 'json'],
    [1, 'verify', '--timeout', '1s', '-v'],
    [1, 'verify', '--timeout', '1s', '-o', 'json'],
    [1, 'verify', '--timeout', '1s', '-o', 'junit'],
    [1, 'verify', '--timeout', '1s', '-o', 'markdown'],
    [3, 'validate', 'secret.yaml'],
    [3, 'validate', 'secret.yaml', '-o', 'sarif'],
    [3, 'validate', 'secret.yaml', '-o', 'json'],
    [3, 'validate', 'secret.yaml', '-o', 'junit'],
    [3, 'validate', 'secret.yaml', '-o', 'github'],
    [1, 'validate', 'secret.yaml', 'needs.yaml', '--against-cluster', '-n', namespace, '-v'],
    [0, 'init', '-n', namespace, '--out', '-'],
    [0, 'init', '-n', namespace, '--out', 'made.yaml'],
    [0, 'init', '--from-manifests', 'needs.yaml', '--out', 'of-manifests.yaml'],
    [0, 'generate', 'rbac', '--for', 'fix-secrets', '--stack', 'cloudtolocalllm'],
    [0, 'explain', 'secret-key-missing'],
    [0, 'history', '-v'],
    [1, 'watch', '--once', '--cluster', '--stack', 'cloudtolocalllm'],
    [0, 'fix-secrets', '--dry-run', ...backup, '-v'],
    [0, 'fix-secrets', '--dry-run', ...backup, '-o', 'yaml'],
    [0, 'backup', '--check', ...backup, '-v'],
    [0, 'backup', '--check', ...backup, '-o', 'json'],
  ] as [number, ...string[]][])('exit %d of %s %s %s', async (code, ...argv) => {
    expect(await exitOf(argv)).toBe(code);
  });

  test.each([['text'], ['json']])('a backup that cannot be used, -o %s', async (output) => {
    for (const file of ['twice', 'open-quote', 'no-name', 'not-valid']) {
      expect(await exitOf(['fix-secrets', '--yes', '--from', `env:${file}.env`, '-o', output, '-v'])).toBe(2);
    }
  });

  test.each([['text'], ['json']])('a vault that fails, -o %s', async (output) => {
    for (const kind of ['garbage', 'forbidden', 'reset'] as const) {
      world.vault.setFault({ kind });
      expect(await exitOf(['fix-secrets', '--yes', ...vault(), '-o', output, '-v'])).toBe(2);
    }
  });

  test.each([
    ['declined', false, 5],
    ['interrupted', ctrlC, 130],
  ] as const)('a question that is %s', async (_, answer, code) => {
    expect(await exitOf(['stabilize', ...backup, '-v'], { answers: [answer] })).toBe(code);
  });

  test.each([
    ['refuses and repeats what it was sent', 422],
    ['fails and repeats what it was sent', 500],
    ['answers with something else', 200],
  ])('a server that %s', async (_, status) => {
    const message = `Secret "${secretName}" is invalid: ${world.planted.join(' ')}`;
    const body = JSON.stringify({ kind: 'Status', apiVersion: 'v1', status: 'Failure', code: status, message });
    world.fail(({ path }) => (path.includes('/secrets') ? { status, body } : undefined));
    for (const output of ['text', 'json']) {
      expect([1, 3]).toContain(await exitOf(['audit', '-o', output, '-v']));
      world.fail((request) => (request.method === 'PATCH' && isWrite(request) ? { status, body } : undefined));
      expect(await exitOf(['fix-secrets', '--yes', ...backup, '-o', output, '-v'])).toBe(4);
    }
  });
});

describe('no value leaves', () => {
  afterEach(() => world.close());

  test.each([['text'], ['yaml']])('when each phase succeeds on its own, -o %s', async (output) => {
    world = await plantedWorld();
    const format = ['-o', output, '-v'];
    for (const argv of [['fix-secrets', '--yes', ...backup], ['restart', '--yes'], ['verify'], ['audit']]) {
      expect(await exitOf([...argv, ...format])).toBe(0);
    }
  });

  test.each([
    ['incident', 'markdown'],
    ['total-secret-loss', 'json'],
  ])('when the whole walk succeeds: %s, -o %s', async (scenario, output) => {
    world = await plantedWorld(scenario);
    expect(await exitOf(['stabilize', '--yes', ...vault(), ...backup, '-o', output, '-v'])).toBe(0);
  });

  test('when a person types values, wrong ones first', async () => {
    world = await plantedWorld();
    const typed = canaryLine();
    world.planted.push(typed);
    await world.give('part.env', world.envBackupText.replace(/^ADMIN_PASSWORD=.*\n/m, ''));
    const mistyped = canaryLine();
    world.planted.push(mistyped);
    const answers = [typed, mistyped, typed, typed, true];
    expect(await exitOf(['fix-secrets', '--from', 'env:part.env', '-v'], { answers })).toBe(0);
  });

  test('when a reviewed plan is carried out', async () => {
    world = await plantedWorld();
    const { stdout } = await runWatched(world, ['fix-secrets', '--dry-run', ...backup, '-o', 'yaml']);
    await world.give('plan.yaml', stdout);
    expect(await exitOf(['fix-secrets', '--plan', 'plan.yaml', '--yes', '-v'])).toBe(0);
  });

  test('when values are made up, brought back, and left out', async () => {
    world = await plantedWorld('total-secret-loss');
    await world.give('part.env', world.envBackupText.replace(/^(JWT_SECRET|AUTH0_AUDIENCE)=.*\n/gm, ''));
    world.vault.delete('auth0-audience');
    const some = ['--from', 'env:part.env', '--generate', 'jwt-secret'];
    expect(await exitOf(['fix-secrets', '--yes', '--partial', ...some, '-v'])).toBe(4);
    expect(await exitOf(['fix-secrets', '--yes', '--recover', ...vault(), '-o', 'json', '-v'])).toBe(0);
  });

  test('when what was kept is listed, shown and brought back', async () => {
    world = await plantedWorld();
    expect(await exitOf(['fix-secrets', '--yes', ...backup])).toBe(0);
    for (const output of ['text', 'json']) {
      expect(await exitOf(['history', '-o', output, '-v'])).toBe(0);
      expect(await exitOf(['rollback', secretName, '--dry-run', '-o', output, '-v'])).toBe(1);
    }
    expect(await exitOf(['rollback', secretName, '-v'], { answers: [true] })).toBe(1);
    expect(await exitOf(['fix-secrets', '--yes', '--from', 'revision', '-v'])).toBe(0);
  });

  test('when values are stored in a vault, and in an encrypted file', async () => {
    world = await plantedWorld('healthy');
    const identity = await generateIdentity();
    world.planted.push(identity);
    await world.give('key.txt', identity);
    const age = ['--to', 'age:b.age', '--recipient', await identityToRecipient(identity)];
    const to = `azure-key-vault:${world.vault.url}`;
    expect(await exitOf(['backup', '--to', to, '--yes', '-o', 'json', '-v'])).toBe(0);
    expect(await exitOf(['backup', ...age, '--yes', '-v'])).toBe(0);
    expect(await exitOf(['backup', '--check', '--from', 'age:b.age', '--identity', 'key.txt', '-v'])).toBe(0);
    world.vault.setFault({ kind: 'garbage' });
    expect(await exitOf(['backup', '--to', to, '--yes', '-v'])).toBe(2);
  });

  test('when a password does not open its door', async () => {
    world = await plantedWorld('healthy');
    const secret = world.store.get('secrets', namespace, secretName) as StoredObject & { data: object };
    const data = { ...secret.data, 'postgres-auth-password': Buffer.from(canary()).toString('base64') };
    world.store.replace('secrets', { ...secret, data });
    expect(await exitOf(['verify', '--timeout', '1s', '-v'])).toBe(1);
  });
});

test('every form that is looked for is found where it stands', () => {
  const value = canary();
  const found = (text: string): number => leaksIn(text, [value]).length;
  const texts = {
    plain: `password=${value}.`,
    'in JSON': JSON.stringify({ value }),
    'in JSON in JSON': JSON.stringify({ message: JSON.stringify({ value }) }),
    'in a query': `?${new URLSearchParams({ value }).toString()}`,
    'in a path': `/${encodeURIComponent(value)}`,
    'as lines of Windows': value.replace('\n', '\r\n'),
    'as lines the other way round': value.split('\n').reverse().join('\n'),
    'as an indented block': value.replace('\n', '\n    '),
    ...Object.fromEntries(
      ['', 'a', 'ab'].map((before) => [
        `in base64 after ${before.length} bytes`,
        Buffer.from(`${before}${value}:more`).toString('base64'),
      ]),
    ),
    'in base64 of a URL': Buffer.from(value).toString('base64url'),
    'in base64 of lines of Windows': Buffer.from(value.replace('\n', '\r\n')).toString('base64'),
  };
  const missed = Object.entries(texts).filter(([, text]) => found(text) !== 1);
  expect(missed.map(([form]) => form)).toEqual([]);
  expect(found('[redacted]')).toBe(0);
});
