import type { Cluster } from '../../cluster-ports.ts';
import type { Secret } from '../../core/cluster/secret.ts';
import { drillType, markerName } from '../../core/drill/drill-journal.ts';
import type { UnfinishedDrill } from '../../core/drill/unfinished-drill.ts';
import { OperatorError } from '../../errors.ts';
import { ExitCode } from '../../exit-codes.ts';

export const idNote = 'c2l.dev/drill-id';
export const placeNote = 'c2l.dev/drill-journal-namespace';
export const stateNote = 'c2l.dev/drill-state';
export const scenarioNote = 'c2l.dev/drill-scenario';
/** Whether people are to recover, who then see in every report what the drill broke. */
export const manualNote = 'c2l.dev/drill-manual';

/** A drill that was begun in a namespace, as its marker tells. */
export interface Marker {
  readonly id: string;
  readonly scenario: string;
  readonly journalNamespace: string;
  /** Whether anything was, or may have been, broken. */
  readonly isArmed: boolean;
  readonly secret: Secret;
}

/** What anybody needs to know of a drill that goes on. */
export function unfinishedOf({ metadata: { namespace, annotations = {} } }: Secret): UnfinishedDrill {
  const scenario = annotations[scenarioNote] ?? '';
  return { namespace, scenario, ...(annotations[manualNote] === 'true' ? { manual: true } : {}) };
}

export function markerOf(secret: Secret): Marker | undefined {
  const { annotations = {}, name } = secret.metadata;
  const id = annotations[idNote];
  if (secret.type !== drillType || name !== markerName || id === undefined) return undefined;
  return {
    id,
    scenario: annotations[scenarioNote] ?? '',
    journalNamespace: annotations[placeNote] ?? '',
    isArmed: annotations[stateNote] === 'armed',
    secret,
  };
}

export async function findMarker(
  { cluster }: { readonly cluster: Cluster },
  namespace: string,
): Promise<Marker | undefined> {
  const found = await cluster.readSecret(namespace, markerName);
  if (found.state === 'unreadable') throw unreadable(found.reason);
  return found.state === 'present' ? markerOf(found.value) : undefined;
}

export function unreadable(reason: string): OperatorError {
  return new OperatorError('nothing-readable', `the journal of the drill cannot be read: ${reason}`, {
    hint: 'c2l dr-drill abort',
    exitCode: ExitCode.unreadable,
  });
}
