import { destinationOf } from '../../core/argocd/application-objects.ts';
import type { DrillPhase, DrillReport } from '../../core/drill/drill-report.ts';
import type { Course } from './drill-course.ts';
import type { Run } from './drill-report.ts';
import type { Prepared } from './prepare-drill.ts';

/** How long the recovery took, and where the time went. */
export function timesOf({ options }: Run, course: Course): NonNullable<DrillReport['recovery']> {
  const { recovery, detectMs, tookMs, noticed } = course;
  return {
    tookMs,
    objectiveMs: options.scenario.objective.recovery,
    phases: drillPhases({ detectMs, tookMs, phases: recovery?.phases ?? [], firstPodMs: noticed.firstPodMs }),
  };
}

interface Measured {
  readonly detectMs: number;
  readonly tookMs: number;
  /** Of the recovery, by its own clock. */
  readonly phases: readonly DrillPhase[];
  readonly firstPodMs: number | undefined;
}

/** What lies between the detection and the recovery, such as that owners go on, is part of the decision: none is lost. */
export function drillPhases({ detectMs, tookMs, phases, firstPodMs }: Measured): DrillPhase[] {
  const known = phases.reduce((sum, { durationMs }) => sum + durationMs, detectMs);
  const rest = Math.max(0, tookMs - known);
  const decided = phases.find(({ name }) => name === 'decide')?.durationMs ?? 0;
  const others = phases.filter(({ name }) => name !== 'decide');
  const decide: DrillPhase = { name: 'decide', durationMs: decided + rest };
  const all: DrillPhase[] = [{ name: 'detect', durationMs: detectMs }, decide, ...others];
  return split(
    all.filter(({ durationMs }, index) => index !== 1 || durationMs > 0),
    firstPodMs,
  );
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
  { namespace, onlookers, snapshot }: Pick<Prepared, 'namespace' | 'onlookers' | 'snapshot'>,
): DrillReport['noticed'] {
  const isDeployed = snapshot.argocd.applications.items.some((each) => destinationOf(each) === namespace);
  const at = (by: string, afterMs: number | undefined): DrillReport['noticed'][number] =>
    afterMs === undefined ? { by } : { by, afterMs };
  return [
    at('c2l audit', audit),
    ...(verify === undefined ? [] : [at('c2l verify', verify)]),
    ...(isDeployed || argocdMs !== undefined ? [at('Argo CD', argocdMs)] : []),
    ...onlookers.map(({ name }) => at(name, others.get(name))),
  ];
}
