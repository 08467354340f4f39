import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { start, type Finished } from '../support/built-program.ts';
import { leakedKeys } from './support/canary.ts';
import { TestCluster } from './support/cluster.ts';
import { everyLog, everyObject } from './support/everything.ts';
import { basicAuthStatus, postgresLogin, serviceGet } from './support/proofs.ts';
import {
  collection,
  deployIncident,
  deployPostgres,
  namespace,
  pod,
  pods,
  removeStack,
  secretName,
} from './support/stack.ts';
import { runRunbook } from './support/runbook.ts';
import { untilStates } from './support/states.ts';
import { envBackup, freshValues, keptKeys } from './support/values.ts';

interface Finding {
  readonly code: string;
  readonly severity: string;
  readonly secret?: string;
  readonly key?: string;
}

interface Report {
  readonly verdict: string;
  readonly findings: readonly Finding[];
  readonly phases?: readonly { readonly name: string; readonly verdict: string }[];
}

const cluster = TestCluster.open();
const values = freshValues();
const missing = Object.keys(values).filter((key) => !(keptKeys as readonly string[]).includes(key));
const folder = mkdtempSync(join(tmpdir(), 'c2l-e2e-'));
const backup = join(folder, 'backup.env');
const runs: Finished[] = [];
const noKey = (key: string) =>
  `CreateContainerConfigError: couldn't find key ${key} in Secret ${namespace}/${secretName}`;

async function run(...argv: string[]): Promise<{ exitCode: number | null; report: Report; stderr: string }> {
  const ran = await start([...argv, '--kubeconfig', cluster.kubeconfigPath, '-o', 'json'], { timeoutMs: 240_000 })
    .finished;
  runs.push(ran);
  return { exitCode: ran.exitCode, report: JSON.parse(ran.stdout) as Report, stderr: ran.stderr };
}

const stabilize = () => run('stabilize', '--yes', '--from', `env:${backup}`);

/** What a run that changes nothing leaves alone: every Secret at its version, every pod the same pod. */
async function fingerprint(): Promise<string[]> {
  const secrets = await cluster.list(collection('Secret'));
  const live = await pods(cluster);
  return [
    ...secrets.map(({ metadata }) => `secret ${metadata.name} ${String(metadata.resourceVersion)}`),
    ...live.map(({ metadata }) => `pod ${metadata.name} ${String(metadata.uid)}`),
  ].sort();
}

const unharmed = ['postgres', 'redis-tunnel-state', 'prometheus', 'alertmanager'];
let healthy: (string | undefined)[] = [];

async function uids(apps: readonly string[]): Promise<(string | undefined)[]> {
  return Promise.all(apps.map(async (app) => (await pod(cluster, app))?.metadata.uid));
}

beforeAll(async () => {
  writeFileSync(backup, envBackup(values), { mode: 0o600 });
  await deployIncident(cluster, values);
});

afterAll(async () => {
  rmSync(folder, { recursive: true });
  await removeStack(cluster);
});

describe('the outage, as a person sees it', () => {
  test('postgres-auth and grafana lack their key', async () => {
    await untilStates(cluster, 'postgres-auth', { postgres: noKey('postgres-auth-password') });
    await untilStates(cluster, 'grafana', { grafana: noKey('admin-password') });
  });

  test('api-backend waits in its first init container while postgres is away', async () => {
    const waiting = {
      'wait-for-postgres': 'running',
      'db-migrate': 'PodInitializing',
      'api-backend': 'PodInitializing',
    };
    await untilStates(cluster, 'api-backend', waiting);
  });

  test('api-backend lacks a key in its second init container once postgres is there', async () => {
    await deployPostgres(cluster);
    const stuck = { 'wait-for-postgres': 'exited 0', 'db-migrate': noKey('postgres-auth-password') };
    await untilStates(cluster, 'api-backend', stuck);
  });

  test('another key is rotated while postgres runs', async () => {
    // The writer's managed fields now carry a later time than postgres's start, though no value of postgres changed.
    await cluster.patch(`${collection('Secret')}/${secretName}`, { stringData: { unused: 'changed' } });
    await untilStates(cluster, 'postgres', { postgres: 'running' });
    healthy = await uids(unharmed);
  });

  test('web waits for the API', async () => {
    await untilStates(cluster, 'web', { 'wait-for-api': 'running', web: 'PodInitializing' });
  });
});

