import { refText } from '../../core/cluster/kubernetes.ts';
import { podsText } from '../../core/drill/drill-pods.ts';
import { isFaultless, type DrillPlan } from '../../core/drill/plan-drill.ts';
import type { RowAnswer } from '../../core/drill/postgres-row.ts';
import type { Finding } from '../../core/findings/findings.ts';
import { count, listText } from '../../core/list-text.ts';
import { spokenDuration } from '../../core/watch/duration.ts';
import { brokenText } from '../../render/drill/drill-text.ts';
import { durationText } from '../../render/layout.ts';
import type { Session } from '../session.ts';
import { writeRows } from './drill-data.ts';
import { detect } from './drill-detection.ts';
import { injectFault, startAnew } from './drill-fault.ts';
import type { Journal } from './drill-journal.ts';
import { pauseOwners, resumeOwners } from './drill-owners.ts';
import { waitForOthers, type Recovery } from './drill-recovery.ts';
import type { Run } from './drill-report.ts';
import { startRival } from './drill-rival.ts';
import { lookOn, type Noticed } from './drill-watch.ts';
import { recoverInDrill } from './recover-in-drill.ts';

/** What happened between the fault and the proof. */
export interface Course {
  readonly recovery?: Recovery;
  readonly detectMs: number;
  readonly tookMs: number;
  readonly noticed: Noticed & { readonly audit?: number; readonly verify?: number };
  /** What failed, whether or not everything came back. */
  readonly troubles: readonly string[];
  readonly wrong: readonly string[];
}

export interface Parts {
  readonly journal: Journal;
  /** What each database said to its row; filled when it is written. */
  readonly written: Map<string, RowAnswer>;
}

/** From the copies to the proof: the fault, who notices it, and the recovery. */
export async function go(session: Session, run: Run, { journal, written }: Parts): Promise<Course> {
  const { clock } = session.deps;
  const { options, prepared } = run;
  const { plan, namespace, snapshot } = prepared;
  const kept = isFaultless(plan)
    ? 'keep this journal; nothing is broken on purpose'
    : `keep a copy of ${brokenText(plan)}`;
  await journal.write('copies', kept);
  await journal.keepCopies(prepared.copies);
  if (journal.content.rows.length > 0) {
    await journal.write('data', `write a row to ${journal.content.rows.map(({ component }) => component).join(', ')}`);
    for (const [component, answer] of await writeRows(session, journal.content.rows)) written.set(component, answer);
  }
  const limitMs = options.limitMs ?? options.scenario.limits.total;
  await pauseOwners(session, plan.pause, { journal, limitMs });
  const begun = clock.monotonic();
  if (isFaultless(plan)) await journal.note('detection', brokenNow(prepared.broken));
  await injectFault(session, plan, journal);
  const troubles: string[] = [];
  const wrong: string[] = [];
  if (plan.evict.length > 0) {
    await journal.write('consumers', `start anew: ${podsText(plan.evict)}`);
    troubles.push(...(await startAnew(session, plan.evict)));
  }
  const watching = lookOn(session, { begun, namespace, before: snapshot, onlookers: prepared.onlookers });
  try {
    const found = isFaultless(plan) ? undefined : await detect(session, { begun, known: prepared.known, plan });
    const detectMs = Math.round(clock.monotonic() - begun);
    if (found !== undefined) {
      await journal.note('detection', found.detail);
      if (found.by === undefined) wrong.push(found.detail);
    }
    wrong.push(...(await resumeOwners(session, journal)));
    const recovery = await recovered(session, run, journal);
    const tookMs = Math.round(clock.monotonic() - begun);
    if (recovery.isRecovered) await journal.note('verified', `recovered after ${durationText(tookMs)}`);
    const seen = await watching.end();
    return { recovery, detectMs, tookMs, noticed: { ...seen, ...noticedAt(found) }, troubles, wrong };
  } finally {
    await watching.end();
  }
}

/** What a drill that breaks nothing recovers from. */
function brokenNow(errors: readonly Finding[]): string {
  if (errors.length === 0) return 'audit sees nothing wrong, and verify does';
  const named = errors.map(({ code, object, key }) => [code, refText(object), key ?? ''].join(' ').trim());
  return `audit names ${count(errors.length, 'error')}: ${listText(named)}`;
}

async function recovered(session: Session, { options, prepared }: Run, journal: Journal): Promise<Recovery> {
  const { plan, from, runbook } = prepared;
  const rival = plan.undone === 0 ? undefined : startRival(session, plan, journal);
  try {
    if (options.manual) {
      const limit = spokenDuration(options.limitMs ?? options.scenario.limits.total);
      await journal.write('recovery', `wait for people to recover; the way back begins ${limit} after the start`);
      return await waitForOthers(session, async () => (await stillLost(session, plan)).length === 0);
    }
    const recovery = await recoverInDrill(session, journal, {
      runbook,
      from,
      identity: options.identity,
      overwrite: plan.overwrite,
      refused: plan.refused,
      timeoutMs: options.limitMs ?? options.scenario.limits.total,
      rival,
    });
    const lost = recovery.isRecovered ? await stillLost(session, plan) : [];
    if (lost.length === 0) return recovery;
    return { ...recovery, isRecovered: false, wrong: [...recovery.wrong, `not brought back: ${listText(lost)}`] };
  } finally {
    await rival?.end();
  }
}

/** Credentials of registries: where the images lie on the nodes, no check misses them. */
async function stillLost({ cluster }: Session, { faults }: DrillPlan): Promise<string[]> {
  const wanted = faults.filter(({ isForPulls, secret }) => isForPulls && secret.pullCredentials !== undefined);
  const found = await Promise.all(
    wanted.map(({ secret }) => cluster.readSecret(secret.metadata.namespace, secret.metadata.name)),
  );
  return wanted
    .filter((_, index) => found[index]?.state !== 'present')
    .map(({ secret }) => `secret ${secret.metadata.name}`);
}

function noticedAt(found: Awaited<ReturnType<typeof detect>> | undefined): { audit?: number; verify?: number } {
  if (found?.afterMs === undefined) return {};
  return found.by === 'c2l audit' ? { audit: found.afterMs } : { verify: found.afterMs };
}
