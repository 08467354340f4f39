import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { start, type Finished } from '../../support/built-program.ts';

export interface RunbookRun extends Finished {
  /** Step by step, as in `Restore the values: done, exit 0`. */
  readonly steps: readonly string[];
  readonly log: string;
}

/** Walks a runbook on the real cluster with nobody to ask. */
export async function runRunbook(
  name: string,
  { values, flags }: { readonly values: Readonly<Record<string, string>>; readonly flags: readonly string[] },
): Promise<RunbookRun> {
  const folder = mkdtempSync(join(tmpdir(), 'c2l-runbook-e2e-'));
  try {
    const set = Object.entries(values).flatMap(([key, value]) => ['--set', `${key}=${value}`]);
    const kept = ['--progress', join(folder, 'progress.json')];
    const argv = ['runbook', 'run', name, '--yes', ...set, ...kept, ...flags];
    const ran = await start(argv, { timeoutMs: 240_000 }).finished;
    const log = readFileSync(join(folder, 'progress.md'), 'utf8');
    return { ...ran, log, steps: [...log.matchAll(/^## (.*)$/gm)].map(([, step = '']) => step) };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
