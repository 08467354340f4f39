import type { PausableRef } from '../../core/argocd/sync-pause.ts';
import { refText } from '../../core/cluster/kubernetes.ts';
import { listText } from '../../core/list-text.ts';
import { pauseSync, resumeSync } from '../argocd/pause-sync.ts';
import type { Session } from '../session.ts';
import type { Journal } from './drill-journal.ts';

/** After the limit of a drill its way back may take as long again. */
const afterLimitMs = 900_000;

/** Keeps from writing whoever would undo the fault; the journal names them before, so that any end of the drill knows. */
export async function pauseOwners(
  session: Session,
  owners: readonly PausableRef[],
  { journal, limitMs }: { readonly journal: Journal; readonly limitMs: number },
): Promise<void> {
  if (owners.length === 0) return;
  await journal.write('owners', `pause ${listText(owners.map(refText))}`, { paused: owners });
  const until = new Date(session.deps.clock.now().getTime() + limitMs + afterLimitMs);
  await pauseSync(session, owners, { until, command: 'dr-drill' });
}

/** Has them write again as before, and tells where that failed; those that were not paused are left alone. */
export async function resumeOwners(session: Session, journal: Journal): Promise<string[]> {
  const { paused = [], lines } = journal.content;
  const isResumed = lines.findLast(({ step }) => step === 'owners')?.detail === resumed;
  if (paused.length === 0 || isResumed) return [];
  const outcomes = await resumeSync(session, paused);
  const failed = outcomes.filter(({ outcome }) => outcome === 'failed');
  if (failed.length === 0) await journal.note('owners', resumed);
  return failed.map(({ object, detail }) => `${refText(object)} is still paused: ${detail}`);
}

const resumed = 'those that were paused write again';
