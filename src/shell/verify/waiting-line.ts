import type { PlannedCheck } from '../../core/verify/checks.ts';
import { count } from '../../core/list-text.ts';
import type { Progress } from '../../ports.ts';

export interface WaitingLine {
  waits(check: PlannedCheck, detail: string): void;
  settled(check: PlannedCheck): void;
  /** Nothing is shown after this. */
  end(): void;
}

/** Says what is still waited for, and in which state it is. */
export function waitingLine(progress: Progress, total: number): WaitingLine {
  const waiting = new Map<string, string>();
  let done = 0;
  let isEnded = false;
  const show = (): void => {
    const [first] = waiting;
    if (first === undefined || isEnded) return;
    const more = waiting.size === 1 ? '' : ` and ${waiting.size - 1} more`;
    progress.update(`${done} of ${count(total, 'check')} done, waiting for ${first[0]}${more}: ${first[1]}`);
  };
  return {
    waits(check, detail) {
      waiting.set(check.id, detail);
      show();
    },
    settled(check) {
      waiting.delete(check.id);
      done += 1;
      show();
    },
    end() {
      isEnded = true;
    },
  };
}
