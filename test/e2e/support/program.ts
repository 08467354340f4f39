import { spawn } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const program = new URL('../../../bin/c2l.js', import.meta.url).pathname;

export interface ProgramRun {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The built program as a process, in an empty folder and an environment that holds nothing of the person's own. */
export async function c2l(...argv: string[]): Promise<ProgramRun> {
  const home = mkdtempSync(join(tmpdir(), 'c2l-e2e-'));
  const child = spawn(process.execPath, [program, ...argv], {
    cwd: home,
    env: { PATH: process.env['PATH'], HOME: home, NO_COLOR: '1' },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: 240_000,
  });
  const texts = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => (texts.stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (texts.stderr += text));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (exitCode) => {
      resolve({ exitCode, ...texts });
    });
  });
}
