import { expect, test } from '@jest/globals';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { createOutputFolder } from '../../src/adapters/files/output-folder.ts';
import { openWatchWorld } from '../../src/adapters/watch/open-watch-world.ts';
import { openDrillPublisher } from '../../src/commands/publish-drill.ts';
import type { DrillResult } from '../../src/core/drill/drill-report.ts';
import { drillMetrics } from '../../src/render/drill/drill-metrics.ts';
import { drilled, earlierResult } from '../render/drill-reports.ts';
import { atEndOfTest } from '../support/at-end.ts';
import { sandbox } from '../support/sandbox.ts';
import { testSession } from '../support/test-session.ts';

interface Sent {
  readonly path: string;
  readonly body: string;
}

async function world(status = 200) {
  const sent: Sent[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      sent.push({ path: request.url ?? '', body: Buffer.concat(chunks).toString() });
      response.writeHead(status).end();
    });
  });
  atEndOfTest(() => void server.close());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const session = await testSession(await sandbox({ scenario: 'healthy' }));
  const cwd = mkdtempSync(join(tmpdir(), 'c2l-outputs-'));
  const place = { cwd, env: { CHAT_URL: url }, version: '0.0.0-test', processId: 1, isRunning: () => false };
  const notify = [{ kind: 'webhook', name: 'chat', template: 'json', url: { env: 'CHAT_URL' }, headers: {} }];
  const deps = {
    ...session.deps,
    outputFolder: createOutputFolder({ cwd }),
    openWatchWorld: () => Promise.resolve(openWatchWorld(place)),
  };
  const stack = { ...session.stack, watch: { notify } } as unknown as NonNullable<typeof session.stack>;
  return {
    session: { ...session, deps, stack },
    cwd,
    url,
    sent,
    terminal: session.terminal,
  };
}

const nothing = { reports: [], pushTo: undefined, notify: false };

test('writes each form by the name of its file, with the times of the last success for Prometheus', async () => {
  const { session, cwd } = await world();
  const publisher = await openDrillPublisher(session, {
    ...nothing,
    reports: ['out/drill.html', 'drill.xml', 'drill.prom'],
  });
  // In time, but from a backup that was older than it may be.
  const tooOld = earlierResult('02-02', 5000, { verdict: 'problems' });
  const failed = { ...drilled, outcome: 'too-late' as const, earlier: [tooOld, earlierResult('02-01', 5000)] };

  expect(await publisher.tell(failed)).toBe(true);

  expect(readFileSync(join(cwd, 'out/drill.html'), 'utf8')).toMatch(/^<!doctype html>/);
  expect(readFileSync(join(cwd, 'drill.xml'), 'utf8')).toContain('<testsuites ');
  const metrics = readFileSync(join(cwd, 'drill.prom'), 'utf8');
  const labels = 'namespace="cloudtolocalllm",scenario="total-secret-loss"';
  expect(metrics).toContain(`c2l_drill_last_success_timestamp_seconds{${labels}} ${Date.UTC(2026, 1, 1) / 1000}\n`);
  expect(metrics).toContain(`c2l_drill_success{${labels}} 0\n`);
  expect(metrics).toContain(`c2l_drill_phase_seconds{${labels},phase="write"} 0.6\n`);
});

test.each<[string, DrillResult[], string | undefined]>([
  ['what the one before it did', [earlierResult('02-01', 5000)], '1'],
  ['what the one before it did not', [earlierResult('02-01', 5000, { outcome: 'too-late', verdict: 'problems' })], '0'],
  ['nothing where it is the first', [], undefined],
])('of a drill that was interrupted Prometheus is told %s', (_, earlier, success) => {
  const metrics = drillMetrics({ ...drilled, outcome: 'not-recovered', verdict: 'interrupted', earlier });
  expect(/^c2l_drill_success\{.*\} (\d)$/m.exec(metrics)?.[1]).toBe(success);
  expect(metrics).toContain('c2l_drill_last_run_timestamp_seconds{');
});

test('tells the Pushgateway and the receivers of watch', async () => {
  const { session, url, sent } = await world();
  const publisher = await openDrillPublisher(session, { ...nothing, pushTo: `${url}/`, notify: true });

  expect(await publisher.tell(drilled)).toBe(true);

  expect(sent.map(({ path }) => path).sort()).toEqual([
    '/',
    '/metrics/job/c2l-drill/namespace/cloudtolocalllm/scenario/total-secret-loss',
  ]);
  const notice = JSON.parse(sent.find(({ path }) => path === '/')!.body) as { kind: string; title: string };
  expect(notice.kind).toBe('drill-passed');
  expect(notice.title).toContain('drill passed: total-secret-loss: recovered in 4.0 s');
});

test('a drill that could not begin is told as one that failed', async () => {
  const { session, sent } = await world();
  const publisher = await openDrillPublisher(session, { ...nothing, notify: true });
  await publisher.tellRefusal('total-secret-loss', { code: 'drill-refused', message: 'a drill is not finished' });
  expect(sent[0]?.body).toContain('drill failed: a drill is not finished');
});

test('a drill that was interrupted is told as that, and one that was declined to nobody', async () => {
  const { session, sent } = await world();
  const publisher = await openDrillPublisher(session, { ...nothing, notify: true });
  await publisher.tell({ ...drilled, outcome: 'not-recovered', verdict: 'interrupted' });
  await publisher.tellRefusal('total-secret-loss', { code: 'interrupted', message: 'nothing was changed' });
  await publisher.tellRefusal('total-secret-loss', { code: 'declined', message: 'declined' });
  expect(sent.map(({ body }) => (JSON.parse(body) as { title: string }).title)).toEqual([
    expect.stringContaining('drill interrupted: total-secret-loss: interrupted before it recovered'),
    expect.stringContaining('drill interrupted: nothing was changed'),
  ]);
});

test('a drill that was only planned is told to nobody, and counts as told', async () => {
  const { session, url, sent } = await world();
  const publisher = await openDrillPublisher(session, { ...nothing, pushTo: url, notify: true });
  expect(await publisher.tell({ ...drilled, outcome: 'planned' })).toBe(true);
  expect(sent).toEqual([]);
});

test('what nobody took is said by name, without the address', async () => {
  const { session, url, terminal } = await world(500);
  const publisher = await openDrillPublisher(session, { ...nothing, pushTo: url, notify: true });
  expect(await publisher.tell(drilled)).toBe(false);
  expect(terminal.stderr).toContain('the Pushgateway answered 500');
  expect(terminal.stderr).toContain('chat could not be told: answered 500');
});

test('a file whose form is not known is refused before anything is broken', async () => {
  const { session } = await world();
  await expect(openDrillPublisher(session, { ...nothing, reports: ['drill.pdf'] })).rejects.toThrow('drill.pdf');
});

test('a dry run is pushed to nobody', async () => {
  const { session, url, sent } = await world();
  const publisher = await openDrillPublisher(session, { ...nothing, pushTo: url });
  expect(await publisher.tell({ ...drilled, outcome: 'planned' })).toBe(true);
  expect(sent).toEqual([]);
});

test('a Pushgateway without an address is refused before anything is broken', async () => {
  const { session } = await world();
  await expect(openDrillPublisher(session, { ...nothing, pushTo: 'gateway' })).rejects.toThrow('C2L_PUSH_METRICS');
});
