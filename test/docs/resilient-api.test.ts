import { afterEach, expect, test } from '@jest/globals';
import { EventEmitter, once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';

interface Options {
  readonly first?: number;
  readonly most?: number;
  sleep(ms: number): Promise<void>;
  random(): number;
}
interface Example {
  readonly withBackOff: <T>(attempt: () => Promise<T>, options: Options) => Promise<T>;
  readonly createApi: (
    pool: object,
    options: Options,
  ) => { readonly server: Server; readonly start: () => Promise<void> };
}
const path = '../../docs/examples/resilient-api.mjs';
const { withBackOff, createApi } = (await import(path)) as Example;

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

const away = Object.assign(new Error('password authentication failed for user "someone"'), { code: 'ECONNREFUSED' });

test('waits twice as long after each try, up to the limit, with jitter', async () => {
  const waits: number[] = [];
  let tries = 0;
  const attempt = () => (++tries < 7 ? Promise.reject(away) : Promise.resolve('there'));
  const sleep = (ms: number) => Promise.resolve(void waits.push(ms));
  expect(await withBackOff(attempt, { sleep, random: () => 1 })).toBe('there');
  expect(waits).toEqual([250, 500, 1000, 2000, 2000, 2000]);
});

test('says unready while the database is away, tries once however many ask, and is ready again after', async () => {
  let isThere = true;
  let wake: (() => void) | undefined;
  let queries = 0;
  const query = () => {
    queries++;
    return isThere ? Promise.resolve() : Promise.reject(away);
  };
  const pool = Object.assign(new EventEmitter(), { query });
  const sleep = () => new Promise<void>((resolve) => (wake = resolve));
  const { server, start } = createApi(pool, { sleep, random: () => 1 });
  servers.push(server.listen(0, '127.0.0.1'));
  await once(server, 'listening');
  const health = async () => (await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/health`)).status;

  expect(await health()).toBe(503);
  await start();
  expect(await health()).toBe(200);

  isThere = false;
  pool.emit('error', away);
  queries = 0;
  expect(await Promise.all([health(), health(), health()])).toEqual([503, 503, 503]);
  expect(queries).toBe(0);

  isThere = true;
  wake?.();
  await new Promise((resolve) => setImmediate(resolve));
  expect(await health()).toBe(200);
});
