import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { reportTroubles } from './report-schema.ts';

/** What a person starts: the launcher over the built files. */
export const launcher = fileURLToPath(new URL('../../bin/c2l.js', import.meta.url));

export interface Finished {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Started {
  readonly child: ChildProcessByStdio<null, Readable, Readable>;
  readonly finished: Promise<Finished>;
  /** Resolves once the output so far matches; rejects if the program ends before. */
  said(stream: 'stdout' | 'stderr', pattern: RegExp): Promise<string>;
}

/**
 * The built program as a process, in an empty folder and an environment that holds nothing of the person's own. A report
 * that it prints must be as its schema says.
 */
export function start(
  argv: readonly string[],
  options: { env?: Record<string, string>; timeoutMs?: number } = {},
): Started {
  const home = mkdtempSync(join(tmpdir(), 'c2l-home-'));
  const child = spawn(process.execPath, [launcher, ...argv], {
    cwd: home,
    env: { PATH: process.env['PATH'], HOME: home, NO_COLOR: '1', ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: options.timeoutMs ?? 60_000,
    killSignal: 'SIGKILL',
  });
  const texts = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => (texts.stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (texts.stderr += text));
  const finished = new Promise<Finished>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (exitCode) => {
      rmSync(home, { recursive: true, force: true });
      const troubles = exitCode === null ? [] : reportTroubles(texts.stdout);
      if (troubles.length > 0) reject(new Error(`c2l ${argv.join(' ')}: ${troubles.join('; ')}`));
      resolve({ exitCode, ...texts });
    });
  });
  const said = (stream: 'stdout' | 'stderr', pattern: RegExp): Promise<string> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        if (pattern.test(texts[stream])) resolve(texts[stream]);
      };
      child[stream].on('data', look);
      child.on('close', () => {
        reject(new Error(`ended before it said ${String(pattern)}: ${texts[stream]}`));
      });
      look();
    });
  return { child, finished, said };
}

export async function c2l(...argv: string[]): Promise<Finished> {
  return start(argv).finished;
}
