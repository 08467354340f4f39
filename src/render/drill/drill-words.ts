import type { DrillPhase, DrillPhaseName, DrillReport, DrillResult } from '../../core/drill/drill-report.ts';
import { recoveryMs, type endOf } from '../../core/drill/drill-trend.ts';
import { count } from '../../core/list-text.ts';
import { utcText } from '../../core/utc-text.ts';
import { spokenDuration } from '../../core/watch/duration.ts';
import { durationText } from '../layout.ts';

/** What each phase of a recovery is, for those who have not seen one. */
export const phaseWords: Readonly<Record<DrillPhaseName, string>> = {
  detect: 'until something names what is broken',
  decide: 'until it is known what to ask for',
  values: 'the sources bring the values',
  write: 'the Secrets are written and read back',
  'first-pod': 'until the first new pod is ready',
  'all-verified': 'until every check passes',
};

/** Phases of a few milliseconds are told as such. */
export function phaseText({ durationMs }: DrillPhase): string {
  return durationMs < 1000 ? `${durationMs} ms` : durationText(durationMs);
}

/** Against the recovery before it of the same scenario: `1.2 s faster than the drill of 2026-03-01 04:05 UTC`. */
export function comparedWords(report: Pick<DrillReport, 'outcome' | 'recovery' | 'earlier'>): string | undefined {
  const before = report.earlier.find((result) => recoveryMs(result) !== undefined);
  const [now, then] = [recoveryMs(report), before && recoveryMs(before)];
  if (now === undefined || then === undefined || before === undefined) return undefined;
  const difference = now - then;
  const day = minuteText(before.takenAt);
  const amount = durationText(Math.abs(difference));
  if (Math.abs(difference) < 50) return `as fast as the drill of ${day}`;
  return `${amount} ${difference < 0 ? 'faster' : 'slower'} than the drill of ${day}`;
}

export function outcomeTone(outcome: ReturnType<typeof endOf>): 'good' | 'bad' | 'caution' {
  if (outcome === 'recovered') return 'good';
  return outcome === 'too-late' || outcome === 'not-recovered' ? 'bad' : 'caution';
}

/** How the time of a drill stands to its objective. */
export function timeWords(result: Pick<DrillResult, 'outcome' | 'recovery'>): string {
  const ms = recoveryMs(result);
  return ms === undefined ? 'no recovery' : durationText(ms);
}

/** `2026-03-01 04:05 UTC`. */
function minuteText(time: string): string {
  return utcText(time).replace(/:\d\d UTC$/, ' UTC');
}

/** Keys by what became of them since the backup was made. */
export function backupWords({ backup }: Pick<DrillReport, 'backup'>): string | undefined {
  if (backup === undefined) return undefined;
  const { required, equal } = backup;
  const age = ageWords(backup);
  return (
    `${equal} of ${count(required, 'required value')} equal to what ran; ${required - equal} changed since the backup` +
    (age === undefined ? '' : `; ${age}`)
  );
}

/** How old the backup was, and how old it may be. */
export function ageWords({ ageMs, objectiveMs }: NonNullable<DrillReport['backup']>): string | undefined {
  const goal = objectiveMs === undefined ? '' : `, objective ${spokenDuration(objectiveMs)}`;
  if (ageMs === undefined) return objectiveMs === undefined ? undefined : `of unknown age${goal}`;
  return `the oldest is ${spokenDuration(ageMs)} old${goal}`;
}

/** Nothing where c2l's own recovery did it, which is what is drilled unless somebody says otherwise. */
export function recoveredBy({ manual, runbook }: DrillReport['drill'], before: string): string {
  if (manual) return `${before}recovered by people`;
  return runbook === undefined ? '' : `${before}recovered by runbook ${runbook}`;
}
