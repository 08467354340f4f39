import { createHash } from 'node:crypto';

import { parseJournal, type DrillJournal } from '../../core/drill/drill-journal.ts';
import type { DrillResult } from '../../core/drill/drill-report.ts';
import { readResults } from '../../core/drill/drill-result.ts';
import type { SecretValue } from '../../core/secrets/secret-value.ts';

/** The journal that a Secret's value holds: it has no values in it, and so may be told. */
export function readJournal(value: SecretValue): DrillJournal | undefined {
  return parseJournal(value.reveal());
}

/** What was kept of earlier drills, which holds no values either. */
export function readDrillResults(values: Iterable<SecretValue>): readonly DrillResult[] {
  return readResults([...values].map((value) => value.reveal()));
}

/** Of all that is kept of a drill but the digest itself. */
export function resultDigest(result: DrillResult): string {
  const told = JSON.stringify({ ...result, digest: undefined });
  return `sha256:${createHash('sha256').update(told).digest('hex')}`;
}

/** Of what the report of the drill holds: whoever has that can make it again when the journal is gone. */
export function journalDigest({ id, operator, version, lines }: DrillJournal): string {
  const told = JSON.stringify([id, operator, version, lines]);
  return `sha256:${createHash('sha256').update(told).digest('hex')}`;
}
