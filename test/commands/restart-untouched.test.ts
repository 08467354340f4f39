import { expect, test } from '@jest/globals';

import { audit } from '../../src/commands/audit.ts';
import { restart } from '../../src/commands/restart.ts';
import { exitCodeOf } from '../../src/core/reports/report.ts';
import type { RestartReport } from '../../src/core/restart/restart-report.ts';
import type { Clock } from '../../src/ports.ts';
import { auditSummary } from '../../src/render/audit/audit-text.ts';
import { restartSummary } from '../../src/render/change-text.ts';
import type { Session } from '../../src/shell/session.ts';
import { SandboxApi } from '../support/sandbox-api.ts';
import { sandbox } from '../support/sandbox.ts';
import { testSession } from '../support/test-session.ts';

const application = '/apis/argoproj.io/v1alpha1/namespaces/argocd/applications/api-backend';
const services = '/api/v1/namespaces/cloudtolocalllm/services';

/** The pod of web waits for a Service that is not there: nothing that c2l could restart. */
async function waitingCluster() {
  const cluster = await sandbox({ scenario: 'healthy', speed: 10 });
  const api = new SandboxApi(cluster);
  // Or Argo CD would bring the Service again.
  await api.send('PATCH', application, { spec: { syncPolicy: null } }, 'application/merge-patch+json');
  await api.send('DELETE', `${services}/api-backend`);
  await api.deletePod(await api.pod('web'));
  return cluster;
}

const dayMs = 86_400_000;

/**
 * A session in which each sleep takes 10 s that nobody waits for, and the time of day is set on or back a day meanwhile;
 * `waited` is how many seconds those were in all.
 */
function hurried(session: Session) {
  const clock = session.deps.clock;
  let slept = 0;
  const hasty: Clock = {
    now: () => new Date(clock.now().getTime() + (slept % 20_000 === 0 ? dayMs : -dayMs)),
    monotonic: () => slept,
    sleep: (_, signal) => {
      slept += 10_000;
      return clock.sleep(1, signal);
    },
  };
  return { session: { ...session, deps: { ...session.deps, clock: hasty } }, waited: () => slept / 1000 };
}

async function run(session: Session, waitOnly = false): Promise<RestartReport> {
  const { report } = await restart(session, { yes: true, dryRun: false, waitOnly, timeoutMs: 60_000 });
  return report as RestartReport;
}

test('where nothing is begun nothing is partial, and what others must heal is not waited for to the end', async () => {
  const session = await testSession(await waitingCluster());
  const hasty = hurried(session);
  const report = await run(hasty.session);
  expect(hasty.waited()).toBe(30);
  expect([report.verdict, exitCodeOf(report.verdict)]).toEqual(['problems', 1]);
  const open = report.outcomes.find(({ action, outcome }) => action === 'wait-ready' && outcome === 'failed');
  expect(open).toMatchObject({ object: { name: 'web' }, detail: expect.stringMatching(/^not ready, and nothing/) });
  expect(restartSummary(report)).toMatch(/^nothing to restart, 7 workloads ready, 1 not ready$/);
});

test('a dry run with nothing to do looks as long, and says the same', async () => {
  const hasty = hurried(await testSession(await waitingCluster()));
  const done = await restart(hasty.session, { yes: true, dryRun: true, waitOnly: false, timeoutMs: 60_000 });
  const report = done.report as RestartReport;
  expect(hasty.waited()).toBe(30);
  expect([report.verdict, exitCodeOf(report.verdict)]).toEqual(['problems', 1]);
  expect(restartSummary(report)).toMatch(/^nothing to restart, 7 workloads ready, 1 not ready$/);
});

test('a pod that is just being replaced is no error, and still on its way when the time is over', async () => {
  const cluster = await sandbox({ scenario: 'healthy', speed: 0.1 });
  const api = new SandboxApi(cluster);
  await api.deletePod(await api.pod('postgres'));
  const { report } = await restart(await testSession(cluster), {
    yes: true,
    dryRun: false,
    waitOnly: false,
    timeoutMs: 300,
  });
  expect([
    report.verdict,
    exitCodeOf((report as RestartReport).verdict),
    report.findings.filter(({ severity }) => severity === 'error'),
  ]).toEqual(['partial', 4, []]);
});

test('--wait-only waits as long as it was told to', async () => {
  const session = await testSession(await waitingCluster());
  const hasty = hurried(session);
  const report = await run(hasty.session, true);
  expect(hasty.waited()).toBe(60);
  expect([report.verdict, exitCodeOf(report.verdict)]).toEqual(['problems', 1]);
});

test('pods that could not be read are told as such, not as pods that need nothing', async () => {
  const cluster = await sandbox({ scenario: 'healthy', speed: 10 });
  cluster.deny({ resource: 'pods' });
  const session = await testSession(cluster);
  const planned = await restart(session, { yes: true, dryRun: true, waitOnly: false, timeoutMs: 1000 });
  expect(planned.report.verdict).toBe('unreadable');
  expect(restartSummary(planned.report as RestartReport)).toMatch(/^dry run: pods could not be read/);
  const report = await run(session);
  expect([report.verdict, exitCodeOf(report.verdict)]).toEqual(['unreadable', 3]);
  expect(restartSummary(report)).toMatch(/^pods could not be read/);
  expect(auditSummary(await audit(session))).toMatch(/pods could not be read, 8 of 8 components ready by their own/);
});
