import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

export interface CommandLine {
  readonly file: string;
  readonly argv: readonly string[];
  /** Exit codes with which the command did its work: audit exits 1 where it finds problems. */
  readonly accepts?: readonly number[];
}

/** Where commands are run, and everything lies that goes away with this program. */
export const home = mkdtempSync(join(tmpdir(), 'c2l-bench-'));
process.on('exit', () => {
  rmSync(home, { recursive: true, force: true });
});
const peakFile = join(home, 'peak');
const preload = fileURLToPath(new URL('peak-memory.cjs', import.meta.url));

function run({ file, argv, accepts = [0] }: CommandLine, env: Record<string, string> = {}): void {
  const { status, stderr, error } = spawnSync(file, argv, {
    cwd: home,
    env: { PATH: process.env['PATH'], HOME: home, ...env },
    timeout: 120_000,
    encoding: 'utf8',
    // Thousands of lines that nobody reads.
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  if (status !== null && accepts.includes(status)) return;
  const what = [file, ...argv].join(' ');
  throw new Error(`${what}: exit ${String(status)} ${error?.message ?? ''}\n${stderr}`);
}

/** Milliseconds from start to end of a process. */
export function timed(command: CommandLine): number {
  const start = performance.now();
  run(command);
  return performance.now() - start;
}

export function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((left, right) => left - right);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/**
 * Medians of two commands run in turn, so that both meet the same moods of the machine. One pair warms up. A signal is
 * looked at between the runs.
 */
export async function interleaved(
  pairs: number,
  {
    ours,
    other,
    signal,
  }: { readonly ours: CommandLine; readonly other: CommandLine; readonly signal?: AbortSignal | undefined },
): Promise<{ ours: number; other: number }> {
  const rounds: { ours: number; other: number }[] = [];
  for (let pair = 0; pair <= pairs; pair++) {
    await nextTurn();
    signal?.throwIfAborted();
    rounds.push({ other: timed(other), ours: timed(ours) });
  }
  const [, ...measured] = rounds;
  return { ours: median(measured.map((round) => round.ours)), other: median(measured.map((round) => round.other)) };
}

/** Highest resident memory of a Node program, in MB. */
export function peakMemory(command: CommandLine): number {
  run(command, { NODE_OPTIONS: `--require ${JSON.stringify(preload)}`, C2L_PEAK_FILE: peakFile });
  return Number(readFileSync(peakFile, 'utf8')) / 1024;
}