describe('the recovery', () => {
  test('audit names every missing key in one run', async () => {
    const { exitCode, report } = await run('audit');
    const named = report.findings.filter(({ code }) => code === 'secret-key-missing').map(({ key }) => key);
    expect(named.sort()).toEqual([...missing].sort());
    expect(report.verdict).toBe('problems');
    expect(exitCode).toBe(1);
  });

  test('stabilize brings everything back', async () => {
    const { exitCode, report } = await stabilize();
    expect(report.phases?.map(({ name, verdict }) => `${name} ${verdict}`)).toEqual([
      'audit problems',
      'fix-secrets ok',
      'restart ok',
      'verify ok',
    ]);
    expect(exitCode).toBe(0);
  });

  test('what was not harmed was not touched', async () => {
    expect(await uids(unharmed)).toEqual(healthy);
  });

  test('postgres-auth accepts the restored password and no other', async () => {
    const login = { user: 'appuser', database: 'auth' };
    const right = await postgresLogin(cluster, 'postgres-auth', {
      ...login,
      password: values['postgres-auth-password']!,
    });
    expect(right).toEqual({ exitCode: 0, output: 'appuser\n' });
    const wrong = await postgresLogin(cluster, 'postgres-auth', { ...login, password: 'x'.repeat(20) });
    expect(wrong.exitCode).toBe(2);
    expect(wrong.output).toContain('password authentication failed');
  });

  test('api-backend reaches its databases', async () => {
    const { status, text } = await serviceGet(cluster, 'api-backend', 8080, '/health');
    expect({ status, body: JSON.parse(text) as unknown }).toEqual({
      status: 200,
      body: { status: 'ok', database: { status: 'connected' } },
    });
  });

  test('web reaches the API', async () => {
    expect((await serviceGet(cluster, 'web', 8080, '/health')).status).toBe(200);
  });

  test('grafana accepts the restored admin password and no other', async () => {
    const grafana = { app: 'grafana', port: 3000, path: '/api/org' };
    const password = values['admin-password']!;
    expect(await basicAuthStatus(cluster, grafana, { user: 'admin', password })).toBe(200);
    expect(await basicAuthStatus(cluster, grafana, { user: 'admin', password: 'x'.repeat(20) })).toBe(401);
  });

  test('a second run changes nothing', async () => {
    const before = await fingerprint();
    const { exitCode, report } = await stabilize();
    expect({ exitCode, verdict: report.verdict }).toEqual({ exitCode: 0, verdict: 'ok' });
    expect(await fingerprint()).toEqual(before);
  });

  test('audit finds nothing wrong afterwards', async () => {
    const { exitCode, report } = await run('audit');
    expect(report.findings.filter(({ severity }) => severity === 'error')).toEqual([]);
    expect({ exitCode, verdict: report.verdict }).toEqual({ exitCode: 0, verdict: 'ok' });
  });

  test('is done by the steps of its runbook as well, when keys are lost once more', async () => {
    const lost = ['admin-password', 'postgres-auth-password'];
    await cluster.patch(`${collection('Secret')}/${secretName}`, {
      data: Object.fromEntries(lost.map((key) => [key, null])),
    });
    for (const app of ['grafana', 'postgres-auth']) {
      const { metadata } = (await pod(cluster, app))!;
      await cluster.remove(`/api/v1/namespaces/${namespace}/pods/${metadata.name}`);
    }
    await untilStates(cluster, 'grafana', { grafana: noKey('admin-password') });
    const ran = await runRunbook('restoring-application-secrets', {
      values: { SOURCE: `env:${backup}` },
      flags: ['--kubeconfig', cluster.kubeconfigPath],
    });
    runs.push(ran);
    expect([ran.exitCode, ran.steps]).toEqual([
      0,
      [
        'See everything that is missing: done, exit 1',
        'Read the plan: done, exit 0',
        'Restore the values: done, exit 0',
        'Restart what needs it: done, exit 0',
        'Prove the recovery: done, exit 0',
      ],
    ]);
    expect(leakedKeys(ran.log, values)).toEqual([]);
  });
});

describe('secret values', () => {
  test('stand in no output of the program', () => {
    expect(runs).toHaveLength(5);
    expect(leakedKeys(runs.map(({ stdout, stderr }) => stdout + stderr).join('\n'), values)).toEqual([]);
  });

  test('stand in no object, annotation, event or log', async () => {
    const objects = await everyObject(cluster);
    // The outage's own events are among what was searched.
    expect(objects).toContain("couldn't find key admin-password in Secret");
    expect(leakedKeys(objects, values)).toEqual([]);
    expect(leakedKeys(await everyLog(cluster), values)).toEqual([]);
  });

  test('would be found in any dress', () => {
    const canary = { 'admin-password': values['admin-password']! };
    const dressed = [
      Buffer.from(`admin:${canary['admin-password']}`).toString('base64'),
      encodeURIComponent(canary['admin-password']),
      JSON.stringify(canary),
    ];
    expect(dressed.map((text) => leakedKeys(text, canary))).toEqual(dressed.map(() => ['admin-password']));
  });
});
