import { describe, expect, jest, test } from '@jest/globals';

import type { RehearsalReport } from '../../src/core/drill/rehearsal-report.ts';
import { renderReport } from '../../src/render/report.ts';
import { createStyle } from '../../src/render/style.ts';
import { start } from '../support/built-program.ts';
import { isExhaustive } from '../support/exhaustive.ts';
import { runCli } from '../support/run-cli.ts';

jest.setTimeout(3_600_000);

/** Each takes seconds. */
const drills = isExhaustive ? 100 : 4;

test('random drills in the sandbox are all recovered, whatever interrupts them', async () => {
  const argv = ['dr-drill', 'run', '--sandbox', '--repeat', String(drills), '--seed', '1', '-o', 'json'];
  const { exitCode, stdout, stderr } = await start(argv, { timeoutMs: 3_500_000 }).finished;

  const report = JSON.parse(stdout) as RehearsalReport;
  expect(report.failures).toEqual([]);
  expect(report).toMatchObject({
    verdict: 'ok',
    seed: 1,
    wanted: drills,
    done: drills,
    recovered: drills,
    findings: [],
  });
  expect(exitCode).toBe(0);
  expect(Object.values(report.ends).reduce((sum, count) => sum + count)).toBe(drills);
  expect(report.recovery?.count).toBeGreaterThan(drills / 2);
  expect(stderr).toContain(`${drills} drills`);
});

test.each([
  [['run', '--repeat', '2'], 'it needs --sandbox'],
  [['run', 'total-secret-loss', '--sandbox', '--repeat', '2'], 'leave total-secret-loss out'],
  [['run', 'total-secret-loss', '--sandbox', '--seed', '2'], '--seed needs --repeat'],
  [['run', '--sandbox', '--repeat', '2', '--seed', '4294967296'], 'from 0 to 4294967295'],
  [['run', '--sandbox', '--repeat', '0'], 'from 1'],
  [['run', '--sandbox'], "missing required argument 'scenario'"],
])('%j is refused', async (argv, says) => {
  const { code, stderr } = await runCli(['dr-drill', ...argv]);
  expect({ code, stderr }).toMatchObject({ code: 2 });
  expect(stderr).toContain(says);
});

const report: RehearsalReport = {
  schemaVersion: 1,
  command: 'dr-drill rehearsal',
  context: 'c2l-sandbox',
  server: 'http://127.0.0.1:1',
  namespaces: ['shop'],
  takenAt: '2026-01-01T00:00:00.000Z',
  verdict: 'problems',
  findings: [],
  seed: 5,
  speed: 20,
  wanted: 3,
  done: 3,
  recovered: 2,
  ends: { run: 1, 'ctrl-c': 0, resume: 1, abort: 1 },
  recovery: {
    count: 3,
    min: 1000,
    median: 2000,
    p90: 9000,
    p99: 9000,
    max: 9000,
    buckets: [
      { fromMs: 0, toMs: 5000, count: 2 },
      { fromMs: 5000, toMs: 10_000, count: 1 },
    ],
  },
  failures: [{ seed: 7, what: 'token is taken away; run, killed after line 3; abort', end: 'abort', wrong: ['gone'] }],
  tookMs: 4000,
};

describe('the text of a rehearsal', () => {
  test('draws the times and names each failure with what runs it again', async () => {
    const text = await renderReport(report, 'text', createStyle(false, { width: 80 }));
    expect(text).toMatch(/min +median +p90 +p99 +max\n +1\.0 s +2\.0 s +9\.0 s +9\.0 s +9\.0 s\n/);
    expect(text).toMatch(/0\.0 s to 5\.0 s +2 +#{40}\n +5\.0 s to 10\.0 s +1 +#{20}\n/);
    expect(text).toContain(
      'seed 7 was not recovered\n  token is taken away; run, killed after line 3; abort\n  - gone',
    );
    expect(text).toContain('again: c2l dr-drill run --sandbox --repeat 1 --seed 7');
    expect(text).toContain('2 of 3 random drills recovered, seed 5');
    expect(text.split('\n').every((line) => line.length <= 80)).toBe(true);
  });

  test('leads to the seeds that follow', async () => {
    const good: RehearsalReport = { ...report, verdict: 'ok', recovered: 3, failures: [] };
    const text = await renderReport(good, 'text', createStyle(false, { flags: '--sandbox', program: 'npx c2l' }));
    expect(text).toMatch(/\nnext: npx c2l dr-drill run --sandbox --repeat 3 --seed 8\n$/);
  });
});
