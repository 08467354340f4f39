import type { Right, SyncedObject } from '../../cluster-ports.ts';
import {
  isSwitchedOff,
  pausableGroups,
  pausableResources,
  pauseAnnotation,
  pauseOf,
  switchBack,
  switchOff,
  switchState,
  type PausableRef,
  type SyncPause,
} from '../../core/argocd/sync-pause.ts';
import { refText } from '../../core/cluster/kubernetes.ts';
import type { StepOutcome } from '../../core/reports/report.ts';
import { utcText } from '../../core/utc-text.ts';
import { OperatorError } from '../../errors.ts';
import { lookUntil } from '../look-until.ts';
import type { Session } from '../session.ts';

export interface PauseOptions {
  readonly until: Date;
  /** As whose work it is told to others. */
  readonly command: string;
}

/** Pauses that this run holds. */
export interface HeldPauses {
  readonly id: string;
  /** Outermost first. */
  readonly objects: readonly PausableRef[];
  readonly outcomes: readonly StepOutcome[];
}

/** How often something that changed meanwhile is read again: controllers write the status of these objects all the time. */
const tries = 8;
const noticeMs = 10_000;
const pollMs = 200;

/** What pausing needs, and ending a pause. */
export function pauseRights(objects: readonly PausableRef[]): Right[] {
  return objects.flatMap(({ kind, namespace, name }) =>
    (['get', 'patch'] as const).map((verb) => ({
      verb,
      group: pausableGroups[kind],
      resource: pausableResources[kind],
      namespace,
      name,
    })),
  );
}

/**
 * Keeps Applications and ExternalSecrets from writing, outermost first, and waits until their controllers took notice.
 * How each was is noted on it in the same request that changes it, so that a run which is killed leaves nothing that
 * cannot be put back. Where one cannot be paused those before it are put back, and it throws OperatorError.
 */
export async function pauseSync(
  session: Session,
  objects: readonly PausableRef[],
  options: PauseOptions,
): Promise<HeldPauses> {
  const id = Array.from(session.deps.randomBytes(8), (byte) => byte.toString(16).padStart(2, '0')).join('');
  const outcomes: StepOutcome[] = [];
  const begun: PausableRef[] = [];
  try {
    for (const [order, object] of objects.entries()) {
      begun.push(object);
      await pause(session, object, { ...options, id, order });
      const isNoticed = await untilNoticed(session, object);
      if (!isNoticed) session.deps.terminal.err(`warning: ${unnoticed(object)}`);
      const detail = `until ${utcText(options.until.toISOString())}${isNoticed ? '' : '; its controller has not answered yet'}`;
      outcomes.push({ action: 'pause-sync', object, outcome: 'done', detail });
    }
  } catch (error) {
    await resumeSync(session, begun, { id });
    throw error;
  }
  return { id, objects, outcomes };
}

function unnoticed(object: PausableRef): string {
  const who = object.kind === 'Application' ? 'Argo CD' : 'External Secrets';
  return `${who} did not look at ${refText(object)} for ${noticeMs / 1000} s: whether the pause holds is not known`;
}

type PauseToBe = PauseOptions & { readonly id: string; readonly order: number };

async function pause(session: Session, object: PausableRef, { until, command, id, order }: PauseToBe): Promise<void> {
  const { deps } = session;
  const { operator: by, processId } = deps;
  await change(session, object, (found) => {
    const before = pauseOf(found.metadata);
    if (before === 'unreadable') throw unreadableNote(object);
    if (before?.id === id) return undefined;
    const isOff = isSwitchedOff(object.kind, found.spec);
    // One that an earlier run left behind is taken over, with what that run found.
    const was = isOff && before !== undefined ? before.was : switchState(object.kind, found.spec);
    const note: SyncPause = { id, until: until.toISOString(), by, command, processId, order, was };
    return {
      spec: switchOff(object.kind),
      // Argo CD takes the second away when it has looked, which is how it is known that it has.
      annotations: {
        [pauseAnnotation]: JSON.stringify(note),
        ...(object.kind === 'Application' ? { [refreshAnnotation]: 'normal' } : {}),
      },
    };
  });
}

export const refreshAnnotation = 'argocd.argoproj.io/refresh';

