import { describe, expect, test } from '@jest/globals';

import { fixSecrets } from '../../src/commands/fix-secrets.ts';
import { restart } from '../../src/commands/restart.ts';
import { exitCodeOf, type StepOutcome } from '../../src/core/reports/report.ts';
import type { RestartReport } from '../../src/core/restart/restart-report.ts';
import type { Sandbox } from '../../src/sandbox/sandbox.ts';
import type { RestartOptions } from '../../src/shell/restart/restart.ts';
import { SandboxApi } from '../support/sandbox-api.ts';
import { backupValues, sandbox } from '../support/sandbox.ts';
import { testSession, type TestSession } from '../support/test-session.ts';

async function run(session: TestSession, options: Partial<RestartOptions> = {}): Promise<RestartReport> {
  const all = { yes: true, dryRun: false, waitOnly: false, timeoutMs: 20_000, ...options };
  const { report } = await restart(session, all);
  return report as RestartReport;
}

function names(outcomes: readonly StepOutcome[], action: StepOutcome['action'], outcome = 'done'): string[] {
  return outcomes.filter((step) => step.action === action && step.outcome === outcome).map(({ object }) => object.name);
}

/** An incident whose values are back, with the pods still as they were. */
async function restoredCluster(options: Parameters<typeof sandbox>[0] = {}) {
  const cluster = await sandbox(options);
  const reply = await new SandboxApi(cluster).patchSecret(backupValues(cluster));
  expect(reply.status).toBe(200);
  return cluster;
}

describe('with the keys back', () => {
  test('replaces only the pods that serve nobody, and everything becomes ready', async () => {
    const cluster = await restoredCluster({ speed: 3 });
    const postgres = (await new SandboxApi(cluster).pod('postgres')).metadata.uid;
    const session = await testSession(cluster);
    const report = await run(session);
    expect([report.verdict, exitCodeOf(report.verdict), report.findings]).toEqual(['ok', 0, []]);

    const replaced = names(report.outcomes, 'replace-pod');
    // In sped-up time kubelet may have looked again before c2l did.
    expect(replaced.filter((name) => !/^(postgres-auth-0|grafana-.*|api-backend-.*)$/.test(name))).toEqual([]);
    expect((await new SandboxApi(cluster).pod('postgres')).metadata.uid).toBe(postgres);
    expect(names(report.outcomes, 'wait-ready')).toEqual(
      expect.arrayContaining(['postgres-auth', 'postgres', 'api-backend', 'web', 'grafana']),
    );
    expect(session.terminal.stderr).toMatch(/ok: waiting for components: 8 of 8 ready/);
  });

  test('leaves the pods to kubelet with --wait-only', async () => {
    const cluster = await restoredCluster();
    const report = await run(await testSession(cluster), { waitOnly: true });
    expect(report.verdict).toBe('ok');
    expect(names(report.outcomes, 'replace-pod')).toEqual([]);
    expect(names(report.outcomes, 'wait-ready')).toContain('web');
  });

  test('shows in a dry run what would be replaced, and replaces nothing', async () => {
    const cluster = await restoredCluster({ speed: 0.1 });
    const before = (await new SandboxApi(cluster).pod('grafana')).metadata.uid;
    const report = await run(await testSession(cluster), { dryRun: true });
    expect(report.verdict).toBe('ok');
    const planned = names(report.outcomes, 'replace-pod', 'planned');
    expect(planned.map((name) => name.replace(/-[a-z0-9]{8,10}-[a-z0-9]{5}$/, '')).sort()).toEqual([
      'api-backend',
      'grafana',
      'postgres-auth-0',
    ]);
    expect((await new SandboxApi(cluster).pod('grafana')).metadata.uid).toBe(before);
  });

  test('names who runs without a key that its next start needs', async () => {
    const cluster = await sandbox({ scenario: 'healthy' });
    await new SandboxApi(cluster).patchSecret({ 'jwt-secret': null });
    const report = await run(await testSession(cluster), { dryRun: true });
    const [root, ...others] = report.findings.map(({ id }) => id);
    expect(root).toMatch(/^secret-key-missing\/.*\/jwt-secret$/);
    expect(report.findings.slice(1).map(({ code, causes }) => [code, causes])).toEqual(
      others.map(() => ['next-start-fails', [root]]),
    );
    expect(others).toContain(`next-start-fails/${report.namespaces[0] ?? ''}/deployment/api-backend`);
  });

  test('asks first, and a refused right or a No changes nothing', async () => {
    const cluster = await restoredCluster({ speed: 0.1 });
    const before = (await new SandboxApi(cluster).pod('grafana')).metadata.uid;
    await expect(run(await testSession(cluster, { answers: [false] }), { yes: false })).rejects.toMatchObject({
      code: 'declined',
    });
    cluster.deny({ verb: 'create', resource: 'pods', subresource: 'eviction' });
    await expect(run(await testSession(cluster))).rejects.toMatchObject({
      code: 'forbidden',
      exitCode: 2,
      message: expect.stringMatching(/may not create pods\/eviction/),
    });
    expect((await new SandboxApi(cluster).pod('grafana')).metadata.uid).toBe(before);
  });

  test('tells at Ctrl-C what was begun', async () => {
    const cluster = await restoredCluster({ speed: 0.1 });
    const session = await testSession(cluster);
    const running = run(session);
    const interrupted = new Promise<void>((resolve) => {
      const poll = setInterval(() => {
        if (!session.terminal.stderr.includes('waiting: waiting for components')) return;
        clearInterval(poll);
        session.interrupt();
        resolve();
      }, 5);
    });
    await interrupted;
    const report = await running;
    expect([report.verdict, exitCodeOf(report.verdict)]).toEqual(['interrupted', 130]);
    expect(names(report.outcomes, 'replace-pod')).toContain('postgres-auth-0');
    const open = report.outcomes.find(({ action, outcome }) => action === 'wait-ready' && outcome === 'skipped');
    expect(open!.detail).toMatch(/interrupted while .*c2l restart goes on from here/);
  });

  test('ends in time with the last state where something does not come up', async () => {
    const cluster = await restoredCluster({ speed: 0.1 });
    const report = await run(await testSession(cluster), { timeoutMs: 600 });
    expect([report.verdict, exitCodeOf(report.verdict)]).toEqual(['partial', 4]);
    const late = report.outcomes.filter(({ action, outcome }) => action === 'wait-ready' && outcome === 'failed');
    expect(late.map(({ object }) => object.name)).toContain('postgres-auth');
    expect(late[0]!.detail).toMatch(/^not ready in time: /);
  });
});

