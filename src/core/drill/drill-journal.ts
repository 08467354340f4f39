import type { PausableRef } from '../argocd/sync-pause.ts';
import type { ObjectRef } from '../cluster/kubernetes.ts';
import { nameTime } from '../name-time.ts';
import type { Stack } from '../stack/stack.ts';
import type { DrillLine } from './drill-report.ts';
import type { DrillScenario } from './drill-schema.ts';
import type { WorkloadResource } from './lost-workloads.ts';

/** The type of every Secret that a drill makes for itself. */
export const drillType = 'c2l.dev/drill';

/** The one Secret of a drill in the namespace under test: there can be only one, so it is the lock too. */
export const markerName = 'c2l-drill';

/** Whoever owns the namespace says with it that drills may break things there. */
export const optInLabel = 'c2l.dev/dr-drill';
export const optInValue = 'allowed';

/** A database with a row of the drill in it. */
export interface DrillRow {
  readonly component: string;
  readonly table: string;
}

/** A Secret, or a workload where there is a `resource`. */
export interface TouchedObject {
  readonly name: string;
  readonly copy: string;
  readonly resource?: WorkloadResource;
  /** The Application that brings it back by itself. */
  readonly application?: string;
}

/** Everything that is needed to end a drill from another machine. No values. */
export interface DrillJournal {
  readonly schemaVersion: 1;
  readonly id: string;
  readonly namespace: string;
  readonly scenario: DrillScenario;
  readonly operator: string;
  readonly version: string;
  readonly startedAt: string;
  /** What the fault touches; the copy of each lies beside the journal. */
  readonly touched: readonly TouchedObject[];
  /** Revisions that were there before. */
  readonly revisions: readonly string[];
  /** Where the recovery takes its values from. */
  readonly from: readonly string[];
  /** Keys whose present value the recovery replaces. */
  readonly overwrite: readonly string[];
  /** Kinds of source that refuse during the recovery. */
  readonly refused: readonly string[];
  /** Whether people are to recover from it. */
  readonly manual?: boolean;
  /** Instead of the scenario's own limit. */
  readonly limitMs?: number;
  /** Who is, or may be, paused; outermost first. */
  readonly paused?: readonly PausableRef[];
  readonly rows: readonly DrillRow[];
  /** Whoever ends it elsewhere may have no stack file, and with it no way into the databases. */
  readonly stack?: Stack;
  /** No later than the fault, by the server's clock. */
  readonly faultAt?: string;
  readonly lines: readonly DrillLine[];
}

export function drillId(at: Date): string {
  return nameTime(at);
}

export function journalName(id: string): string {
  return `c2l-drill-${id}`;
}

export function copyName(id: string, index: number): string {
  return `${journalName(id)}-${index}`;
}

export function secretRef(namespace: string, name: string): ObjectRef {
  return { kind: 'Secret', namespace, name };
}

/** Undefined where the text is none: anybody with the rights can edit it. */
export function parseJournal(text: string): DrillJournal | undefined {
  try {
    const parsed = JSON.parse(text) as Partial<DrillJournal>;
    const { schemaVersion, touched, lines } = parsed;
    const isWhole = schemaVersion === 1 && Array.isArray(touched) && Array.isArray(lines);
    return isWhole ? (parsed as DrillJournal) : undefined;
  } catch {
    return undefined;
  }
}
