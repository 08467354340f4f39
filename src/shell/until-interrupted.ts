import { OperatorError } from '../errors.ts';
import { ExitCode } from '../exit-codes.ts';

/**
 * Ends at Ctrl-C whatever the work is waiting for: a server that hangs is not waited for. Only for work that changes
 * nothing: it may go on behind the back of who was waiting.
 */
export async function untilInterrupted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  let stop = (): void => undefined;
  const interrupted = new Promise<never>((_, reject) => {
    stop = () => {
      reject(new OperatorError('interrupted', 'interrupted; nothing was changed', { exitCode: ExitCode.interrupted }));
    };
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop);
  });
  try {
    return await Promise.race([work, interrupted]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