test('with keys still missing nothing is replaced, the keys are named, and nobody waits for them', async () => {
  const session = await testSession(await sandbox());
  const started = performance.now();
  const report = await run(session, { timeoutMs: 60_000 });
  expect(performance.now() - started).toBeLessThan(10_000);
  expect([report.verdict, exitCodeOf(report.verdict)]).toEqual(['problems', 1]);
  expect(names(report.outcomes, 'replace-pod')).toEqual([]);
  const blocked = report.outcomes.find(({ object }) => object.name === 'postgres-auth-0');
  expect(blocked).toMatchObject({
    action: 'keep-pod',
    outcome: 'kept',
    detail: 'still lacks key postgres-auth-password of Secret cloudtolocalllm-secrets',
  });
});

test('a healthy stack needs nothing', async () => {
  const session = await testSession(await sandbox({ scenario: 'healthy' }));
  const report = await run(session);
  expect([report.verdict, report.findings]).toEqual(['ok', []]);
  expect(report.outcomes.every(({ outcome, action }) => outcome === 'kept' || action === 'wait-ready')).toBe(true);
  expect(session.terminal.stderr).not.toMatch(/waiting/);
});

describe('what runs while its Secret is written', () => {
  const path = '/api/v1/namespaces/cloudtolocalllm/secrets/cloudtolocalllm-secrets';
  const healthy = () => sandbox({ scenario: 'healthy', speed: 10 });

  async function patch(cluster: Sandbox, data: object, manager: string): Promise<void> {
    const query = `?fieldManager=${manager}`;
    const reply = await new SandboxApi(cluster).send('PATCH', path + query, { data }, 'application/merge-patch+json');
    expect(reply.status).toBe(200);
  }

  /** Restores what is missing, overwrites what is named, and tells what a restart would do then. */
  async function planAfterFix(cluster: Sandbox, values: Record<string, string>, overwrite: readonly string[] = []) {
    const session = await testSession(cluster);
    const lines = Object.entries(values).map(
      ([key, value]) => `${key.toUpperCase().replaceAll('-', '_')}='${value}'\n`,
    );
    const from = [await session.envSource(lines.join(''))];
    const { report } = await fixSecrets(session, { from, yes: true, dryRun: false, overwrite, keep: 10 });
    expect([report.verdict, report.findings]).toEqual(['ok', []]);
    return run(session, { dryRun: true });
  }

  function reasonFor(app: string, { outcomes }: RestartReport): string | undefined {
    return outcomes.find(({ action, object }) => action === 'keep-pod' && object.name.startsWith(app))?.detail;
  }

  test('is left alone when others create its Secret anew as it was, and then write another key', async () => {
    const cluster = await healthy();
    const api = new SandboxApi(cluster);
    const { data } = await api.get<{ data: object }>(path);
    const again = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'cloudtolocalllm-secrets' }, data };
    await api.send('DELETE', path);
    const created = await api.send('POST', `${path.replace(/\/[^/]+$/, '')}?fieldManager=kubectl`, again);
    expect(created.status).toBe(201);
    await patch(cluster, { unused: btoa('changed') }, 'kubectl');
    const report = await run(await testSession(cluster), { dryRun: true });
    expect(names(report.outcomes, 'restart-workload', 'planned')).toEqual([]);
    expect(reasonFor('postgres-0', report)).toMatch(/^healthy, but may run with an older value of Secret /);
  });

  test('is left alone when its key was lost and is put back', async () => {
    const cluster = await healthy();
    await patch(cluster, { 'postgres-password': null }, 'kubectl-edit');
    const report = await planAfterFix(cluster, backupValues(cluster));
    expect(names(report.outcomes, 'restart-workload', 'planned')).toEqual([]);
    expect(reasonFor('postgres-0', report)).toBe(
      'healthy, but may run with an older value of key postgres-password of Secret cloudtolocalllm-secrets, which was ' +
        'put back since: if so, c2l restart --affected-by secret/cloudtolocalllm-secrets:postgres-password',
    );
  });

  test('is left alone when the whole Secret was lost and is put back', async () => {
    const cluster = await healthy();
    expect((await new SandboxApi(cluster).send('DELETE', path)).status).toBe(200);
    const report = await planAfterFix(cluster, backupValues(cluster));
    expect(names(report.outcomes, 'restart-workload', 'planned')).toEqual([]);
    expect(reasonFor('postgres-0', report)).toMatch(/^healthy, but may run with an older value of Secret .*put back/);
  });

  test('is restarted when its own key gets another value, and nothing else is', async () => {
    const cluster = await healthy();
    const changed = { ...backupValues(cluster), 'jwt-secret': 'j'.repeat(44) };
    const report = await planAfterFix(cluster, changed, ['cloudtolocalllm/cloudtolocalllm-secrets/jwt-secret']);
    expect(names(report.outcomes, 'restart-workload', 'planned')).toEqual(['api-backend']);
  });
});
