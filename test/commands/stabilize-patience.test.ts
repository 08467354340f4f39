import { expect, test } from '@jest/globals';

import { fixSecrets } from '../../src/commands/fix-secrets.ts';
import { restart } from '../../src/commands/restart.ts';
import { stabilize } from '../../src/commands/stabilize.ts';
import type { WalkReport } from '../../src/core/reports/walk-report.ts';
import type { RestartReport } from '../../src/core/restart/restart-report.ts';
import { nextAfter } from '../../src/render/stabilize-text.ts';
import type { Session } from '../../src/shell/session.ts';
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
  timeoutMs: 120_000,
  output: 'text',
  verbose: false,
} as const;

/** A session in which each sleep takes 10 s that nobody waits for. */
function hurried(session: Session): Session {
  const { clock } = session.deps;
  let slept = 0;
  const sleep: typeof clock.sleep = (_, signal) => {
    slept += 10_000;
    return clock.sleep(20, signal);
  };
  return { ...session, deps: { ...session.deps, clock: { now: () => clock.now(), monotonic: () => slept, sleep } } };
}

/** Everything was written and replaced, and the database refuses the password that its API was given. */
async function refused() {
  const cluster = await sandbox();
  const session = await testSession(cluster);
  const bad = cluster.envBackupText.replace(/^(POSTGRES_AUTH_PASSWORD)=.*$/m, "$1='wrongpassword-wrong-1234'");
  const { report } = await stabilize(hurried(session), { ...options, from: [await session.envSource(bad)] });
  return { cluster, session, report: report as WalkReport };
}

test('where nothing was written a wait that heals nothing is short, and the proof names the cause', async () => {
  const { cluster, session } = await refused();
  const from = [await session.envSource(cluster.envBackupText)];

  const { report, exitCode } = await stabilize(hurried(session), { ...options, from });

  const [, fix, waited, proof] = (report as WalkReport).phases;
  expect(fix?.summary).toBe('nothing to change');
  expect(waited).toMatchObject({
    name: 'restart',
    durationMs: 30_000,
    summary: 'nothing to restart, 6 workloads ready, 2 not ready',
  });
  expect([proof?.name, proof?.verdict, report.verdict, exitCode]).toEqual(['verify', 'problems', 'problems', 1]);
  const told = proof?.report?.command === 'verify' ? proof.report.checks.flatMap(({ detail }) => detail) : [];
  expect(told.join('\n')).toMatch(/password/);
});

test('where all was done and only the wait was too short, the proof is what comes next', async () => {
  const { report } = await refused();

  expect(report.phases.map(({ name, verdict }) => [name, verdict])).toEqual([
    ['audit', 'problems'],
    ['fix-secrets', 'ok'],
    ['restart', 'partial'],
    ['verify', 'skipped'],
  ]);
  expect([report.verdict, nextAfter(report)]).toEqual(['partial', 'c2l verify']);
});

test('what is still on its way after the short wait is proven to be there', async () => {
  const cluster = await sandbox({ scenario: 'healthy', speed: 1 });
  const api = new SandboxApi(cluster);
  await api.deletePod(await api.pod('postgres'));
  const session = await testSession(cluster);

  const { report, exitCode } = await stabilize(hurried(session), { ...options, timeoutMs: 3_600_000 });

  expect((report as WalkReport).phases.map(({ name, verdict }) => [name, verdict])).toEqual([
    ['audit', 'ok'],
    ['fix-secrets', 'ok'],
    ['restart', 'problems'],
    ['verify', 'ok'],
  ]);
  expect([report.verdict, exitCode]).toEqual(['ok', 0]);
});

test('a pod that may run with an older value and serves nobody is what to restart next', async () => {
  const { cluster, session } = await refused();
  await new SandboxApi(cluster).patchSecret({ 'postgres-auth-password': null });
  const from = [await session.envSource(cluster.envBackupText)];
  const agreed = { yes: true, dryRun: false, waitOnly: false, timeoutMs: 120_000 };
  await fixSecrets(session, { ...options, from });

  const { report } = await restart(hurried(session), agreed);

  const { outcomes, next } = report as RestartReport;
  const doubted = outcomes.filter(({ isDoubted }) => isDoubted).map(({ object, detail }) => `${object.name} ${detail}`);
  expect(doubted.join('\n')).toMatch(/^api-backend-.* Running, but may run with an older value/m);
  const late = outcomes.find(({ outcome, object }) => outcome === 'failed' && object.name === 'api-backend');
  expect(late?.detail).toMatch(/^not ready, and what runs is in doubt: api-backend-\S+ is Running$/);
  expect(next).toBe('c2l restart --affected-by secret/cloudtolocalllm-secrets:postgres-auth-password');
});
