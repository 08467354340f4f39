import type { Secret } from '../../core/cluster/secret.ts';
import { drillType } from '../../core/drill/drill-journal.ts';
import { drillsOfNote } from '../../core/drill/drill-remains.ts';
import type { DrillReport, DrillResult } from '../../core/drill/drill-report.ts';
import { drillResult, keptAtMost, resultsName } from '../../core/drill/drill-result.ts';
import { lastOf } from '../../core/drill/result-chain.ts';
import { SecretValue } from '../../core/secrets/secret-value.ts';
import { OperatorError } from '../../errors.ts';
import type { Session } from '../session.ts';

/** The Secret in which the results of a namespace lie, and what it holds; no value is among them. */
export interface KeptResults {
  readonly secret: Secret | undefined;
  /** The newest first. */
  readonly results: readonly DrillResult[];
}

interface Place {
  readonly journalNamespace: string;
  /** Where the drills took place. */
  readonly namespace: string;
}

/** Throws `nothing-readable` where it is there and cannot be read. */
export async function readKeptResults(session: Session, { journalNamespace, namespace }: Place): Promise<KeptResults> {
  const found = await session.cluster.readSecret(journalNamespace, resultsName(namespace));
  if (found.state === 'unreadable') {
    throw new OperatorError('nothing-readable', `what was kept of earlier drills cannot be read: ${found.reason}`, {
      hint: `kubectl -n ${journalNamespace} get secret ${resultsName(namespace)}`,
    });
  }
  if (found.state === 'absent') return { secret: undefined, results: [] };
  return { secret: found.value, results: session.deps.readDrillResults(found.value.data.values()) };
}

/**
 * Keeps the result beside the journals, and sets the drill beside earlier ones. That a result cannot be kept is said,
 * and makes no drill a failure.
 */
export async function keepResult(session: Session, report: DrillReport): Promise<DrillReport> {
  const result = drillResult(report);
  const place = { journalNamespace: report.drill.journalNamespace, namespace: report.namespaces[0] ?? '' };
  if (result === undefined) return report;
  try {
    const kept = await readKeptResults(session, place);
    const previous = lastOf(kept.results)?.digest;
    const linked = { ...result, ...(previous === undefined ? {} : { previous }) };
    await store(session, place, { kept, result: { ...linked, digest: session.deps.resultDigest(linked) } });
    return { ...report, earlier: kept.results.filter(({ scenario }) => scenario === result.scenario) };
  } catch (error) {
    if (!(error instanceof OperatorError)) throw error;
    session.deps.terminal.err(`warning: the result of this drill is not kept: ${error.message}`);
    return report;
  }
}

async function store(
  { cluster }: Session,
  { journalNamespace, namespace }: Place,
  { kept, result }: { readonly kept: KeptResults; readonly result: DrillResult },
): Promise<void> {
  const data = new Map([[result.id, SecretValue.fromText(JSON.stringify(result))]]);
  const name = resultsName(namespace);
  if (kept.secret === undefined) {
    await cluster.createSecret({
      namespace: journalNamespace,
      name,
      type: drillType,
      labels: { 'app.kubernetes.io/managed-by': 'c2l' },
      annotations: { [drillsOfNote]: namespace },
      data,
    });
    return;
  }
  const newest = new Set(kept.results.slice(0, keptAtMost - 1).map(({ id }) => id));
  await cluster.patchSecret({
    namespace: journalNamespace,
    name,
    resourceVersion: kept.secret.metadata.resourceVersion ?? '',
    data,
    remove: [...kept.secret.data.keys()].filter((id) => !newest.has(id) && id !== result.id),
    annotations: {},
  });
}
