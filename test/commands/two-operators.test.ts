import { describe, expect, test } from '@jest/globals';

import type { FixReport } from '../../src/core/fix/secret-reports.ts';
import type { SeenRequest } from '../../src/sandbox/api/api-server.ts';
import type { Sandbox } from '../../src/sandbox/sandbox.ts';
import { runFix } from '../../src/shell/fix/fix-secrets.ts';
import { runRestart } from '../../src/shell/restart/restart.ts';
import { SandboxApi } from '../support/sandbox-api.ts';
import { sandbox } from '../support/sandbox.ts';
import { testSession } from '../support/test-session.ts';

const path = '/api/v1/namespaces/cloudtolocalllm/secrets/cloudtolocalllm-secrets';
const secrets = '/api/v1/namespaces/cloudtolocalllm/secrets';

/** Runs fix-secrets as a person who answers Yes only after something else has happened. */
async function fixAfter(cluster: Sandbox, meanwhile: () => Promise<unknown>): Promise<FixReport> {
  const session = await testSession(cluster, { answers: [] });
  const from = [await session.envSource(cluster.envBackupText)];
  const confirm = async () => {
    await meanwhile();
    return true;
  };
  const slow = { ...session, deps: { ...session.deps, prompter: { ...session.deps.prompter, confirm } } };
  return runFix(slow, { from, yes: false, dryRun: false, overwrite: [], keep: 10 });
}

const revisionCount = async (cluster: Sandbox) =>
  (await new SandboxApi(cluster).list<{ type: string }>(secrets)).filter(({ type }) => type === 'c2l.dev/revision')
    .length;

const refusal = (code: number, reason: string, more: object) => ({
  status: code,
  headers: {},
  body: JSON.stringify({ kind: 'Status', apiVersion: 'v1', status: 'Failure', code, reason, ...more }),
});

