import { afterEach, expect, test } from '@jest/globals';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

import { troublesTold } from '../../src/core/drill/onlookers.ts';
import { emptyWatchState } from '../../src/core/watch/watch-state.ts';
import { ExitCode } from '../../src/exit-codes.ts';
import { prometheusText } from '../../src/render/watch-metrics.ts';
import { drill, namespace, run, secrets } from '../support/drill-world.ts';
import { sandbox } from '../support/sandbox.ts';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

/** Answers the first question as before the fault, all others as after it. */
async function onlooker(path: string, before: string, after: string): Promise<string> {
  let asked = 0;
  const server = createServer((request, response) => {
    if (request.url?.startsWith(path) !== true) response.statusCode = 404;
    asked += 1;
    response.end(asked === 1 ? before : after);
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function alerts(...all: readonly (readonly [name: string, namespace?: string])[]): string {
  return JSON.stringify(
    all.map(([alertname, place]) => ({
      fingerprint: alertname,
      labels: { alertname, ...(place === undefined ? {} : { namespace: place }) },
      status: { state: 'active' },
    })),
  );
}

function watchPage(down: readonly string[]): string {
  const target = (status: 'up' | 'down') => ({ status, passes: 0, failures: 0 });
  return prometheusText({
    version: '1',
    delivered: 0,
    failedDeliveries: 0,
    failedSaves: 0,
    observations: [],
    state: {
      ...emptyWatchState,
      targets: Object.fromEntries(['api', 'web "1"'].map((id) => [id, target(down.includes(id) ? 'down' : 'up')])),
    } as never,
  });
}

test.each([
  ['an alert of the namespace', alerts(['Old', namespace]), alerts(['Old', namespace], ['New', namespace]), true],
  ['what fired before, and then nothing that can be read', alerts(['Old', namespace]), 'starting', false],
])('a drill times Alertmanager: %s', async (_, before, after, isNoticed) => {
  const url = await onlooker('/api/v2/alerts?', before, after);
  const { code, report } = await drill(
    await sandbox({ scenario: 'healthy' }),
    run('missing-keys', '--alertmanager', url),
  );

  expect(code).toBe(ExitCode.ok);
  const noticed = report.noticed.find(({ by }) => by === 'Alertmanager');
  expect(noticed).toBeDefined();
  expect(noticed?.afterMs !== undefined).toBe(isNoticed);
  expect(report.wrong).toEqual([]);
});

test('a drill times a running c2l watch', async () => {
  const url = await onlooker('/metrics', watchPage([]), watchPage(['api']));
  const { report } = await drill(await sandbox({ scenario: 'healthy' }), run('missing-keys', '--watch', `${url}/`));
  expect(report.noticed).toContainEqual({ by: 'c2l watch', afterMs: expect.any(Number) });
});

test.each([
  ['of the namespace', alerts(['New', namespace]), ['New']],
  ['without one, as of a node', alerts(['NodeDown']), ['NodeDown']],
  ['of another one', alerts(['New', 'other']), []],
])('an alert %s', (_, page, told) => {
  expect([...(troublesTold('alertmanager', page, namespace) ?? [])]).toEqual(told);
});

test.each(['starting', '{}', '[{"labels":{}}]'])('%j is no page of Alertmanager', (page) => {
  expect(troublesTold('alertmanager', page, namespace)).toBeUndefined();
});

test('watch tells of targets by their names, whatever they are called', () => {
  expect(troublesTold('watch', watchPage(['web "1"']), namespace)?.size).toBe(1);
  expect(troublesTold('watch', watchPage([]), namespace)?.size).toBe(0);
  expect(troublesTold('watch', 'up 1\n', namespace)).toBeUndefined();
});

test.each([
  ['does not answer', ['--alertmanager', 'http://127.0.0.1:1'], 'Alertmanager cannot be asked what it notices: '],
  ['is something else', ['--watch', 'here'], 'what it answers is no page of c2l watch'],
  ['has no address', ['--watch', 'localhost:9093'], 'such as http://localhost:9093'],
])('nothing is broken where an onlooker %s', async (_, [flag = '', address = ''], says) => {
  const url = address === 'here' ? await onlooker('/metrics', alerts(), alerts()) : address;
  const cluster = await sandbox({ scenario: 'healthy' });
  const before = secrets(cluster);

  const { code, report } = await drill(cluster, run('missing-keys', flag, url));

  expect(code).toBe(ExitCode.usage);
  expect(report.error?.message).toContain(says);
  expect(secrets(cluster)).toEqual(before);
});
