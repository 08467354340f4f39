import type { ObjectRef } from '../core/cluster/kubernetes.ts';
import type { StepOutcome } from '../core/reports/report.ts';
import { OperatorError } from '../errors.ts';
import type { Session } from './session.ts';

export interface Doing extends Pick<StepOutcome, 'action' | 'object'> {
  /** Gives what was done. */
  readonly run: () => Promise<string>;
}

export interface Course {
  /** The command that goes on where this one was interrupted. */
  readonly command: string;
  /** What of a step that failed keeps the next ones from being done. */
  readonly obstacle: (failed: ObjectRef) => string;
}

/** Does one after the other; what comes after a failure or Ctrl-C is listed as skipped. */
export async function stepByStep(
  { deps }: Session,
  doings: readonly Doing[],
  { command, obstacle }: Course,
): Promise<StepOutcome[]> {
  const outcomes: StepOutcome[] = [];
  let stopped: string | undefined;
  for (const { action, object, run } of doings) {
    if (deps.signal.aborted) stopped ??= unbegun(command);
    if (stopped !== undefined) {
      outcomes.push({ action, object, outcome: 'skipped', detail: stopped });
      continue;
    }
    try {
      outcomes.push({ action, object, outcome: 'done', detail: await run() });
    } catch (error) {
      if (!(error instanceof OperatorError)) throw error;
      outcomes.push({ action, object, outcome: 'failed', detail: error.message });
      stopped = `skipped because ${obstacle(object)}`;
    }
  }
  return outcomes;
}

/** Of a step that Ctrl-C came before. */
export function unbegun(command: string): string {
  return `interrupted before it was begun; ${command} goes on here`;
}

/** Of a step that Ctrl-C came into while it was waited for. */
export function unawaited(command: string): string {
  return `interrupted while it was waited for; ${command} goes on here`;
}
