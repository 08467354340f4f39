import type { Secret } from '../../core/cluster/secret.ts';
import type { StepOutcome } from '../../core/reports/report.ts';
import type { KeptRevision } from '../../core/revisions/kept-revision.ts';
import { revisionsIn, surplusRevisions } from '../../core/revisions/revision.ts';
import type { Session } from '../session.ts';
import { stepByStep, type Doing } from '../step-by-step.ts';

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
export function removeRevisions(session: Session, revisions: readonly KeptRevision[]): Promise<StepOutcome[]> {
  const removals = revisions.map(({ namespace, name, uid, secretName }): Doing => ({
    action: 'prune-revision',
    object: { kind: 'Secret', namespace, name },
    run: async () => {
      await session.cluster.deleteSecret({ namespace, name, uid });
      return `an older state of ${secretName}`;
    },
  }));
  return stepByStep(session, removals, {
    command: 'c2l history --prune',
    obstacle: ({ name }) => `${name} could not be removed`,
  });
}
