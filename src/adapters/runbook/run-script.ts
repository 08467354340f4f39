import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { kill } from 'node:process';
import { createInterface } from 'node:readline';
import type { WriteStream } from 'node:tty';

import type { ScriptOptions } from '../../runbook-ports.ts';

/** c2l tells what it had done before it ends. */
const patienceMs = 10_000;

export interface ScriptHost {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Program and script that start this c2l; one that holds its script has none. */
  readonly program: readonly string[];
  readonly stderr: NodeJS.WritableStream & Partial<Pick<WriteStream, 'isTTY'>>;
}

/**
 * `c2l` and `kubectl` mean this program and the cluster that the runbook runs on, whatever PATH and kubeconfig say. What
 * a script adds to c2l stands last, as the person reads the command without it.
 */
const prelude = `
c2l() { eval '"$C2L_NODE" \${C2L_SCRIPT:+"$C2L_SCRIPT"} "$@" \${C2L_CONTEXT:+--context "$C2L_CONTEXT"} '"\${C2L_CONSENT-}"; }
kubectl() { command kubectl \${C2L_CONTEXT:+--context "$C2L_CONTEXT"} "$@"; }
`;

/** Runs shell commands at this terminal and gives their exit code. */
export async function runScript(
  commands: string,
  options: ScriptHost,
  { onLine, signal }: Omit<ScriptOptions, 'env'>,
): Promise<number> {
  const { env, stderr } = options;
  const [node = '', script = ''] = options.program;
  const child = spawn('/bin/sh', ['-c', `${prelude}\n${commands}`], {
    env: { ...env, C2L_NODE: node, C2L_SCRIPT: script },
    // A prompt needs the terminal on both; standard output is passed on, and kept for the log.
    stdio: [signal === undefined ? 'inherit' : 'ignore', 'pipe', stderr.isTTY === true ? 'inherit' : 'pipe'],
    // A group of its own can be ended as a whole: what a shell has started outlives it otherwise, and goes on writing.
    detached: signal !== undefined,
  });
  const end = signal === undefined ? undefined : endOnAbort(child, signal);
  if (child.stdout !== null) createInterface({ input: child.stdout, crlfDelay: Infinity }).on('line', onLine);
  child.stderr?.setEncoding('utf8').on('data', (text: string) => stderr.write(text));
  const [code] = (await once(child, 'close')) as [number | null];
  end?.();
  return code ?? 130;
}

/** Asks once, and insists where that is not heard; gives what takes it back. */
function endOnAbort({ pid }: ChildProcess, signal: AbortSignal): () => void {
  let insisting: NodeJS.Timeout | undefined;
  const send = (name: NodeJS.Signals): void => {
    try {
      if (pid !== undefined) kill(-pid, name);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    }
  };
  const end = (): void => {
    send('SIGTERM');
    insisting = setTimeout(send, patienceMs, 'SIGKILL');
  };
  if (signal.aborted) end();
  else signal.addEventListener('abort', end, { once: true });
  return () => {
    signal.removeEventListener('abort', end);
    clearTimeout(insisting);
  };
}
