import { expect, test } from '@jest/globals';
import { PassThrough } from 'node:stream';

import { runScript, type ScriptHost } from '../../../src/adapters/runbook/run-script.ts';

const host: ScriptHost = { env: { PATH: process.env['PATH'] }, program: [], stderr: new PassThrough() };

test('a script that is to end ends with all that it started', async () => {
  const stop = new AbortController();
  const told: string[] = [];

  // Known to be over only when nobody holds its output any more, the one in the background included.
  const exitCode = await runScript('sleep 300 &\necho begun\nwait\necho late', host, {
    onLine: (line) => {
      told.push(line);
      stop.abort();
    },
    signal: stop.signal,
  });

  expect({ isEnded: exitCode !== 0, told }).toEqual({ isEnded: true, told: ['begun'] });
});

test('one that was to end before it began does not go on', async () => {
  const told: string[] = [];
  const exitCode = await runScript('sleep 300; echo late', host, {
    onLine: (line) => told.push(line),
    signal: AbortSignal.abort(),
  });
  expect({ isEnded: exitCode !== 0, told }).toEqual({ isEnded: true, told: [] });
});

test('one that ends by itself is left alone', async () => {
  const stop = new AbortController();
  expect(await runScript('exit 7', host, { onLine: () => undefined, signal: stop.signal })).toBe(7);
  stop.abort();
});
