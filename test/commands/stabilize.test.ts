import { expect, test } from '@jest/globals';

import { stabilize } from '../../src/commands/stabilize.ts';
import type { WalkReport } from '../../src/core/reports/walk-report.ts';
import { watchedSandbox } from '../support/refusals.ts';
import { SandboxApi } from '../support/sandbox-api.ts';
import { sandbox } from '../support/sandbox.ts';
import { testSession } from '../support/test-session.ts';

const options = {
  from: [],
  yes: true,
  confirm: undefined,
  dryRun: false,
  overwrite: [],
  keep: 10,
  waitOnly: false,
  timeoutMs: 10_000,
  output: 'text',
  verbose: false,
} as const;

test('a dry run says why it goes no further: not because anything failed', async () => {
  const cluster = await sandbox();
  const session = await testSession(cluster);
  const from = [await session.envSource(cluster.envBackupText)];

  const { report } = await stabilize(session, { ...options, from, dryRun: true });

  const reason = 'skipped: a dry run writes nothing that it could follow';
  expect((report as WalkReport).phases.map(({ name, verdict, summary }) => [name, verdict, summary])).toEqual([
    ['audit', 'problems', expect.stringContaining('required keys missing')],
    ['fix-secrets', 'ok', expect.stringContaining('dry run: would write')],
    ['restart', 'skipped', reason],
    ['verify', 'skipped', reason],
  ]);
});

test('a dry run without a source shows what no source has', async () => {
  const { report } = await stabilize(await testSession(await sandbox()), { ...options, dryRun: true });
  const [, fix] = (report as WalkReport).phases;
  expect([report.verdict, fix?.verdict, fix?.summary]).toEqual([
    'problems',
    'problems',
    'dry run: would write nothing, no source has any of 9 keys',
  ]);
});

test('nothing is written where the pods that would need it may not be replaced; to leave them to kubelet needs no right', async () => {
  const cluster = await watchedSandbox();
  cluster.deny({ verb: 'create', resource: 'pods', subresource: 'eviction' });
  const session = await testSession(cluster);
  const from = [await session.envSource(cluster.envBackupText)];

  const { report } = await stabilize(session, { ...options, from });
  expect((report as WalkReport).error).toMatchObject({
    code: 'forbidden',
    message: expect.stringMatching(/may not create pods\/eviction in namespace cloudtolocalllm/),
  });
  cluster.expectUntouched();
  expect((await stabilize(session, { ...options, from, waitOnly: true })).report.verdict).toBe('ok');
});

test('a broken pod that is none of the stack does not keep the proof from being made', async () => {
  const cluster = await sandbox();
  const spec = { containers: [{ name: 'main', image: 'nowhere.example/absent:1' }] };
  cluster.store.create('pods', {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'stray', namespace: 'cloudtolocalllm' },
    spec,
  });
  const session = await testSession(cluster);

  const { report } = await stabilize(session, { ...options, from: [await session.envSource(cluster.envBackupText)] });

  const phases = (report as WalkReport).phases.map(({ name, verdict }) => [name, verdict]);
  expect(phases.at(-1)).toEqual(['verify', 'ok']);
  expect(report.verdict).toBe('ok');
});

test('a wrong value that nobody agreed to replace is no recovery, however well runs what began before it', async () => {
  const cluster = await sandbox({ scenario: 'healthy' });
  const path = '/api/v1/namespaces/cloudtolocalllm/secrets/cloudtolocalllm-secrets?fieldManager=kubectl-patch';
  const data = { 'jwt-secret': '' };
  await new SandboxApi(cluster).send('PATCH', path, { data }, 'application/merge-patch+json');
  const session = await testSession(cluster);
  const from = [await session.envSource(cluster.envBackupText)];

  const { report, exitCode } = await stabilize(session, { ...options, from });

  const { phases, findings } = report as WalkReport;
  expect(phases.map(({ name, verdict }) => [name, verdict])).toEqual([
    ['audit', 'problems'],
    ['fix-secrets', 'problems'],
    ['restart', 'problems'],
    ['verify', 'ok'],
  ]);
  expect([report.verdict, exitCode]).toEqual(['problems', 1]);
  const command = 'c2l fix-secrets --overwrite cloudtolocalllm-secrets/jwt-secret';
  expect(findings.map(({ code, key, fix }) => [code, key, fix])).toEqual([
    ['secret-value-invalid', 'jwt-secret', command],
  ]);
  const held = phases.flatMap(({ report: each }) => (each?.command === 'restart' ? each : []));
  expect(held.flatMap(({ findings: own }) => own.map(({ key, fix }) => [key, fix]))).toEqual([['jwt-secret', command]]);
  const restart = held.flatMap(({ outcomes }) => outcomes);
  expect(restart.filter(({ action }) => action === 'restart-workload')).toEqual([]);
  expect(restart.filter(({ isWithheld }) => isWithheld).map(({ object }) => object.name)).toEqual(
    expect.arrayContaining([expect.stringMatching(/^api-backend/)]),
  );
});

test('a Secret that must be left alone stops neither the restart nor the proof of the others', async () => {
  const cluster = await sandbox();
  const namespace = 'cloudtolocalllm';
  cluster.store.create('secrets', {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'frozen', namespace },
    type: 'Opaque',
    immutable: true,
    data: {},
  });
  const secretKeyRef = { name: 'frozen', key: 'lost-key' };
  const container = { name: 'main', image: 'busybox:1.36', env: [{ name: 'LOST', valueFrom: { secretKeyRef } }] };
  cluster.store.create('pods', {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'other', namespace },
    spec: { containers: [container] },
  });
  const session = await testSession(cluster);
  const lost = `LOST_KEY='${'x'.repeat(20)}'\n`;

  const from = [await session.envSource(`${cluster.envBackupText}\n${lost}`)];
  const { report, exitCode } = await stabilize(session, { ...options, from });

  const phases = (report as WalkReport).phases.map(({ name, verdict }) => [name, verdict]);
  expect(phases).toEqual([
    ['audit', 'problems'],
    ['fix-secrets', 'partial'],
    ['restart', 'problems'],
    ['verify', 'ok'],
  ]);
  expect([report.verdict, exitCode]).toEqual(['partial', 4]);
});
