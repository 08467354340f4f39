import type { Finding } from '../findings/findings.ts';
import { newFinding } from '../findings/new-finding.ts';
import { historyCommand } from './drill-command.ts';
import type { DrillResult } from './drill-report.ts';

/** The entry that no other follows: the next one names its digest. */
export function lastOf(results: readonly DrillResult[]): DrillResult | undefined {
  const followed = new Set(results.map(({ previous }) => previous));
  return results.find(({ digest }) => digest !== undefined && !followed.has(digest));
}

/** What shows that entries of one namespace were changed after they were kept, or taken away; the newest come first. */
export function alteredResults(
  results: readonly DrillResult[],
  digestOf: (result: DrillResult) => string,
): readonly { readonly result: DrillResult; readonly why: string }[] {
  const digests = new Set(results.flatMap(({ digest }) => digest ?? []));
  const chained = results.filter(({ digest }) => digest !== undefined);
  const oldest = chained.at(-1);
  // The one before the oldest may have made room; those of an older c2l have no digest.
  const isCutOff = (result: DrillResult): boolean =>
    result !== oldest && (result.previous === undefined || !digests.has(result.previous));
  return results.flatMap((result) => {
    const { digest, takenAt } = result;
    if (digest === undefined) {
      const isLater = oldest !== undefined && takenAt > oldest.takenAt;
      return isLater ? [{ result, why: 'has no digest, and one before it has' }] : [];
    }
    if (digestOf(result) !== digest) return [{ result, why: 'is not what was kept: its digest is another' }];
    return isCutOff(result) ? [{ result, why: 'follows an entry that is gone, or was changed' }] : [];
  });
}

export function alteredFindings(
  results: readonly DrillResult[],
  { journalNamespace, digestOf }: { journalNamespace: string; digestOf: (result: DrillResult) => string },
): Finding[] {
  return alteredResults(results, digestOf).map(({ result, why }) =>
    newFinding('drill-result-altered', {
      object: { kind: 'Drill', namespace: result.namespace, name: result.id },
      message: `the result of drill ${result.scenario}, begun ${result.takenAt}, ${why}`,
      fix: `${historyCommand({ journalNamespace })} -o json`,
    }),
  );
}
