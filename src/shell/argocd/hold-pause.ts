import type { SyncedObject } from '../../cluster-ports.ts';
import type { PausableRef } from '../../core/argocd/sync-pause.ts';
import { type ObjectRef, refText } from '../../core/cluster/kubernetes.ts';
import type { StepOutcome } from '../../core/reports/report.ts';
import { utcText } from '../../core/utc-text.ts';
import { OperatorError } from '../../errors.ts';
import { lookUntil } from '../look-until.ts';
import type { Session } from '../session.ts';
import { type HeldPauses, refreshAnnotation, resumeSync } from './pause-sync.ts';

/** How often Git is asked whether it holds what was written. */
const askMs = 10_000;
const answerMs = 10_000;
const pollMs = 250;

/** Puts back what was paused, and says why now. */
export async function resumeAfter(session: Session, held: HeldPauses, end: string): Promise<readonly StepOutcome[]> {
  const steps = await resumeSync(session, held.objects, held);
  return steps.map((step) => (step.outcome === 'done' ? { ...step, detail: `${step.detail}; ${end}` } : step));
}

export interface Hold {
  readonly until: Date;
  /** The same by the monotonic clock. */
  readonly deadline: number;
  readonly secrets: readonly ObjectRef[];
}

export const timeIsOver = 'the time is over: what its source does not hold is set back now';

/** Gives how it ended, and what comes of that. */
export async function hold(
  session: Session,
  { objects }: HeldPauses,
  { until, deadline, secrets }: Hold,
): Promise<string> {
  const { terminal } = session.deps;
  const names = objects.map(refText).join(', ');
  const progress = terminal.progress(`${names} paused until ${utcText(until.toISOString())}; Ctrl-C ends it now`);
  const finish = (outcome: 'ok' | 'stopped', text: string): string => {
    progress.finish(outcome, text);
    return text;
  };
  try {
    const isHeld = await lookUntil(
      session.deps,
      { everyMs: askMs, deadline },
      () => isHeldByGit(session, objects, secrets),
      (isNow) => isNow,
    );
    return isHeld ? finish('ok', 'Git holds what was written: it stays') : finish('stopped', timeIsOver);
  } catch (error) {
    if (!(error instanceof OperatorError)) throw error;
    const why = error.code === 'interrupted' ? 'ended early' : error.message;
    return finish('stopped', `${why}: what its source does not hold is set back now`);
  }
}

/** Whether each Secret is as the Applications that have it in Git want it; an ExternalSecret's store is not looked at. */
async function isHeldByGit(
  session: Session,
  objects: readonly PausableRef[],
  secrets: readonly ObjectRef[],
): Promise<boolean> {
  if (objects.some(({ kind }) => kind === 'ExternalSecret')) return false;
  const answers = await Promise.all(objects.map((object) => secretStates(session, object)));
  const states = answers.flatMap((found) => found ?? []);
  return secrets.every((secret) => {
    const own = states.filter(({ namespace, name }) => namespace === secret.namespace && name === secret.name);
    return own.length > 0 && own.every(({ status }) => status === 'Synced');
  });
}

/** What Argo CD says of its Secrets once it has looked anew; undefined where it does not. */
async function secretStates(
  { cluster, deps }: Session,
  { kind, namespace, name }: PausableRef,
): Promise<readonly SecretState[] | undefined> {
  await cluster.annotate({
    resource: 'applications',
    namespace,
    name,
    annotations: { [refreshAnnotation]: 'normal' },
  });
  const application = await lookUntil(
    deps,
    { everyMs: pollMs, deadline: deps.clock.monotonic() + answerMs },
    () => cluster.readSynced({ kind, namespace, name }),
    (seen) => seen.state !== 'present' || hasLookedAnew(seen.value),
  );
  if (application.state !== 'present' || !hasLookedAnew(application.value)) return undefined;
  const listed = application.value.status['resources'];
  const resources = Array.isArray(listed) ? (listed as readonly SecretState[]) : [];
  return resources.filter((each) => each.kind === 'Secret');
}

interface SecretState {
  readonly namespace?: string;
  readonly name?: string;
  readonly kind?: string;
  readonly status?: string;
}

function hasLookedAnew({ metadata }: SyncedObject): boolean {
  return !(refreshAnnotation in (metadata.annotations ?? {}));
}