describe('of two who repair the same Secret', () => {
  test('the slower is told who was faster, overwrites nothing and leaves no revision of a write that never was', async () => {
    const cluster = await sandbox();
    const faster = await testSession(cluster);
    const from = [
      await faster.envSource(cluster.envBackupText.replace(/^(ADMIN_PASSWORD=').*'$/m, "$1of-the-faster-one'")),
    ];
    const report = await fixAfter(cluster, () =>
      runFix(faster, { from, yes: true, dryRun: false, overwrite: [], keep: 10 }),
    );
    expect(report.verdict).toBe('partial');
    expect(report.outcomes).toMatchObject([{ action: 'patch-secret', outcome: 'failed' }]);
    expect(report.outcomes[0]?.detail).toMatch(
      /changed since it was read, by c2l \(tester@test, fix-secrets\) at 20\d\d-.* UTC; c2l fix-secrets plans again/,
    );
    const { data } = await new SandboxApi(cluster).get<{ data: Record<string, string> }>(path);
    expect(atob(data['admin-password'] ?? '')).toBe('of-the-faster-one');
    expect(await revisionCount(cluster)).toBe(1);
  });

  test('a program that writes beside c2l is named as the API knows it', async () => {
    const cluster = await sandbox();
    const body = { data: { other: btoa('x') } };
    const report = await fixAfter(cluster, () =>
      new SandboxApi(cluster).send('PATCH', `${path}?fieldManager=kubectl-edit`, body, 'application/merge-patch+json'),
    );
    expect(report.outcomes[0]?.detail).toMatch(/changed since it was read, by kubectl-edit at /);
  });
});

describe('the way back of a write', () => {
  const isPatch = ({ method, path: asked }: SeenRequest): boolean =>
    method === 'PATCH' && asked.startsWith(path) && !asked.includes('dryRun');

  test('stays where somebody else keeps the same state a moment later, and may take it back', async () => {
    const theirs = 'cloudtolocalllm-secrets.c2l-99991231t235959999z';
    const cluster: Sandbox = await sandbox({
      onRequest: (request) => {
        if (!isPatch(request)) return;
        const own = cluster.store.list('secrets').find(({ type }) => type === 'c2l.dev/revision')!;
        const { labels = {}, annotations = {} } = own.metadata;
        const metadata = { namespace: 'cloudtolocalllm', name: theirs, labels, annotations };
        cluster.store.create('secrets', { ...own, metadata });
      },
    });
    const session = await testSession(cluster);
    const from = [await session.envSource(cluster.envBackupText)];
    const report = await runFix(session, { from, yes: true, dryRun: false, overwrite: [], keep: 10 });
    const own = report.outcomes.find(({ action }) => action === 'keep-revision')!.object.name;
    const left = cluster.store.list('secrets').filter(({ type }) => type === 'c2l.dev/revision');
    expect(left.map(({ metadata }) => metadata.name).sort()).toEqual([own, theirs].sort());
  });

  test('is kept under another name where somebody else kept theirs in the same millisecond', async () => {
    let taken = 0;
    const cluster: Sandbox = await sandbox({
      intercept: ({ method, path: asked }) => {
        if (method !== 'POST' || !asked.startsWith(secrets) || asked.includes('dryRun') || taken > 0) return undefined;
        taken += 1;
        const message = 'secrets "x" already exists';
        return refusal(409, 'AlreadyExists', { message });
      },
    });
    const session = await testSession(cluster);
    const from = [await session.envSource(cluster.envBackupText)];
    const report = await runFix(session, { from, yes: true, dryRun: false, overwrite: [], keep: 10 });
    expect([taken, report.verdict]).toEqual([1, 'ok']);
    expect(await revisionCount(cluster)).toBe(1);
  });
});

test('who deletes an immutable Secret that somebody else has just deleted to create it again is told who', async () => {
  const immutable = { metadata: { name: 'cloudtolocalllm-secrets', namespace: 'cloudtolocalllm' }, immutable: true };
  const cluster: Sandbox = await sandbox({
    intercept: ({ method, path: asked }) => {
      if (method !== 'DELETE' || asked !== path) return undefined;
      const annotations = { 'c2l.dev/created-by': 'faster@test' };
      const written = {
        apiVersion: 'v1',
        manager: 'c2l',
        operation: 'Update' as const,
        time: '2026-01-01T00:00:00Z',
        fieldsType: 'FieldsV1' as const,
        fieldsV1: {},
      };
      cluster.store.remove('secrets', 'cloudtolocalllm', 'cloudtolocalllm-secrets');
      cluster.store.create('secrets', {
        apiVersion: 'v1',
        kind: 'Secret',
        ...immutable,
        metadata: { ...immutable.metadata, annotations, managedFields: [written] },
        data: { 'jwt-secret': btoa('of-the-faster-one') },
      });
      return refusal(404, 'NotFound', { message: 'secrets "cloudtolocalllm-secrets" not found' });
    },
  });
  await new SandboxApi(cluster).send('PATCH', path, { immutable: true }, 'application/merge-patch+json');
  const session = await testSession(cluster, { answers: [true, true] });
  const from = [await session.envSource(cluster.envBackupText)];
  const report = await runFix(session, { from, yes: false, dryRun: false, overwrite: [], keep: 10 });
  expect(report.outcomes.map(({ action, outcome, detail }) => `${action} ${outcome}: ${detail}`)).toEqual([
    expect.stringMatching(
      /^recreate-secret failed: secret \S+ exists already, by c2l \(faster@test\) at .* UTC; c2l fix-secrets plans/,
    ),
  ]);
});

describe('what the server would refuse is known while nothing is changed', () => {
  const quota = { message: 'secrets "x" is forbidden: exceeded quota: small, requested: secrets=1' };
  const tooLong = { field: 'data', reason: 'FieldValueTooLong', message: 'Too long: may not be more' };

  test.each([
    ['the revision, by RBAC', 'POST', refusal(403, 'Forbidden', {}), /not allowed to create secrets/],
    ['the revision', 'POST', refusal(403, 'Forbidden', quota), /quota small has no room for it/],
    ['the patch', 'PATCH', refusal(422, 'Invalid', { details: { causes: [tooLong] } }), /would be larger than 1 MiB/],
  ])('of %s', async (_name, wanted, answer, message) => {
    const cluster = await sandbox({
      intercept: ({ method, path: asked }) => (method === wanted && asked.includes('dryRun=All') ? answer : undefined),
    });
    const session = await testSession(cluster);
    const from = [await session.envSource(cluster.envBackupText)];
    const before = await new SandboxApi(cluster).get<{ data: object }>(path);
    await expect(runFix(session, { from, yes: true, dryRun: false, overwrite: [], keep: 10 })).rejects.toMatchObject({
      exitCode: 2,
      message: expect.stringMatching(message),
    });
    expect(await new SandboxApi(cluster).get(path)).toEqual(before);
    expect(await revisionCount(cluster)).toBe(0);
  });
});

test('of two who restart the same workload at once the slower does not renew again what the faster has renewed', async () => {
  const cluster = await sandbox({ scenario: 'healthy' });
  const api = new SandboxApi(cluster);
  await api.patchSecret({ 'admin-password': 'of-a-later-time-x' });
  const options = { yes: true, dryRun: false, waitOnly: false, timeoutMs: 20_000 };
  const restart = async (meanwhile: () => Promise<unknown>) => {
    const session = await testSession(cluster, { answers: [] });
    const confirm = async () => {
      await meanwhile();
      return true;
    };
    const slow = { ...session, deps: { ...session.deps, prompter: { ...session.deps.prompter, confirm } } };
    return runRestart(slow, { ...options, yes: false });
  };
  const faster = await testSession(cluster);

  const { verdict, outcomes } = await restart(() => runRestart(faster, options));

  const told = outcomes.filter(({ action }) => action === 'restart-workload');
  expect([verdict, told.map(({ outcome, detail }) => `${outcome}: ${detail}`)]).toEqual([
    'ok',
    [
      'done: runs with an older value of key admin-password of Secret cloudtolocalllm-secrets; somebody else began that meanwhile',
    ],
  ]);
  const { metadata } = await api.get<{ metadata: { annotations: Record<string, string> } }>(
    '/apis/apps/v1/namespaces/cloudtolocalllm/deployments/grafana',
  );
  expect(metadata.annotations['deployment.kubernetes.io/revision']).toBe('2');
});
