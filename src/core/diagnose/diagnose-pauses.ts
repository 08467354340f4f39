import { pausesIn, type PausedObject } from '../argocd/sync-pause.ts';
import { refText } from '../cluster/kubernetes.ts';
import type { Snapshot } from '../cluster/snapshot.ts';
import type { Finding } from '../findings/findings.ts';
import { newFinding } from '../findings/new-finding.ts';
import { utcText } from '../utc-text.ts';

/** For what the clock of whoever holds a pause is off. */
const graceMs = 30_000;

/**
 * Owners that c2l keeps from syncing, so that none is forgotten: what Git or a store brings does not arrive meanwhile. A
 * pause whose time is over has nobody left who would end it.
 */
export function diagnosePauses(snapshot: Pick<Snapshot, 'argocd' | 'writers' | 'takenAt'>): Finding[] {
  return pausesIn(snapshot).map((paused) => {
    const { object, pause } = paused;
    const isHeld = pause !== undefined && Date.parse(pause.until) + graceMs > Date.parse(snapshot.takenAt);
    return newFinding('sync-paused', {
      object,
      severity: isHeld ? 'info' : 'warning',
      message: `sync of ${refText(object)} is paused: ${pauseText(paused, isHeld)}`,
      fix: `c2l restore-sync -n ${object.namespace}`,
    });
  });
}

function pauseText({ pause }: PausedObject, isHeld: boolean): string {
  if (pause === undefined) return 'c2l did that, and its note of how it was cannot be read any more';
  const until = utcText(pause.until);
  const who = `by ${pause.by} (c2l ${pause.command})`;
  return isHeld ? `until ${until} ${who}` : `${who}, which should have ended it at ${until} and did not`;
}
