import { expect, test } from '@jest/globals';

import { prometheusText } from '../../src/render/watch-metrics.ts';
import { emptyWatchState } from '../../src/core/watch/watch-state.ts';
import type { CliResult } from '../support/run-cli.ts';
import { startReceiver, startShop, watchFolder, type WatchFolder } from '../support/watch-world.ts';

const section = { failureThreshold: 2, successThreshold: 2 };

/** A daemon in this process: rounds as fast as they go, until it is stopped. */
function daemon(folder: WatchFolder, argv: readonly string[] = [], env: Record<string, string> = {}) {
  const stop = new AbortController();
  let said = '';
  let wake = (): void => undefined;
  const finished = folder.watch(['--interval', '10ms', ...argv], {
    env,
    signal: stop.signal,
    onOutput: (text) => {
      said += text;
      wake();
    },
  });
  return {
    says: async (pattern: RegExp): Promise<RegExpExecArray> => {
      for (;;) {
        const match = pattern.exec(said);
        if (match !== null) return match;
        await new Promise<void>((resolve) => (wake = resolve));
      }
    },
    stop: (): Promise<CliResult> => {
      stop.abort();
      return finished;
    },
  };
}

test('an outage is a line when it opens and a line when it is over, and the log has every step', async () => {
  const shop = await startShop();
  const folder = await watchFolder({ ...section, endpoints: [{ name: 'web', url: `${shop.url}/web` }] });
  const { says, stop } = daemon(folder);
  await says(/watching every 0.01 s, telling nobody but this output/);
  shop.down.add('/web');
  await says(/OPENED/);
  shop.down.clear();
  await says(/RECOVERED/);
  const { code, stdout, stderr } = await stop();
  expect(code).toBe(0);
  const lines = stdout.split('\n').filter((line) => /^\d{4}-/.test(line));
  expect(lines.map((line) => line.replace(/^\S+ /, '').replace(/ \d+ s/, ' N s'))).toEqual([
    'OPENED shop: down: web: answered 503 instead of 200',
    'RECOVERED shop: recovered after N s: web',
  ]);
  expect(stderr).toContain('web: fail (1 of 2 in a row before it counts): answered 503 instead of 200');
  expect(stderr).toContain('web: pass (1 of 2 in a row before it counts');
  expect(stderr).toMatch(/stopped; the state is kept\n$/);
});

test('with -o json each line of standard output is one notice', async () => {
  const shop = await startShop();
  shop.down.add('/web');
  const folder = await watchFolder({ ...section, endpoints: [{ name: 'web', url: `${shop.url}/web` }] });
  const { says, stop } = daemon(folder, ['-o', 'json']);
  await says(/"kind":"opened"/);
  const { stdout } = await stop();
  expect(
    stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as object),
  ).toMatchObject([
    {
      kind: 'opened',
      severity: 'error',
      roots: [{ id: 'web' }],
      title: 'shop: down: web: answered 503 instead of 200',
    },
  ]);
});

test('listens on the loopback for /metrics and /healthz, and for nothing else', async () => {
  const shop = await startShop();
  shop.down.add('/web');
  const folder = await watchFolder({ ...section, endpoints: [{ name: 'web', url: `${shop.url}/web` }] });
  const { says, stop } = daemon(folder, ['--listen', '0']);
  const [, url = ''] = await says(/listening on (http:\/\/127\.0\.0\.1:\d+)\/metrics/);
  await says(/OPENED/);
  const get = async (path: string, method = 'GET') => {
    const response = await fetch(`${url}${path}`, { method, headers: { Connection: 'close' } });
    return { status: response.status, type: response.headers.get('content-type'), text: await response.text() };
  };
  const metrics = await get('/metrics');
  expect(metrics).toMatchObject({ status: 200, type: 'text/plain; version=0.0.4; charset=utf-8' });
  expect(metrics.text).toContain('\nc2l_watch_target_up{target="web"} 0\n');
  expect(metrics.text).toContain('\nc2l_watch_incidents_open{severity="error"} 1\n');
  expect(await get('/healthz')).toMatchObject({
    status: 200,
    text: expect.stringMatching(/^ok, the last round ended/),
  });
  expect((await get('/state')).status).toBe(404);
  expect((await get('/metrics', 'POST')).status).toBe(405);
  await stop();
  await expect(get('/healthz')).rejects.toThrow('fetch failed');
});

test('the heartbeat beats after each round, also while something is down', async () => {
  const [shop, beats] = [await startShop(), await startReceiver()];
  shop.down.add('/web');
  const folder = await watchFolder({
    ...section,
    endpoints: [{ name: 'web', url: `${shop.url}/web` }],
    heartbeat: { env: 'BEAT_URL' },
  });
  const { says, stop } = daemon(folder, [], { BEAT_URL: `${beats.url}/beat` });
  await says(/OPENED/);
  await stop();
  expect(beats.requests.length).toBeGreaterThanOrEqual(1);
  expect(beats.requests.every(({ method, path }) => method === 'GET' && path === '/beat')).toBe(true);
});

test('labels of metrics hold what a target may be called', () => {
  const id = 'say "hi"\\\n';
  const observation = { id, outcome: 'pass', detail: '', durationMs: 12 } as const;
  const text = prometheusText({
    version: '1',
    state: emptyWatchState,
    observations: [observation],
    delivered: 0,
    failedDeliveries: 0,
    failedSaves: 0,
  });
  expect(text).toContain('c2l_watch_check_passed{target="say \\"hi\\"\\\\\\n"} 1\n');
});
