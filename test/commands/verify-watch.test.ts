import { expect, test } from '@jest/globals';

import type { VerifyReport } from '../../src/core/verify/verify-report.ts';
import type { Sandbox } from '../../src/sandbox/sandbox.ts';
import { runCli } from '../support/run-cli.ts';
import { sandbox } from '../support/sandbox.ts';

const namespace = 'cloudtolocalllm';
const secretName = 'cloudtolocalllm-secrets';

/** Sets a key as somebody with kubectl would, and gives back what it held. */
function setKey({ store }: Sandbox, key: string, value: string): string {
  const secret = store.get('secrets', namespace, secretName)!;
  const data = secret['data'] as Record<string, string>;
  store.replace('secrets', { ...secret, data: { ...data, [key]: value } });
  return data[key]!;
}

const wrong = Buffer.from('w'.repeat(24)).toString('base64');

test('goes on until all passes in one round, and tells what changed', async () => {
  const world = await sandbox({ scenario: 'healthy' });
  const right = setKey(world, 'admin-password', wrong);
  const { code, stdout, stderr } = await runCli(['verify', '--watch', '--timeout', '60s', '-o', 'json'], {
    kubeconfig: world.kubeconfig,
    onOutput: (text) => {
      if (text.includes('watching on')) setKey(world, 'admin-password', right);
    },
  });
  expect(code).toBe(0);
  expect(stderr).toMatch(/ {2}FAIL {2}grafana: grafana admin login: answered 401/);
  expect(stderr).toMatch(/21 of 26 checks pass, watching on\n/);
  expect(stderr).toMatch(/ {2}PASS {2}grafana: grafana admin login \(was fail\)/);
  const { verdict, timeline } = JSON.parse(stdout) as VerifyReport;
  expect(verdict).toBe('ok');
  const login = timeline.filter(({ name }) => name === 'grafana admin login');
  expect(login.map(({ outcome }) => outcome)).toEqual(['fail', 'pass']);
  // A round that changes nothing adds nothing.
  expect(timeline.filter(({ component, name }) => component === 'web' && name === 'ready')).toHaveLength(1);
}, 30_000);

test('ends at the limit with the last state and exit code 4, and tries a refused login once', async () => {
  let logins = 0;
  const world = await sandbox({
    scenario: 'healthy',
    intercept: ({ path }) => {
      if (path.includes('/portforward')) logins += 1;
      return undefined;
    },
  });
  setKey(world, 'admin-password', wrong);
  const { code, stdout } = await runCli(['verify', '--watch', '--timeout', '9s'], { kubeconfig: world.kubeconfig });
  expect(code).toBe(4);
  expect(stdout).toMatch(/^FAIL {2}grafana .* grafana admin login$/m);
  expect(stdout).toContain('verdict: problems, 21 of 26 checks passed, 1 failed, 4 skipped');
  expect(logins).toBe(1);
}, 30_000);

test('an API server that is gone for a while is told, and waited for', async () => {
  let isGone = false;
  const world = await sandbox({
    scenario: 'healthy',
    intercept: () => (isGone ? { status: 503, body: '{"kind":"Status","status":"Failure","code":503}' } : undefined),
  });
  const right = setKey(world, 'admin-password', wrong);
  const { code, stderr } = await runCli(['verify', '--watch', '--timeout', '90s'], {
    kubeconfig: world.kubeconfig,
    onOutput: (text) => {
      if (text.includes('watching on')) isGone = true;
      if (!text.includes('not read')) return;
      isGone = false;
      setKey(world, 'admin-password', right);
    },
  });
  expect(code).toBe(0);
  expect(stderr).toContain('the cluster can be read again');
}, 60_000);

test.each([[[]], [['--watch']]])('counts no checks where there are none: verify %j', async (flags) => {
  const { kubeconfig } = await sandbox({ scenario: 'healthy' });
  const { code, stdout, stderr } = await runCli(['verify', '-n', 'default', ...flags], { kubeconfig });
  expect([code, stdout]).toEqual([0, expect.stringContaining('verdict: ok, nothing was checked in namespace default')]);
  expect(stderr).not.toContain('check');
});
