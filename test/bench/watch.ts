import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { start } from '../support/built-program.ts';
import { home } from './measure.ts';
import type { Row } from './rows.ts';

const endpoints = 500;
const measuredMs = 60_000;
/** Of `/proc/PID/stat`, which Linux counts in hundredths of a second. */
const ticksPerSecond = 100;

function usedTicks(pid: number): number {
  const fields = readFileSync(`/proc/${String(pid)}/stat`, 'utf8')
    .replace(/^.*\) /, '')
    .split(' ');
  return Number(fields[11]) + Number(fields[12]);
}

function peakMegabytes(pid: number): number {
  const [, kilobytes] = /^VmHWM:\s+(\d+) kB/m.exec(readFileSync(`/proc/${String(pid)}/status`, 'utf8')) ?? [];
  return Number(kilobytes) / 1024;
}

/** The daemon on 500 endpoints every 10 s: what it takes of one core, and the most memory that it ever had. */
export async function watchRows(): Promise<Row[]> {
  const server = createServer((_, response) => response.end('{"status":"ok"}')).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  const url = (index: number): string => `http://127.0.0.1:${String(port)}/${String(index)}`;
  const section = {
    interval: '10s',
    endpoints: Array.from({ length: endpoints }, (_, index) => ({
      name: `e${String(index)}`,
      url: url(index),
      json: { status: 'ok' },
    })),
  };
  const folder = join(home, 'watch');
  mkdirSync(folder, { recursive: true });
  const config = join(folder, 'c2l.yaml');
  writeFileSync(config, JSON.stringify({ version: 1, name: 'bench', watch: section }));
  const argv = ['watch', '--config', config, '--state', join(folder, 'state.json')];
  const { child, finished, ...running } = start(argv, { timeoutMs: 2 * measuredMs });
  try {
    await running.said('stderr', /watching every/);
    const pid = child.pid ?? 0;
    const before = usedTicks(pid);
    const begun = performance.now();
    await new Promise((resolve) => setTimeout(resolve, measuredMs));
    const seconds = (usedTicks(pid) - before) / ticksPerSecond;
    const percent = (seconds / ((performance.now() - begun) / 1000)) * 100;
    const what = `c2l watch, ${String(endpoints)} endpoints every 10 s`;
    return [
      { measured: what, value: percent, unit: '% of a core', limit: 15, gate: 15 },
      { measured: `${what}, peak`, value: peakMegabytes(pid), unit: 'MB', limit: 150, gate: 150 },
    ];
  } finally {
    child.kill('SIGTERM');
    await finished;
    server.close();
  }
}
