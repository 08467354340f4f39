import type { PlannedPause } from '../../core/argocd/plan-pause.ts';
import { refText } from '../../core/cluster/kubernetes.ts';
import type { StepOutcome } from '../../core/reports/report.ts';
import { resumeAfter, hold } from '../argocd/hold-pause.ts';
import type { PauseKeeper } from '../argocd/pause-keeper.ts';
import { pauseSync, resumeSync } from '../argocd/pause-sync.ts';
import type { Session } from '../session.ts';
import type { Written } from './write-secrets.ts';

export interface PausedWrite {
  readonly pause: PlannedPause;
  readonly command: string;
  readonly write: () => Promise<Written>;
  /** Takes the pause over once it is written, instead of holding it here. */
  readonly keeper?: PauseKeeper | undefined;
}

/**
 * Writes while whoever would undo it is paused, and keeps them paused until the time is over, Ctrl-C, or until Git
 * holds what was written: then nothing is left to undo. They sync again whatever becomes of the write.
 */
export async function writePaused(session: Session, { pause, command, write, keeper }: PausedWrite): Promise<Written> {
  const { objects, secrets, durationMs } = pause;
  if (objects.length === 0) return write();
  const { clock } = session.deps;
  const until = new Date(clock.now().getTime() + durationMs);
  const deadline = clock.monotonic() + durationMs;
  const held = await pauseSync(session, objects, { until, command });
  try {
    const done = await write();
    // What a killed run wrote already is held as what is written now.
    const isHeld = done.written.length > 0 || done.outcomes.length === 0;
    if (isHeld && keeper !== undefined) {
      keeper.keep(held, { until, deadline, secrets });
      return { ...done, outcomes: [...held.outcomes, ...done.outcomes] };
    }
    const resumed = isHeld
      ? await resumeAfter(session, held, await hold(session, held, { until, deadline, secrets }))
      : await resumeSync(session, objects, held);
    return { ...done, outcomes: [...held.outcomes, ...done.outcomes, ...resumed] };
  } catch (error) {
    tellFailures(session, await resumeSync(session, objects, held));
    throw error;
  }
}

function tellFailures({ deps }: Session, resumed: readonly StepOutcome[]): void {
  for (const { object, outcome, detail } of resumed) {
    if (outcome === 'failed') deps.terminal.err(`warning: sync of ${refText(object)} is still paused: ${detail}`);
  }
}
