import { afterEach, expect, test } from '@jest/globals';
import { join } from 'node:path';

import type { AuditReport } from '../../src/core/audit/audit-report.ts';
import type { StoredObject } from '../../src/sandbox/store/stored-object.ts';
import { namespace, plantedWorld, runWatched, secretName, type CanaryWorld } from '../support/canary-world.ts';
import { startFakeServer } from '../support/fake-server.ts';
import { startMailServer } from '../support/mail-server.ts';
import type { CliOptions } from '../support/run-cli.ts';

let world: CanaryWorld;

afterEach(() => world.close());

async function exitOf(argv: readonly string[], options?: CliOptions): Promise<number> {
  return (await runWatched(world, argv, options)).code;
}

const podUid = (name: string) => world.store.get('pods', namespace, name)?.metadata.uid;

/** What the Secret holds, which whoever reads it may repeat. */
function held(): string[] {
  const { data } = world.store.get('secrets', namespace, secretName) as StoredObject & {
    data: Record<string, string>;
  };
  return Object.values(data).map((value) => Buffer.from(value, 'base64').toString());
}

test('where others repeat it: in an event, at the end of a container, of an application', async () => {
  world = await plantedWorld();
  for (const [index, value] of held().entries()) {
    const name = `said-${String(index)}`;
    const pod = (kind: string, status: object) => ({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: `${name}-${kind}`, namespace },
      spec: { nodeName: 'elsewhere', containers: [{ name: 'main', image: 'example.test/main' }] },
      status: {
        phase: 'Running',
        startTime: '2026-01-01T00:00:00Z',
        containerStatuses: [{ name: 'main', ready: false, restartCount: 9, ...status }],
      },
    });
    const terminated = { exitCode: 1, reason: 'Error', message: `fatal: cannot log in with ${value}` };
    world.say('pods', pod('ends', { state: { waiting: { reason: 'CrashLoopBackOff' } }, lastState: { terminated } }));
    world.say('pods', pod('probe', { state: { running: { startedAt: '2026-01-01T00:00:00Z' } } }));
    world.say('events', {
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { name: `${name}.1`, namespace },
      type: 'Warning',
      reason: 'Unhealthy',
      message: `Readiness probe failed: login with ${value} refused`,
      involvedObject: { kind: 'Pod', namespace, name: `${name}-probe`, uid: podUid(`${name}-probe`) },
      lastTimestamp: new Date().toISOString(),
    });
    const message = `failed to read https://git:${value.slice(0, 30)}@git.example.test/shop with ${value}`;
    world.say('applications', {
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'Application',
      metadata: { name, namespace: 'argocd' },
      spec: { destination: { namespace } },
      status: { conditions: [{ type: 'ComparisonError', message }] },
    });
  }
  const { stdout } = await runWatched(world, ['audit', '-v', '-o', 'json']);
  const messages = (JSON.parse(stdout) as AuditReport).findings.map(({ message }) => message).join('\n');
  for (const told of ['cannot log in with', 'login with', 'ComparisonError: failed to read']) {
    expect(messages).toContain(told);
  }
  for (const argv of [
    ['audit', '-v'],
    ['audit', '-o', 'html'],
    ['audit', 'pod/said-0-ends'],
    ['restart', '--dry-run'],
  ]) {
    expect(await exitOf(argv)).toBe(1);
  }
  expect(await exitOf(['verify', '--timeout', '1s', '-o', 'json'])).toBe(1);
});

test('in what a watch tells others, and keeps for its next round', async () => {
  world = await plantedWorld('healthy');
  const page = await startFakeServer((response) =>
    response.writeHead(500).end(`login with ${held().join(' ')} failed`),
  );
  const receiver = await startFakeServer((response, { body }) => {
    world.heard.push(body);
    response.end();
  });
  const mail = await startMailServer();
  const post = { kind: 'email', name: 'mail', host: '127.0.0.1', port: mail.port, tls: 'none' };
  const notify = [
    { kind: 'webhook', name: 'hook', url: { env: 'HOOK_URL' } },
    { kind: 'webhook', name: 'slack', url: { env: 'HOOK_URL' }, template: 'slack' },
    { ...post, from: 'c2l@shop.example', to: ['oncall@shop.example'] },
  ];
  const endpoints = [{ name: 'page', url: page.url }];
  const watch = { failureThreshold: 1, endpoints, notify };
  await world.give('watched.yaml', JSON.stringify({ version: 1, name: 'shop', namespaces: [namespace], watch }));
  const env = { HOME: join(world.folder, 'home'), HOOK_URL: receiver.url };
  const argv = [
    'watch',
    '--once',
    '--cluster',
    '--config',
    'watched.yaml',
    '--state',
    join(world.folder, 'state.json'),
  ];
  try {
    const first = await runWatched(world, argv, { env });
    expect([first.code, first.stderr]).toEqual([1, expect.anything()]);
    world.heard.push(...mail.mails.map(({ text }) => text));
    expect(await exitOf([...argv, '-o', 'json'], { env })).toBe(1);
    expect(world.heard.filter((text) => text.includes('page')).length).toBe(3);
  } finally {
    await Promise.all([page.close(), receiver.close(), mail.close()]);
  }
});
