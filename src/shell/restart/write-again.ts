import { OperatorError } from '../../errors.ts';
import type { Session } from '../session.ts';

const retryMs = 1000;

/**
 * Repeats a write for as long as the server does not answer, or not for itself. Only for writes that may be done twice:
 * what was sent and not answered may have been done.
 */
export async function writeAgain<T>(
  { deps }: Pick<Session, 'deps'>,
  deadline: number,
  write: () => Promise<T>,
): Promise<T> {
  for (;;) {
    try {
      return await write();
    } catch (error) {
      const mayPass = error instanceof OperatorError && error.isPassing;
      if (!mayPass || deps.signal.aborted || deps.clock.monotonic() >= deadline) throw error;
      await deps.clock.sleep(retryMs, deps.signal);
    }
  }
}
