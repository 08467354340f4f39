import { setTimeout as timeout } from 'node:timers/promises';
import { OperatorError } from '../errors.ts';
import { ExitCode } from '../exit-codes.ts';
import type { Clock } from '../ports.ts';

export const systemClock: Clock = {
  now: () => new Date(),
  monotonic: () => performance.now(),
  async sleep(ms, signal) {
    try {
      await timeout(ms, undefined, { signal });
    } catch (cause) {
      throw new OperatorError('interrupted', 'interrupted', { exitCode: ExitCode.interrupted, cause });
    }
  },
};
