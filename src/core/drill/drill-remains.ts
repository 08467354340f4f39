import type { Secret } from '../cluster/secret.ts';
import type { DrillJournal } from './drill-journal.ts';

export const drillOfNote = 'c2l.dev/drill-of';
export const drillsOfNote = 'c2l.dev/drills-of';
export const copyOfNote = 'c2l.dev/copy-of';

/** A Secret that a drill left beside the lock. */
export interface DrillRemain {
  readonly what: 'copy' | 'journal' | 'results';
  /** The namespace under test. */
  readonly of: string;
  /** Of the drill; empty for results, which are of many. */
  readonly id: string;
  readonly secret: Secret;
}

/** What a Secret of a drill is; undefined for the lock, and for what no drill wrote. */
export function drillRemain(secret: Secret): DrillRemain | undefined {
  const { name, annotations = {} } = secret.metadata;
  const results = annotations[drillsOfNote];
  if (results !== undefined) return { what: 'results', of: results, id: '', secret };
  const of = annotations[drillOfNote];
  const [, id] = /^c2l-drill-([0-9tz]+)(?:-\d+)?$/.exec(name) ?? [];
  if (of === undefined || id === undefined) return undefined;
  return { what: annotations[copyOfNote] === undefined ? 'journal' : 'copy', of, id, secret };
}

/**
 * Whether everything that a drill broke was put back, by its journal: a journal that was never opened, or that was taken
 * away by hand, proves nothing, and the copies beside it may be the only ones.
 */
export function isFinished(journal: DrillJournal | undefined): boolean {
  if (journal === undefined) return false;
  return journal.faultAt === undefined || journal.lines.some(({ step }) => step === 'clean-up');
}
