import { expect, test } from '@jest/globals';

import { fixSecrets } from '../../src/commands/fix-secrets.ts';
import { restart } from '../../src/commands/restart.ts';
import { verify } from '../../src/commands/verify.ts';
import type { RestartReport } from '../../src/core/restart/restart-report.ts';
import { revisionsIn } from '../../src/core/revisions/revision.ts';
import type { VerifyReport } from '../../src/core/verify/verify-report.ts';
import type { Clock } from '../../src/ports.ts';
import { backupValues, sandbox } from '../support/sandbox.ts';
import { testSession, type TestSession } from '../support/test-session.ts';

const hourMs = 3_600_000;
const object = { namespace: 'cloudtolocalllm', name: 'cloudtolocalllm-secrets' };

/** A session in which the time of day is set anew, by hours to and fro, each time that somebody looks at it. */
function inJumpingTime(session: TestSession, hours: readonly number[]): TestSession {
  const { clock } = session.deps;
  let looks = 0;
  const jumping: Clock = {
    now: () => new Date(clock.now().getTime() + hours[looks++ % hours.length]! * hourMs),
    monotonic: () => clock.monotonic(),
    sleep: (ms, signal) => clock.sleep(ms, signal),
  };
  return { ...session, deps: { ...session.deps, clock: jumping } };
}

function backup(values: Readonly<Record<string, string>>): string {
  return Object.entries(values)
    .map(([key, value]) => `${key.toUpperCase().replaceAll('-', '_')}='${value}'\n`)
    .join('');
}

test.each([
  ['forward', [0, 24]],
  ['back', [0, -24]],
  ['to and fro', [5, -5, 0]],
])('a clock that jumps %s in the middle changes neither what is done nor how long it takes', async (_how, hours) => {
  const cluster = await sandbox({ scenario: 'healthy', speed: 20 });
  const session = inJumpingTime(await testSession(cluster), hours);
  const overwrite = async (value: string): Promise<void> => {
    const from = [await session.envSource(backup({ ...backupValues(cluster), 'jwt-secret': value }))];
    const keys = [`${object.namespace}/${object.name}/jwt-secret`];
    const { report } = await fixSecrets(session, { from, yes: true, dryRun: false, overwrite: keys, keep: 1 });
    expect(report.verdict).toBe('ok');
  };
  await overwrite('a'.repeat(44));
  await overwrite('b'.repeat(44));

  const found = await session.cluster.listRevisions(object.namespace);
  const kept = found.state === 'present' ? revisionsIn(found.value, object) : [];
  expect(kept.map(({ data }) => data.get('jwt-secret')?.reveal())).toEqual(['a'.repeat(44)]);

  const restarted = (await restart(session, { yes: true, dryRun: false, waitOnly: false, timeoutMs: 60_000 }))
    .report as RestartReport;
  const steps = restarted.outcomes.filter(({ action }) => action === 'restart-workload');
  expect([restarted.verdict, steps.map(({ object: { name } }) => name)]).toEqual(['ok', ['api-backend']]);

  const begun = performance.now();
  const verified = (await verify(session, { timeoutMs: 60_000 })).report as VerifyReport;
  const tookMs = Math.ceil(performance.now() - begun);
  expect([verified.verdict, verified.checks.filter(({ outcome }) => outcome !== 'pass')]).toEqual(['ok', []]);
  const times = [
    ...verified.checks.map(({ durationMs }) => durationMs),
    ...verified.timeline.map(({ afterMs }) => afterMs),
  ];
  expect(times.filter((ms) => ms < 0 || ms > tookMs)).toEqual([]);
});
