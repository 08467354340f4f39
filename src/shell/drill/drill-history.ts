import { builtInDrills } from '../../core/drill/built-in-drills.ts';
import { defaultJournalNamespace } from '../../core/drill/drill-command.ts';
import type { DrillResult } from '../../core/drill/drill-report.ts';
import type { DrillHistoryReport } from '../../core/drill/drill-result.ts';
import { alteredFindings } from '../../core/drill/result-chain.ts';
import { listText } from '../../core/list-text.ts';
import { verdictOf } from '../../core/reports/report.ts';
import { OperatorError } from '../../errors.ts';
import { reportHead, type Session } from '../session.ts';
import { readKeptResults } from './drill-results.ts';
import { unfinishedIn } from './drills-under-way.ts';

export interface DrillHistoryOptions {
  /** Of one scenario; of all where none is named. */
  readonly scenario: string | undefined;
  readonly journalNamespace: string;
}

/** What was kept of the drills of the namespaces that are looked at. */
export async function drillHistory(
  session: Session,
  { scenario, journalNamespace }: DrillHistoryOptions,
): Promise<DrillHistoryReport> {
  const { namespaces, all } = session.scope;
  session.drillNotice.mute();
  if (all) {
    throw new OperatorError('usage', 'results are kept by namespace', { hint: 'c2l dr-drill history -n NAMESPACE' });
  }
  const takenAt = session.deps.clock.now().toISOString();
  const isThere = (await session.cluster.namespaceExists(journalNamespace)).state !== 'absent';
  if (!isThere && journalNamespace !== defaultJournalNamespace) {
    throw new OperatorError(
      'namespace-not-found',
      `namespace ${journalNamespace} is not there: no drill is kept in it`,
      {
        hint: 'c2l dr-drill history, or kubectl get namespaces',
      },
    );
  }
  const found = await Promise.all(
    namespaces.map((namespace) => readKeptResults(session, { journalNamespace, namespace })),
  );
  const before = found.flatMap(({ results }) => results);
  const kept = [...new Set(before.map((result) => result.scenario))].sort();
  if (scenario !== undefined && !kept.includes(scenario) && !builtInDrills.includes(scenario)) {
    const others = kept.length === 0 ? 'none is kept' : `kept are those of ${listText(kept)}`;
    throw new OperatorError('usage', `no drill of ${scenario} is kept in ${journalNamespace}: ${others}`, {
      hint: 'c2l dr-drill history',
    });
  }
  const digestOf = (result: DrillResult): string => session.deps.resultDigest(result);
  const findings = found.flatMap(({ results }) => alteredFindings(results, { journalNamespace, digestOf }));
  return {
    ...reportHead(session, { namespaces, takenAt }),
    command: 'dr-drill history',
    verdict: verdictOf(findings),
    findings,
    journalNamespace,
    isJournalNamespaceThere: isThere,
    ...(scenario === undefined ? {} : { scenario }),
    kept,
    unfinished: await unfinishedIn(session),
    results: before
      .filter((result) => scenario === undefined || result.scenario === scenario)
      .sort((left, right) => (left.takenAt < right.takenAt ? 1 : -1)),
  };
}
