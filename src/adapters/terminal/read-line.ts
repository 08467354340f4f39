import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';

interface LineSource {
  readonly input: NodeJS.ReadableStream;
  readonly output: NodeJS.WritableStream;
  readonly signal: AbortSignal;
}

/**
 * One line as the terminal itself edits and shows it, or with nothing shown. Undefined where Ctrl-C, Ctrl-D, the signal
 * or the end of the keyboard came first.
 */
export function readLine(
  { input, output, signal }: LineSource,
  { isHidden }: { readonly isHidden: boolean },
): Promise<string | undefined> {
  const nowhere = new Writable({
    write: (_chunk, _encoding, done) => {
      done();
    },
  });
  // Only where it edits the line by itself does it keep the terminal from showing what is typed.
  const lines = createInterface({ input, output: nowhere, terminal: isHidden, historySize: 0 });
  return new Promise((resolve) => {
    let isOver = false;
    const end = (line?: string): void => {
      if (isOver) return;
      isOver = true;
      signal.removeEventListener('abort', onAbort);
      // Whoever types without seeing it, or leaves, has not moved on to the next row.
      if (isHidden || line === undefined) output.write('\n');
      resolve(line);
      lines.close();
    };
    const onAbort = (): void => {
      end();
    };
    lines.once('line', end);
    lines.once('close', onAbort);
    lines.once('SIGINT', onAbort);
    signal.addEventListener('abort', onAbort);
    if (signal.aborted) end();
  });
}
