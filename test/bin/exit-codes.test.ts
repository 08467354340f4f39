import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { c2l, start } from '../support/built-program.ts';

const folders: string[] = [];

afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true });
});

function kubeconfig(server: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'c2l-kubeconfig-'));
  folders.push(folder);
  const path = join(folder, 'config');
  const document = {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'there',
    clusters: [{ name: 'there', cluster: { server } }],
    users: [{ name: 'me', user: {} }],
    contexts: [{ name: 'there', context: { cluster: 'there', user: 'me' } }],
  };
  writeFileSync(path, JSON.stringify(document), { mode: 0o600 });
  return path;
}

/** An address of the loopback where nothing listens any more. */
async function deadServer(): Promise<string> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return `http://127.0.0.1:${String(port)}`;
}

describe('a finished run', () => {
  test('exits 1 on a broken stack', async () => {
    expect((await c2l('audit', '--sandbox')).exitCode).toBe(1);
  });

  test('exits 0 on a healthy one', async () => {
    expect((await c2l('audit', '--sandbox', '--scenario', 'healthy')).exitCode).toBe(0);
  });
});

describe('a run that cannot start', () => {
  let dead: string;
  beforeAll(async () => {
    dead = kubeconfig(await deadServer());
  });

  test('exits 2 without a kubeconfig', async () => {
    const { exitCode, stderr } = await c2l('audit');
    expect(stderr).toMatch(/^error: .*kubeconfig/m);
    expect(exitCode).toBe(2);
  });

  test('exits 2 for an unknown context and names the ones there are', async () => {
    const { exitCode, stderr } = await c2l('audit', '--kubeconfig', dead, '--context', 'nowhere');
    expect(stderr).toMatch(/^error: .*nowhere/m);
    expect(stderr).toContain('there');
    expect(exitCode).toBe(2);
  });

  test('exits 3 where no server answers', async () => {
    const { exitCode, stderr } = await c2l('audit', '--kubeconfig', dead);
    expect(stderr).toMatch(/^error: /m);
    expect(exitCode).toBe(3);
  });

  test('exits 2 where a write needs consent and nobody can be asked', async () => {
    const { exitCode, stdout, stderr } = await c2l('stabilize', '--sandbox');
    expect(stdout + stderr).toMatch(/^error: .*consent/m);
    expect(stdout + stderr).toContain('--yes');
    expect(exitCode).toBe(2);
  });
});

describe('Ctrl-C', () => {
  test('ends a walk that waits with 130 and says how to go on', async () => {
    const walk = start(['stabilize', '--sandbox', '--yes', '--speed', '0.1']);
    await walk.said('stderr', /postgres-auth/);
    walk.child.kill('SIGINT');
    const { exitCode, stdout, stderr } = await walk.finished;
    expect(stdout + stderr).toMatch(/interrupted/);
    expect(stdout + stderr).toContain('c2l stabilize');
    expect(exitCode).toBe(130);
  });

  test('ends a served sandbox without an error', async () => {
    const sandbox = start(['sandbox']);
    await sandbox.said('stderr', /Ctrl-C/);
    sandbox.child.kill('SIGINT');
    const { exitCode, stdout, stderr } = await sandbox.finished;
    expect(stdout).toMatch(/^\S+kubeconfig\n$/);
    expect(stderr).not.toMatch(/error/);
    expect(exitCode).toBe(0);
  });
});
