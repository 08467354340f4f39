import { expect, jest, test } from '@jest/globals';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { present, unreadable } from '../../src/core/cluster/observed.ts';
import type { Secret } from '../../src/core/cluster/secret.ts';
import { drillType, markerName } from '../../src/core/drill/drill-journal.ts';
import type { DrillReport } from '../../src/core/drill/drill-report.ts';
import { keptAtMost, type DrillHistoryReport } from '../../src/core/drill/drill-result.ts';
import { drillHistory } from '../../src/shell/drill/drill-history.ts';
import { keepResult, readKeptResults } from '../../src/shell/drill/drill-results.ts';
import type { Session } from '../../src/shell/session.ts';
import { drilled } from '../render/drill-reports.ts';
import { runCli } from '../support/run-cli.ts';
import { sandbox } from '../support/sandbox.ts';
import { testSession } from '../support/test-session.ts';

jest.setTimeout(90_000);

const place = { journalNamespace: 'c2l-drill', namespace: 'cloudtolocalllm' };

test('a drill is kept, stands beside the next one of its scenario, and is told with the trend', async () => {
  const cluster = await sandbox({ scenario: 'healthy' });
  const cwd = mkdtempSync(join(tmpdir(), 'c2l-drill-'));
  writeFileSync(join(cwd, 'backup.env'), cluster.envBackupText, { mode: 0o600 });
  const cli = (...argv: string[]) => runCli(['dr-drill', ...argv], { kubeconfig: cluster.kubeconfig, cwd });
  const run = async (name: string) => {
    const consent = ['--confirm', 'c2l-sandbox', '--from', 'env:backup.env'];
    return JSON.parse((await cli('run', name, ...consent, '-o', 'json')).stdout) as DrillReport;
  };

  const first = await run('missing-keys');
  const second = await run('missing-keys');

  expect(first.earlier).toEqual([]);
  expect(second.earlier.map(({ id, journalDigest }) => [id, journalDigest])).toEqual([
    [first.drill.id, first.drill.journalDigest],
  ]);
  const told = JSON.parse((await cli('history', 'missing-keys', '-o', 'json')).stdout) as DrillHistoryReport;
  expect(told.results.map(({ id }) => id)).toEqual([second.drill.id, first.drill.id]);
  const text = (await cli('history')).stdout;
  expect(text).toMatch(/^missing-keys\n +20[-\d]+ [:\d]+ +recovered +\d+\.\d s +#/m);
  expect(text).toMatch(/verdict: ok, 2 drills, 2 recovered in time; recovery/);
  expect(text).toMatch(/next: c2l dr-drill run missing-keys --from env:backup.env --dry-run/);
  expect((await cli('history', 'vault-outage')).stdout).toContain('no drill of vault-outage is kept here, but of');
  const unknown = await cli('history', 'NOPE');
  expect([unknown.code, unknown.stderr]).toEqual([2, expect.stringContaining('kept are those of missing-keys')]);
  const elsewhere = await cli('history', '--journal-namespace', 'nowhere');
  expect([elsewhere.code, elsewhere.stderr]).toEqual([2, expect.stringContaining('namespace nowhere is not there')]);
  expect((await cli('history', '-o', 'html')).stdout.match(/<svg /g)).toHaveLength(1);
});

test('only the newest results stay', async () => {
  const cluster = await sandbox({ scenario: 'healthy' });
  const session = await testSession(cluster);
  await session.cluster.createNamespace(place.journalNamespace);
  for (let index = 0; index < keptAtMost + 3; index += 1) {
    const takenAt = new Date(Date.UTC(2026, 0, 1, 0, index)).toISOString();
    await keepResult(session, { ...drilled, takenAt, drill: { ...drilled.drill, id: `run-${index}` } });
  }

  const { results } = await readKeptResults(session, place);

  expect(results).toHaveLength(keptAtMost);
  expect([results[0]?.id, results.at(-1)?.id]).toEqual([`run-${keptAtMost + 2}`, 'run-3']);
});

test.each(['planned', 'not-started'] as const)('nothing is kept of a drill that was %s', async (outcome) => {
  const session = await testSession(await sandbox({ scenario: 'healthy' }));
  await keepResult(session, { ...drilled, outcome });
  expect(await readKeptResults(session, place)).toEqual({ secret: undefined, results: [] });
});

test('a result that cannot be kept is said, and fails no drill', async () => {
  const session = await testSession(await sandbox({ scenario: 'healthy' }));
  expect(await keepResult(session, drilled)).toEqual(drilled);
  expect(session.terminal.stderr).toContain('warning: the result of this drill is not kept');
});

test('what somebody else wrote among the results is passed over', async () => {
  const cluster = await sandbox({ scenario: 'healthy' });
  const session = await testSession(cluster);
  await session.cluster.createNamespace(place.journalNamespace);
  await keepResult(session, drilled);
  const found = cluster.store.get('secrets', place.journalNamespace, 'c2l-drill-results.cloudtolocalllm')!;
  const data = { ...(found['data'] as object), other: Buffer.from('[1]').toString('base64') };
  cluster.store.replace('secrets', { ...found, data });

  expect((await readKeptResults(session, place)).results.map(({ id }) => id)).toEqual([drilled.drill.id]);
});

const untouched = (result: object): object => result;

test.each<[string, (result: object, index: number) => object | undefined, readonly string[]]>([
  ['nothing', untouched, []],
  [
    'an outcome',
    (each, index) => (index === 1 ? { ...each, outcome: 'too-late' } : each),
    ['run-1', 'is not what was kept'],
  ],
  [
    'the digest of one',
    (each, index) => (index === 1 ? { ...each, digest: undefined } : each),
    ['run-2', 'follows an entry'],
  ],
  ['that one is there', (each, index) => (index === 1 ? undefined : each), ['run-2', 'follows an entry that is gone']],
  ['that the oldest is there', (each, index) => (index === 0 ? undefined : each), []],
])('the history tells where somebody changed %s', async (_, change, told) => {
  const cluster = await sandbox({ scenario: 'healthy' });
  const session = await testSession(cluster);
  await session.cluster.createNamespace(place.journalNamespace);
  for (const index of [0, 1, 2]) {
    const takenAt = `2026-01-0${index + 1}T00:00:00.000Z`;
    await keepResult(session, { ...drilled, takenAt, drill: { ...drilled.drill, id: `run-${index}` } });
  }
  const found = cluster.store.get('secrets', place.journalNamespace, 'c2l-drill-results.cloudtolocalllm')!;
  const entries = Object.entries(found['data'] as Record<string, string>).sort(([left], [right]) =>
    left < right ? -1 : 1,
  );
  const data = entries.flatMap(([key, text], index) => {
    const changed = change(JSON.parse(Buffer.from(text, 'base64').toString()) as object, index);
    return changed === undefined ? [] : [[key, Buffer.from(JSON.stringify(changed)).toString('base64')]];
  });
  cluster.store.replace('secrets', { ...found, data: Object.fromEntries(data) as object });

  const { verdict, findings } = await drillHistory(session, {
    scenario: undefined,
    journalNamespace: place.journalNamespace,
  });

  expect(verdict).toBe(told.length === 0 ? 'ok' : 'problems');
  const messages = findings.map(({ object, message }) => `${object.name} ${message}`).join('\n');
  for (const part of told) expect(messages).toContain(part);
});

test.each([
  ['the marker is there', false, [{ namespace: place.namespace, scenario: 'wrong-value' }]],
  ['nobody may read the Secrets there', true, []],
])('the history where %s', async (_, isForbidden, unfinished) => {
  const session = await testSession(await sandbox({ scenario: 'healthy' }));
  const annotations = { 'c2l.dev/drill-id': '1', 'c2l.dev/drill-scenario': 'wrong-value' };
  const marker = {
    metadata: { namespace: place.namespace, name: markerName, annotations },
    type: drillType,
    data: new Map(),
  };
  const readSecret: Session['cluster']['readSecret'] = (namespace, name) => {
    if (name !== markerName) return session.cluster.readSecret(namespace, name);
    return Promise.resolve(isForbidden ? unreadable('forbidden', 'no') : present(marker as unknown as Secret));
  };
  const report = await drillHistory(
    { ...session, cluster: { ...session.cluster, readSecret } },
    { scenario: undefined, journalNamespace: place.journalNamespace },
  );
  expect([report.unfinished, report.isJournalNamespaceThere]).toEqual([unfinished, false]);
});
