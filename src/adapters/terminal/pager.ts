import { spawn } from 'node:child_process';

type Environment = Readonly<Record<string, string | undefined>>;

/** The program that the person wants long answers shown in; an empty `C2L_PAGER` goes before `PAGER`, as one that is set does. */
export function pagerOf(env: Environment): string | undefined {
  const named = env['C2L_PAGER'] ?? env['PAGER'];
  return named === undefined || named === '' || named === 'cat' ? undefined : named;
}

/** A shell that finds no such program, or may not run it. */
const notStarted: readonly (number | null)[] = [126, 127];

/** Shows a text until the person has enough of it. False where the pager cannot be started. */
export function showPaged(text: string, pager: string, env: Environment): Promise<boolean> {
  return new Promise((resolve) => {
    // As Git does: color is kept, and what fits after all is left on the screen.
    const child = spawn(pager, { shell: true, stdio: ['pipe', 'inherit', 'inherit'], env: { LESS: 'FRX', ...env } });
    child.on('error', () => {
      resolve(false);
    });
    // Whoever leaves before the end has read enough.
    child.stdin.on('error', () => undefined);
    child.on('close', (code) => {
      resolve(!notStarted.includes(code));
    });
    child.stdin.end(text);
  });
}
