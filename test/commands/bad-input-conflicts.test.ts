import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { ExitCode } from '../../src/exit-codes.ts';
import type { Sandbox } from '../../src/sandbox/sandbox.ts';
import type { StoredObject } from '../../src/sandbox/store/stored-object.ts';
import { jsonOf } from '../support/refusals.ts';
import { runCli } from '../support/run-cli.ts';
import { sandbox } from '../support/sandbox.ts';

const namespace = 'cloudtolocalllm';
const name = 'cloudtolocalllm-secrets';
const base64 = (text: string): string => Buffer.from(text).toString('base64');

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'c2l-conflicts-'));
});

afterAll(async () => {
  await rm(folder, { recursive: true });
});

function dataOf({ store }: Pick<Sandbox, 'store'>): Record<string, string> {
  return (store.get('secrets', namespace, name) as StoredObject & { data: Record<string, string> }).data;
}

function replaceData({ store }: Sandbox, data: Record<string, string>): void {
  store.replace('secrets', { ...store.get('secrets', namespace, name)!, data });
}

/** A sandbox in which somebody else writes just before the first write of c2l to the Secret itself arrives. */
async function contested(
  scenario: string,
  isWrite: (method: string, path: string) => boolean,
  other: (cluster: Sandbox) => void,
): Promise<Sandbox> {
  let done = false;
  const cluster: Sandbox = await sandbox({
    scenario,
    intercept: ({ method, path }) => {
      if (!done && isWrite(method, path)) {
        done = true;
        other(cluster);
      }
      return undefined;
    },
  });
  await writeFile(join(folder, 'backup.env'), cluster.envBackupText, { mode: 0o600 });
  return cluster;
}

const isPatch = (method: string): boolean => method === 'PATCH';
const from = ['--yes', '--from', 'env:backup.env'];

describe.each([
  { command: 'fix-secrets', next: 'c2l fix-secrets --from env:backup.env' },
  { command: 'stabilize', next: 'c2l stabilize --from env:backup.env' },
])('$command', ({ command, next }) => {
  const argv = [command, ...from];

  test('a Secret that changed between plan and write: nothing is done, nothing of the other writer is lost', async () => {
    const theirs = { 'admin-password': base64('o'.repeat(20)), 'their-key': base64('t'.repeat(8)) };
    const cluster = await contested('incident', isPatch, (world) => {
      replaceData(world, { ...dataOf(world), ...theirs });
    });
    const before = { ...dataOf(cluster), ...theirs };
    const options = { kubeconfig: cluster.kubeconfig, cwd: folder };
    const result = await runCli([...argv, '-o', 'json'], options);
    const answer = jsonOf(result);
    expect([result.code, answer.verdict]).toEqual([ExitCode.partial, 'partial']);
    expect(result.stdout).not.toContain('"done"');
    expect(result.stdout).toMatch(/changed since it was read; c2l fix-secrets plans again/);
    expect(dataOf(cluster)).toEqual(before);

    const again = await runCli(argv, options);
    expect([again.code, again.stderr]).toEqual([ExitCode.ok, expect.anything()]);
    expect(dataOf(cluster)).toMatchObject(theirs);
  });

  test('in text, the exit code and the next command say the same', async () => {
    const cluster = await contested('incident', isPatch, (world) => {
      replaceData(world, { ...dataOf(world), 'their-key': base64('t'.repeat(8)) });
    });
    const result = await runCli(argv, { kubeconfig: cluster.kubeconfig, cwd: folder });
    expect(result.code).toBe(ExitCode.partial);
    expect(result.stdout.trimEnd().split('\n').at(-1)).toBe(`next: ${next}`);
  });

  test('a Secret that somebody else created meanwhile is left as it is', async () => {
    const isCreation = (method: string, path: string): boolean => method === 'POST' && /\/secrets(\?|$)/.test(path);
    const theirs = { 'jwt-secret': base64('j'.repeat(44)) };
    const cluster = await contested('total-secret-loss', isCreation, ({ store }) => {
      store.create('secrets', {
        apiVersion: 'v1',
        kind: 'Secret',
        metadata: { namespace, name },
        type: 'Opaque',
        data: theirs,
      });
    });
    const result = await runCli([...argv, '-o', 'json'], { kubeconfig: cluster.kubeconfig, cwd: folder });
    expect([result.code, jsonOf(result).verdict]).toEqual([ExitCode.partial, 'partial']);
    expect(dataOf(cluster)).toEqual(theirs);
  });

  test('a Secret that was deleted and made anew meanwhile is not patched by name', async () => {
    const cluster = await contested('incident', isPatch, ({ store }) => {
      const { metadata, ...rest } = store.get('secrets', namespace, name)!;
      store.remove('secrets', namespace, name);
      store.create('secrets', { ...rest, metadata: { namespace, name: metadata.name }, data: {} });
    });
    const result = await runCli([...argv, '-o', 'json'], { kubeconfig: cluster.kubeconfig, cwd: folder });
    expect([result.code, jsonOf(result).verdict]).toEqual([ExitCode.partial, 'partial']);
    expect(dataOf(cluster)).toEqual({});
  });
});
