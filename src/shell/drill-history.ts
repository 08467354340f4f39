import type { DrillHistoryReport } from '../core/drill/drill-result.ts';
import { OperatorError } from '../errors.ts';
import { readKeptResults } from './drill-results.ts';
import { reportHead, type Session } from './session.ts';

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
  const kept = await Promise.all(
    namespaces.map((namespace) => readKeptResults(session, { journalNamespace, namespace })),
  );
  return {
    ...reportHead(session, { namespaces, takenAt }),
    command: 'dr-drill history',
    verdict: 'ok',
    findings: [],
    journalNamespace,
    results: kept
      .flatMap(({ results }) => results)
      .filter((result) => scenario === undefined || result.scenario === scenario)
      .sort((left, right) => (left.takenAt < right.takenAt ? 1 : -1)),
  };
}
