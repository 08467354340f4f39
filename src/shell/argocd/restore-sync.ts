import { pausesIn, type PausedObject } from '../../core/argocd/sync-pause.ts';
import { refText } from '../../core/cluster/kubernetes.ts';
import { unreadableFindings } from '../../core/diagnose/diagnose-unreadable.ts';
import type { RestoreSyncReport } from '../../core/fix/secret-reports.ts';
import { verdictOfWrites, type StepOutcome } from '../../core/reports/report.ts';
import { utcText } from '../../core/utc-text.ts';
import { confirmWrite, type ConfirmOptions } from '../confirm.ts';
import { observePausable } from '../observe/observe.ts';
import { proveRights } from '../prove-rights.ts';
import { nothingReadable, refuseWhenInterrupted, reportHead, type Session } from '../session.ts';
import { untilInterrupted } from '../until-interrupted.ts';
import { pauseRights, resumeSync } from './pause-sync.ts';

export interface RestoreSyncOptions extends ConfirmOptions {
  readonly dryRun: boolean;
}

/** Ends every pause that c2l left on Applications and ExternalSecrets, also one that another run still holds. */
export async function runRestoreSync(session: Session, options: RestoreSyncOptions): Promise<RestoreSyncReport> {
  const { cluster, deps, scope } = session;
  const takenAt = deps.clock.now().toISOString();
  const seen = await untilInterrupted(observePausable(cluster, scope), deps.signal);
  const gaps = [...seen.argocd.applications.gaps, ...seen.writers.externalSecrets.gaps];
  const paused = pausesIn(seen);
  const [first] = gaps;
  if (first !== undefined && paused.length === 0) throw nothingReadable(cluster, first.reason);
  const outcomes = options.dryRun ? paused.map(planned) : await end(session, paused, options);
  const findings = unreadableFindings(gaps);
  return {
    ...reportHead(session, { namespaces: scope.namespaces, takenAt }),
    command: 'restore-sync',
    verdict: verdictOfWrites(outcomes, findings),
    findings,
    dryRun: options.dryRun,
    outcomes,
  };
}

async function end(
  session: Session,
  paused: readonly PausedObject[],
  options: ConfirmOptions,
): Promise<readonly StepOutcome[]> {
  if (paused.length === 0) return [];
  const { deps } = session;
  const objects = paused.map(({ object }) => object);
  await untilInterrupted(proveRights(session, pauseRights(objects)), deps.signal);
  for (const each of paused) deps.terminal.err(`${refText(each.object)}  ${pauseText(each)}`);
  await confirmWrite(session, `have ${objects.map(refText).join(', ')} sync again?`, options);
  refuseWhenInterrupted(session);
  // It ends them from the last to the first.
  return resumeSync(session, [...objects].reverse());
}

function planned(paused: PausedObject): StepOutcome {
  return { action: 'resume-sync', object: paused.object, outcome: 'planned', detail: pauseText(paused) };
}

function pauseText({ pause }: PausedObject): string {
  if (pause === undefined) return 'bears a note of a pause that cannot be read';
  return `paused until ${utcText(pause.until)} by ${pause.by} (${pause.command})`;
}