function unreadableNote(object: PausableRef): OperatorError {
  const { namespace, name } = object;
  const resource = object.kind.toLowerCase();
  return new OperatorError(
    'write-failed',
    `${refText(object)} bears a note of a pause that cannot be read: how it was before is not known`,
    {
      hint: `see to its spec, then: kubectl -n ${namespace} annotate ${resource} ${name} ${pauseAnnotation}-`,
    },
  );
}

export interface ResumeOptions {
  /** Of the run whose pauses are meant; any, where none is named. */
  readonly id?: string;
}

/** Puts back how each was, in reverse, since an outer one would do it in its own way. Never throws OperatorError. */
export async function resumeSync(
  session: Session,
  objects: readonly PausableRef[],
  { id }: ResumeOptions = {},
): Promise<StepOutcome[]> {
  const outcomes: StepOutcome[] = [];
  for (const object of [...objects].reverse()) {
    const step = (outcome: StepOutcome['outcome'], detail: string): StepOutcome => ({
      action: 'resume-sync',
      object,
      outcome,
      detail,
    });
    try {
      outcomes.push(step(...(await resume(session, object, id))));
    } catch (error) {
      if (!(error instanceof OperatorError)) throw error;
      outcomes.push(step('failed', `${error.message}; c2l restore-sync -n ${object.namespace}`));
    }
  }
  return outcomes;
}

async function resume(
  session: Session,
  object: PausableRef,
  id: string | undefined,
): Promise<[StepOutcome['outcome'], string]> {
  let answer: [StepOutcome['outcome'], string] = ['kept', 'is not paused'];
  await change(session, object, (found) => {
    const pause = pauseOf(found.metadata);
    if (pause === undefined) return undefined;
    if (pause === 'unreadable') throw unreadableNote(object);
    if (id !== undefined && pause.id !== id) {
      answer = ['kept', `is held by ${pause.by} (${pause.command}) until ${utcText(pause.until)}`];
      return undefined;
    }
    const isOff = isSwitchedOff(object.kind, found.spec);
    answer = isOff
      ? ['done', 'syncs again as before the pause']
      : ['done', 'was switched on meanwhile, and is left as it is'];
    return { spec: isOff ? switchBack(object.kind, pause) : {}, annotations: { [pauseAnnotation]: null } };
  });
  return answer;
}

type Patch = Pick<Parameters<Session['cluster']['patchSynced']>[1], 'spec' | 'annotations'>;

/** Reads, decides and writes until nobody was faster; a write whose answer was lost shows in what is read next. */
async function change(
  { cluster }: Session,
  object: PausableRef,
  decide: (found: SyncedObject) => Patch | undefined,
): Promise<void> {
  let last: OperatorError | undefined;
  for (let attempt = 0; attempt < tries; attempt += 1) {
    const found = await read(cluster, object);
    const patch = decide(found);
    if (patch === undefined) return;
    try {
      await cluster.patchSynced(object, { resourceVersion: found.metadata.resourceVersion ?? '', ...patch });
      return;
    } catch (error) {
      if (!(error instanceof OperatorError) || error.code === 'forbidden') throw error;
      last = error;
    }
  }
  if (last !== undefined) throw last;
}

async function read(cluster: Session['cluster'], object: PausableRef): Promise<SyncedObject> {
  const found = await cluster.readSynced(object);
  if (found.state === 'present') return found.value;
  const why = found.state === 'absent' ? 'is no longer there' : `cannot be read: ${found.reason}`;
  throw new OperatorError('write-failed', `${refText(object)} ${why}`, { hint: `c2l audit -n ${object.namespace}` });
}

async function untilNoticed({ cluster, deps }: Session, object: PausableRef): Promise<boolean> {
  const pace = { everyMs: pollMs, deadline: deps.clock.monotonic() + noticeMs };
  return lookUntil(
    deps,
    pace,
    async () => isNoticed(object, await read(cluster, object)),
    (isNow) => isNow,
  );
}

/** Told from what its controller writes itself; a sync that has begun still writes. */
function isNoticed({ kind }: PausableRef, { metadata, status, hasOperation }: SyncedObject): boolean {
  if (kind === 'Application') {
    const { phase } = (status['operationState'] ?? {}) as { phase?: unknown };
    return !(refreshAnnotation in (metadata.annotations ?? {})) && !hasOperation && phase !== 'Running';
  }
  const synced = status['syncedResourceVersion'];
  return typeof synced === 'string' && synced.startsWith(`${metadata.generation ?? ''}-`);
}
