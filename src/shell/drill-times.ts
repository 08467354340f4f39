import type { DrillPhase, DrillReport } from '../core/drill/drill-report.ts';
import type { Course } from './drill-course.ts';
import type { Prepared } from './prepare-drill.ts';
import type { Run } from './drill-report.ts';

/** How long the recovery took, and where the time went. */
export function timesOf({ options }: Run, course: Course): NonNullable<DrillReport['recovery']> {
  const { recovery, detectMs, tookMs, noticed } = course;
  return {
    tookMs,
    objectiveMs: options.scenario.objective.recovery,
    phases: split([{ name: 'detect', durationMs: detectMs }, ...(recovery?.phases ?? [])], noticed.firstPodMs),
  };
}

/** The first pod that is ready divides the time after the writes. */
function split(phases: readonly DrillPhase[], firstPodMs: number | undefined): DrillPhase[] {
  const proof = phases.find(({ name }) => name === 'all-verified');
  const before = phases.filter(({ name }) => name !== 'all-verified');
  if (proof === undefined || firstPodMs === undefined) return [...phases];
  const written = before.reduce((sum, { durationMs }) => sum + durationMs, 0);
  const first = Math.min(Math.max(0, firstPodMs - written), proof.durationMs);
  return [
    ...before,
    { name: 'first-pod', durationMs: first },
    { name: 'all-verified', durationMs: proof.durationMs - first },
  ];
}

/** Who noticed the fault, and when. */
export function noticedBy(
  { audit, verify, argocdMs, others }: Course['noticed'],
  { onlookers }: Pick<Prepared, 'onlookers'>,
): DrillReport['noticed'] {
  const at = (by: string, afterMs: number | undefined): DrillReport['noticed'][number] =>
    afterMs === undefined ? { by } : { by, afterMs };
  return [
    at('c2l audit', audit),
    ...(verify === undefined ? [] : [at('c2l verify', verify)]),
    at('Argo CD', argocdMs),
    ...onlookers.map(({ name }) => at(name, others.get(name))),
  ];
}
