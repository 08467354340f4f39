import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { start, type Started } from '../support/built-program.ts';
import { startFakeServer, type FakeServer } from '../support/fake-server.ts';
import { TestCluster } from './support/cluster.ts';
import {
  deployShop,
  freshPassword,
  loseKey,
  namespace,
  removeShop,
  restoreKey,
  secretName,
  shopStack,
} from './support/small-shop.ts';
import { until } from './support/wait.ts';

interface Posted {
  readonly kind: string;
  readonly title: string;
  readonly roots: readonly { readonly id: string }[];
  readonly beneath: readonly { readonly id: string }[];
}

const cluster = TestCluster.open();
const password = freshPassword();
const folder = mkdtempSync(join(tmpdir(), 'c2l-watch-e2e-'));
const state = join(folder, 'state.json');
let receiver: FakeServer;
let running: Started;

const posted = () => receiver.requests.map(({ body }) => JSON.parse(body) as Posted);
const watched = () =>
  JSON.parse(readFileSync(state, 'utf8')) as { rounds: number; targets: Record<string, { outcome: string }> };

function watch(): Started {
  const argv = [
    'watch',
    '--kubeconfig',
    cluster.kubeconfigPath,
    '--config',
    join(folder, 'c2l.yaml'),
    '--state',
    state,
  ];
  return start(argv, { env: { HOOK_URL: receiver.url }, timeoutMs: 240_000 });
}

async function rounds(count: number): Promise<void> {
  const wanted = watched().rounds + count;
  await until(`${String(count)} rounds more`, () => Promise.resolve(watched().rounds >= wanted || undefined), {
    within: 30_000,
  });
}

beforeAll(async () => {
  receiver = await startFakeServer((response) => response.end());
  const hook = { kind: 'webhook', name: 'hook', url: { env: 'HOOK_URL' } };
  const section = { interval: '1s', failureThreshold: 2, successThreshold: 2, notify: [hook] };
  writeFileSync(join(folder, 'c2l.yaml'), JSON.stringify(shopStack(section)));
  await deployShop(cluster, password);
});

afterAll(async () => {
  running.child.kill('SIGKILL');
  await receiver.close();
  rmSync(folder, { recursive: true });
  await removeShop(cluster);
});

test('it begins while the stack still starts, and settles when all of it is up', async () => {
  running = watch();
  await running.said('stderr', /watching every 1 s/);
  await until('a state', () => Promise.resolve(existsSync(state) || undefined), { within: 30_000 });
  const allPass = () => {
    const outcomes = Object.values(watched().targets).map(({ outcome }) => outcome);
    return outcomes.length >= 8 && outcomes.every((outcome) => outcome === 'pass');
  };
  await until('all targets up', () => Promise.resolve(allPass() || undefined), {
    within: 60_000,
    seen: () => Promise.resolve(JSON.stringify(watched().targets)),
  });
  // What the start of the stack was worth telling is over.
  await rounds(3);
  expect(posted().filter(({ kind }) => kind === 'opened')).toHaveLength(
    posted().filter(({ kind }) => kind === 'recovered').length,
  );
});

test('a Secret that loses a key, and its database the pod, are one page', async () => {
  const before = receiver.requests.length;
  await loseKey(cluster);
  await until('a page', () => Promise.resolve(receiver.requests.length > before || undefined), { within: 30_000 });
  await rounds(4);
  const pages = posted().slice(before);
  expect(pages.map(({ kind, roots }) => [kind, ...roots.map(({ id }) => id)])).toEqual([
    ['opened', `secret ${namespace}/${secretName}`],
  ]);
});

test('a kill in the middle of the outage doubles nothing', async () => {
  const before = receiver.requests.length;
  running.child.kill('SIGKILL');
  await running.finished;
  running = watch();
  await running.said('stderr', /watching every 1 s/);
  await rounds(3);
  expect(receiver.requests).toHaveLength(before);
});

test('when all of the chain is back there is one recovery, and no value was shown', async () => {
  const before = receiver.requests.length;
  await restoreKey(cluster, password);
  await until('the recovery', () => Promise.resolve(receiver.requests.length > before || undefined), {
    within: 60_000,
    seen: () => Promise.resolve(JSON.stringify(watched().targets)),
  });
  await rounds(4);
  expect(
    posted()
      .slice(before)
      .map(({ kind, roots }) => [kind, ...roots.map(({ id }) => id)]),
  ).toEqual([['recovered', `secret ${namespace}/${secretName}`]]);
  running.child.kill('SIGTERM');
  const { exitCode, stdout, stderr } = await running.finished;
  expect(exitCode).toBe(0);
  const told = receiver.requests.map(({ body }) => body).join('');
  expect(stdout + stderr + told + readFileSync(state, 'utf8')).not.toContain(password);
});
