import { describe, expect, test } from '@jest/globals';

import { fixSecrets } from '../../src/commands/fix-secrets.ts';
import { restart } from '../../src/commands/restart.ts';
import type { RestartReport } from '../../src/core/restart/restart-report.ts';
import type { Fault, SeenRequest } from '../../src/sandbox/api/api-server.ts';
import type { Sandbox } from '../../src/sandbox/sandbox.ts';
import { SandboxApi } from '../support/sandbox-api.ts';
import { backupValues, sandbox } from '../support/sandbox.ts';
import { testSession } from '../support/test-session.ts';

const secretName = 'cloudtolocalllm-secrets';
const busy: Fault = {
  status: 503,
  body: JSON.stringify({
    kind: 'Status',
    apiVersion: 'v1',
    status: 'Failure',
    reason: 'ServiceUnavailable',
    code: 503,
  }),
};
const gone: Fault = {
  status: 410,
  body: JSON.stringify({ kind: 'Status', apiVersion: 'v1', status: 'Failure', reason: 'Expired', code: 410 }),
};

interface FaultyCluster extends Sandbox {
  /** What writes to workloads were let through. */
  readonly restarts: readonly string[];
  answer(plan: (request: SeenRequest) => Fault | undefined): void;
}

async function faultyCluster(scenario: string): Promise<FaultyCluster> {
  const restarts: string[] = [];
  let plan: (request: SeenRequest) => Fault | undefined = () => undefined;
  const started = await sandbox({
    scenario,
    speed: 20,
    intercept: (request) => {
      const fault = plan(request);
      if (request.method === 'PATCH' && request.path.includes('/apis/apps/') && fault === undefined) {
        restarts.push(/\/(\w+\/[\w-]+)\?/.exec(request.path)?.[1] ?? request.path);
      }
      return fault;
    },
  });
  return {
    ...started,
    restarts,
    answer: (next) => {
      plan = next;
    },
  };
}

/** Overwrites values of the stack's Secret as a person would. */
async function overwrite(cluster: Sandbox, values: Record<string, string>): Promise<void> {
  const session = await testSession(cluster);
  const all = { ...backupValues(cluster), ...values };
  const lines = Object.entries(all).map(([key, value]) => `${key.toUpperCase().replaceAll('-', '_')}='${value}'\n`);
  const from = [await session.envSource(lines.join(''))];
  const keys = Object.keys(values).map((key) => `cloudtolocalllm/${secretName}/${key}`);
  const { report } = await fixSecrets(session, { from, yes: true, dryRun: false, overwrite: keys, keep: 10 });
  expect([report.verdict, report.findings]).toEqual(['ok', []]);
}

async function run(cluster: Sandbox, timeoutMs = 20_000): Promise<RestartReport> {
  const session = await testSession(cluster);
  const { report } = await restart(session, { yes: true, dryRun: false, waitOnly: false, timeoutMs });
  return report as RestartReport;
}

function steps({ outcomes }: RestartReport): string[] {
  return outcomes
    .filter(({ action }) => action === 'restart-workload')
    .map(({ outcome, object, detail }) => `${outcome} ${object.name}: ${detail}`);
}

const rotated = { 'jwt-secret': 'j'.repeat(44) };

describe('an API server that goes away in the middle of a restart', () => {
  test.each<[string, Fault]>([
    ['answers that it is busy', busy],
    ['breaks off every connection', 'reset'],
  ])('and %s is waited for, and nothing is done twice', async (_how, fault) => {
    const cluster = await faultyCluster('healthy');
    await overwrite(cluster, rotated);
    let from: number | undefined;
    cluster.answer(({ method }) => {
      if (from === undefined && method === 'PATCH') from = performance.now();
      return from !== undefined && performance.now() - from < 2500 ? fault : undefined;
    });
    const report = await run(cluster);
    expect([report.verdict, steps(report)]).toEqual([
      'ok',
      ['done api-backend: runs with an older value of key jwt-secret of Secret cloudtolocalllm-secrets'],
    ]);
    expect(cluster.restarts).toEqual(['deployments/api-backend']);
  });

  test('and never comes back ends in time, with what was not done', async () => {
    const cluster = await faultyCluster('healthy');
    await overwrite(cluster, rotated);
    cluster.answer(({ method }) => (method === 'PATCH' ? busy : undefined));
    const report = await run(cluster, 1500);
    expect([report.verdict, steps(report)]).toEqual([
      'partial',
      [expect.stringMatching(/^failed api-backend: patch deployments \S+ failed: the API server refused it \(503\)$/)],
    ]);
  });

  test('and forgets what a list began with is asked again', async () => {
    const cluster = await faultyCluster('healthy');
    await overwrite(cluster, rotated);
    let lists = 0;
    let isBegun = false;
    cluster.answer(({ method, path }) => {
      if (method === 'PATCH') isBegun = true;
      if (!isBegun || method !== 'GET' || !path.includes('/pods')) return undefined;
      lists += 1;
      return lists <= 2 ? gone : undefined;
    });
    const report = await run(cluster);
    expect([report.verdict, lists > 2]).toEqual(['ok', true]);
  });
});

test('a password that the initialised volume does not know stops what hangs on it, which keeps running', async () => {
  const cluster = await faultyCluster('healthy');
  const before = await new SandboxApi(cluster).pod('api-backend');
  await overwrite(cluster, { 'postgres-auth-password': 'a-password-that-nobody-set' });
  const report = await run(cluster);
  expect([report.verdict, cluster.restarts]).toEqual(['partial', ['statefulsets/postgres-auth']]);
  expect(steps(report)).toEqual([
    expect.stringMatching(/^done postgres-auth: runs with an older value of key postgres-auth-password /),
    expect.stringMatching(
      /^skipped api-backend: because statefulset\/postgres-auth is not proven: login over TCP: .*password/i,
    ),
  ]);
  expect((await new SandboxApi(cluster).pod('api-backend')).metadata.uid).toBe(before.metadata.uid);
});

test('a restart that was cut off after it was sent is not sent again by the next run', async () => {
  const cluster = await faultyCluster('healthy');
  await overwrite(cluster, { 'postgres-auth-password': backupValues(cluster)['postgres-auth-password']!, ...rotated });
  const session = await testSession(cluster);
  cluster.answer(({ method }) => {
    // Let through, and then nobody waits for what comes of it.
    if (method === 'PATCH') session.interrupt();
    return undefined;
  });
  const { report } = await restart(session, { yes: true, dryRun: false, waitOnly: false, timeoutMs: 20_000 });
  expect(report.verdict).toBe('interrupted');
  // Ready as it was last seen, which was before the restart, would be the word on the old pod.
  const { outcomes } = report as RestartReport;
  expect(outcomes.find(({ action, object }) => action === 'wait-ready' && object.name === 'api-backend')).toMatchObject(
    {
      outcome: 'skipped',
      detail: 'interrupted before it was looked at again; c2l restart goes on from here',
    },
  );
  cluster.answer(() => undefined);
  const again = await run(cluster);
  expect([again.verdict, steps(again), cluster.restarts]).toEqual(['ok', [], ['deployments/api-backend']]);
});
