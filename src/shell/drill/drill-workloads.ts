import type { TouchedObject } from '../../core/drill/drill-journal.ts';
import type { WorkloadResource } from '../../core/drill/lost-workloads.ts';
import { count, listText } from '../../core/list-text.ts';
import { OperatorError } from '../../errors.ts';
import { ExitCode } from '../../exit-codes.ts';
import { lookUntil } from '../look-until.ts';
import type { Session } from '../session.ts';
import type { Journal } from './drill-journal.ts';

interface TouchedWorkload extends TouchedObject {
  readonly resource: WorkloadResource;
}

/** How long Argo CD may take to notice that something is gone. */
const argocdPatienceMs = 60_000;
const lookEveryMs = 500;

function touchedWorkloads({ content }: Journal): TouchedWorkload[] {
  return content.touched.flatMap((each) => (each.resource === undefined ? [] : [{ ...each, resource: each.resource }]));
}

/**
 * What is run before the Secrets can be looked at: the workloads that say which keys are needed. Argo CD brings those
 * that it heals by itself, the copies the rest. Gives what did not go as it should.
 */
export async function bringWorkloads(session: Session, journal: Journal): Promise<string[]> {
  const touched = touchedWorkloads(journal);
  if (touched.length === 0) return [];
  const wrong: string[] = [];
  const healed = touched.filter(({ application }) => application !== undefined);
  if (healed.length > 0) {
    const applications = [...new Set(healed.map(({ application = '' }) => application))];
    await journal.write('recovery', `Argo CD brings ${count(healed.length, 'workload')}: ${listText(applications)}`);
    const missing = await untilThere(session, journal, healed);
    if (missing.length > 0) {
      wrong.push(`Argo CD did not bring back ${listText(missing.map(({ name }) => name))}: the copies did`);
    }
  }
  const gone = await absent(session, journal, touched);
  if (gone.length > 0) {
    await journal.write(
      'recovery',
      `bring ${count(gone.length, 'workload')} back from the copies in namespace ${journal.namespace}`,
    );
    for (const each of gone) await putBackWorkload(session, journal, each);
  }
  return wrong;
}

/** Gives those that are not there in time. */
async function untilThere(
  session: Session,
  journal: Journal,
  wanted: readonly TouchedWorkload[],
): Promise<readonly TouchedWorkload[]> {
  const pace = { everyMs: lookEveryMs, deadline: session.deps.clock.monotonic() + argocdPatienceMs };
  return lookUntil(
    session.deps,
    pace,
    () => absent(session, journal, wanted),
    (missing) => missing.length === 0,
  );
}

async function absent(
  { cluster }: Session,
  { content }: Journal,
  wanted: readonly TouchedWorkload[],
): Promise<TouchedWorkload[]> {
  const found = await Promise.all(
    wanted.map(({ resource, name }) => cluster.copyWorkload({ resource, namespace: content.namespace, name })),
  );
  return wanted.filter((_, index) => found[index]?.state === 'absent');
}

/** Makes all of them what they were; gives those that were not. */
export async function putBackWorkloads(session: Session, journal: Journal): Promise<string[]> {
  const restored: string[] = [];
  for (const workload of touchedWorkloads(journal)) {
    if (await putBackWorkload(session, journal, workload))
      restored.push(`${workload.resource.replace(/s$/, '')}/${workload.name}`);
  }
  return restored;
}

/** A controller writes the status all the time, and Argo CD may be faster. */
const tries = 10;

/** Makes a workload what it was; does nothing where it is. Gives whether there was anything to do. */
async function putBackWorkload(
  session: Session,
  journal: Journal,
  { resource, name, copy }: TouchedWorkload,
): Promise<boolean> {
  const { cluster } = session;
  const place = { resource, namespace: journal.content.namespace, name };
  const content = await journal.copy(copy);
  if (content === undefined) throw lost(`the copy of ${resource} ${name} is gone`);
  for (let left = tries; ; left -= 1) {
    const now = await cluster.copyWorkload(place);
    if (now.state === 'unreadable') throw lost(now.reason);
    if (now.state === 'present' && now.value.content.equals(content)) return left < tries;
    const resourceVersion = now.state === 'present' ? now.value.resourceVersion : undefined;
    try {
      await cluster.putBackWorkload({ ...place, content, resourceVersion });
      return true;
    } catch (error) {
      if (!(error instanceof OperatorError) || error.code !== 'conflict' || left === 0) throw error;
    }
  }
}

function lost(reason: string): OperatorError {
  return new OperatorError('drill-not-found', `cannot put back: ${reason}`, {
    hint: 'deploy it again, from where it was deployed before the drill',
    exitCode: ExitCode.partial,
  });
}
