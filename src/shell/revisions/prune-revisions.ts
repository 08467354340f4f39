import type { Secret } from '../../core/cluster/secret.ts';
import type { StepOutcome } from '../../core/reports/report.ts';
import { revisionsIn, surplusRevisions, type KeptRevision } from '../../core/revisions/revision.ts';
import { OperatorError } from '../../errors.ts';
import type { Session } from '../session.ts';

/**
 * Removes the oldest revisions of the Secrets that were just written, from the one on that this run kept of each: a newer
 * one is of somebody else at work, who may take it back. What cannot be removed is a warning and no more: the repair is
 * done.
 */
export async function pruneRevisions(session: Session, kept: readonly Secret[], keep: number): Promise<StepOutcome[]> {
  const outcomes: StepOutcome[] = [];
  for (const namespace of new Set(kept.map(({ metadata }) => metadata.namespace))) {
    const found = await session.cluster.listRevisions(namespace);
    if (found.state !== 'present') continue;
    const own = revisionsIn(kept.filter(({ metadata }) => metadata.namespace === namespace));
    const surplus = own.flatMap(({ uid, secretName }) => {
      const all = revisionsIn(found.value, { namespace, name: secretName });
      const at = all.findIndex((revision) => revision.uid === uid);
      return at === -1 ? [] : surplusRevisions(all.slice(at), keep);
    });
    outcomes.push(...(await removeRevisions(session, surplus)));
  }
  for (const { outcome, detail } of outcomes) {
    if (outcome === 'failed') session.deps.terminal.err(`warning: an old revision stays: ${detail}`);
  }
  return outcomes.filter(({ outcome }) => outcome === 'done');
}

/** Removes revisions one by one, the oldest first, and stops at the first that the server refuses. */
export async function removeRevisions(
  { cluster, deps }: Session,
  revisions: readonly KeptRevision[],
): Promise<StepOutcome[]> {
  const outcomes: StepOutcome[] = [];
  let stopped: string | undefined;
  for (const { namespace, name, uid, secretName } of revisions) {
    const step = (outcome: StepOutcome['outcome'], detail: string): void => {
      outcomes.push({ action: 'prune-revision', object: { kind: 'Secret', namespace, name }, outcome, detail });
    };
    if (deps.signal.aborted) stopped ??= 'interrupted before it was begun; c2l history --prune goes on here';
    if (stopped !== undefined) {
      step('skipped', stopped);
      continue;
    }
    try {
      await cluster.deleteSecret({ namespace, name, uid });
      step('done', `an older state of ${secretName}`);
    } catch (error) {
      if (!(error instanceof OperatorError)) throw error;
      step('failed', error.message);
      stopped = `skipped because ${name} could not be removed`;
    }
  }
  return outcomes;
}
