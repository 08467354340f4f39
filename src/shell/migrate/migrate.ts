import { refText } from '../../core/cluster/kubernetes.ts';
import type { Secret } from '../../core/cluster/secret.ts';
import { handoverRefusal, keptFromPrune } from '../../core/migrate/handover.ts';
import type { MigrateReport } from '../../core/migrate/migrate-report.ts';
import { targetWords, type MigrateTarget } from '../../core/migrate/migrate-target.ts';
import { verdictOfWrites, type StepOutcome } from '../../core/reports/report.ts';
import { namespaceOf } from '../../core/stack/stack.ts';
import { OperatorError } from '../../errors.ts';
import { outcomeLines } from '../../render/change-text.ts';
import { createStyle } from '../../render/style.ts';
import { confirmWrite, type ConfirmOptions } from '../confirm.ts';
import { proveRights } from '../prove-rights.ts';
import { cannotDecide, refuseWhenInterrupted, reportHead, type Session } from '../session.ts';
import { unbegun } from '../step-by-step.ts';
import { untilInterrupted } from '../until-interrupted.ts';
import type { ExternalOptions } from './external-trial.ts';
import { courseFromExternal } from './migrate-from-external.ts';
import { keepStep, readUnchanged, type MigrationCourse, type MigrationStep } from './migrate-steps.ts';
import { courseToExternal } from './migrate-to-external.ts';
import { courseFromMonitoring, courseToMonitoring } from './migrate-to-monitoring.ts';
import { courseFromSealed, courseToSealed, type SealedOptions } from './migrate-to-sealed.ts';

export interface MigrateOptions extends ConfirmOptions, ExternalOptions, SealedOptions {
  /** NAME or NAMESPACE/NAME. */
  readonly secret: string;
  readonly to: MigrateTarget;
  readonly undo: boolean;
  readonly dryRun: boolean;
}

/**
 * Hands one live Secret over to what is to write it from now on, or takes it back. Where it stands is told by the cluster
 * alone: a run that was killed is gone on with by the next, and one that finds the work done changes nothing.
 */
export async function runMigrate(session: Session, options: MigrateOptions): Promise<MigrateReport> {
  const { deps, scope } = session;
  const takenAt = deps.clock.now().toISOString();
  const secret = await untilInterrupted(readSecret(session, options), deps.signal);
  const course = await untilInterrupted(courseOf(session, secret, options), deps.signal);
  for (const note of course.notes) deps.terminal.err(`warning: ${note}`);
  const steps =
    course.steps.length === 0
      ? []
      : [keepStep(session, secret), ...protectSteps(session, secret, options), ...course.steps];
  const outcomes = options.dryRun ? steps.map(planned) : await carryOut(session, secret, { steps, course, options });
  const { namespace, name } = secret.metadata;
  return {
    ...reportHead(session, { namespaces: scope.namespaces, takenAt }),
    command: 'migrate',
    verdict: verdictOfWrites(outcomes, []),
    findings: [],
    dryRun: options.dryRun,
    undo: options.undo,
    to: options.to,
    secret: { kind: 'Secret', namespace, name },
    outcomes,
  };
}

async function readSecret(session: Session, options: MigrateOptions): Promise<Secret> {
  const { cluster } = session;
  const { namespace, name } = placeOf(session, options);
  const found = await cluster.readSecret(namespace, name);
  if (found.state === 'present') return found.value;
  if (found.state === 'unreadable') throw cannotDecide(cluster, found, 'migrate');
  throw new OperatorError('usage', `there is no Secret ${namespace}/${name} that could be handed over`, {
    hint: `kubectl -n ${namespace} get secrets; a lost one comes back by: c2l fix-secrets -n ${namespace}`,
  });
}

/** A stack may hold copies of one Secret: none of them is guessed. */
function placeOf({ stack, scope }: Session, { secret, to }: MigrateOptions): { namespace: string; name: string } {
  const [first = '', second] = secret.split('/');
  if (second !== undefined) return { namespace: first, name: second };
  const declared = stack?.secrets.filter(({ name }) => name === first) ?? [];
  const usual = scope.namespaces.slice(0, 1);
  const places =
    stack === undefined || declared.length === 0 ? usual : declared.map((each) => namespaceOf(stack, each));
  const [namespace] = places;
  if (namespace !== undefined && places.length === 1) return { namespace, name: first };
  const [one = `NAMESPACE/${first}`, ...others] = places.map((place) => `${place}/${first}`);
  throw new OperatorError('usage', `in which namespace is Secret ${first}?`, {
    hint: [`c2l migrate ${one} --to ${to}`, ...others].join(', or '),
  });
}

async function courseOf(session: Session, secret: Secret, options: MigrateOptions): Promise<MigrationCourse> {
  const { to, undo } = options;
  if (!undo && to !== 'monitoring' && secret.owner?.by !== to) {
    const refusal = handoverRefusal(secret, to);
    if (refusal !== undefined) throw refusal;
  }
  const courses: Readonly<Record<MigrateTarget, readonly [there: CourseOf, back: CourseOf]>> = {
    'external-secrets': [courseToExternal, courseFromExternal],
    'sealed-secrets': [courseToSealed, courseFromSealed],
    monitoring: [courseToMonitoring, courseFromMonitoring],
  };
  const [there, back] = courses[to];
  return (undo ? back : there)(session, secret, options);
}

type CourseOf = (session: Session, secret: Secret, options: MigrateOptions) => Promise<MigrationCourse>;

/** The commit that takes the Secret out of Git, since another brings it now, must not take it out of the cluster. */
function protectSteps(session: Session, secret: Secret, { undo, to }: MigrateOptions): MigrationStep[] {
  const annotations = undo || to === 'monitoring' ? undefined : keptFromPrune(secret);
  if (annotations === undefined) return [];
  const { namespace, name } = secret.metadata;
  return [
    {
      action: 'adopt-secret',
      object: { kind: 'Secret', namespace, name },
      plan: 'kept from Argo CD, which would prune it when it leaves Git',
      run: async () => {
        const { metadata } = await readUnchanged(session, secret);
        await session.cluster.patchSecret({
          namespace,
          name,
          resourceVersion: metadata.resourceVersion ?? '',
          data: new Map(),
          annotations,
        });
        return 'marked with Prune=false';
      },
    },
  ];
}

async function carryOut(
  session: Session,
  secret: Secret,
  {
    steps,
    course,
    options,
  }: { readonly steps: readonly MigrationStep[]; readonly course: MigrationCourse; readonly options: MigrateOptions },
): Promise<StepOutcome[]> {
  if (steps.length === 0) return [];
  const { deps } = session;
  await untilInterrupted(proveRights(session, course.rights), deps.signal);
  const style = createStyle(deps.terminal.color, { width: deps.terminal.width });
  for (const line of outcomeLines(steps.map(planned), style)) deps.terminal.err(line);
  await confirmWrite(session, questionFor(secret, options), options);
  refuseWhenInterrupted(session);
  const outcomes: StepOutcome[] = [];
  let stop: string | undefined;
  for (const step of steps) {
    const { action, object } = step;
    if (deps.signal.aborted) stop ??= unbegun('the same command');
    if (stop !== undefined) outcomes.push({ action, object, outcome: 'skipped', detail: stop });
    else {
      const outcome = await run(step);
      outcomes.push(outcome);
      if (outcome.outcome !== 'done') stop = 'skipped because of the step before';
    }
  }
  return outcomes;
}

async function run(step: MigrationStep): Promise<StepOutcome> {
  const { action, object } = step;
  try {
    return { action, object, outcome: 'done', detail: await step.run() };
  } catch (error) {
    if (!(error instanceof OperatorError)) throw error;
    if (error.code === 'interrupted')
      return { action, object, outcome: 'skipped', detail: 'interrupted; the same command goes on here' };
    return {
      action,
      object,
      outcome: 'failed',
      detail: error.hint === undefined ? error.message : `${error.message}; ${error.hint}`,
    };
  }
}

function planned({ action, object, plan }: MigrationStep): StepOutcome {
  return { action, object, outcome: 'planned', detail: plan };
}

function questionFor({ metadata: { namespace, name } }: Secret, { to, undo }: MigrateOptions): string {
  const what = refText({ kind: 'Secret', namespace, name });
  if (to === 'monitoring')
    return undo ? 'take the Secret of the monitoring away?' : `copy what the monitoring needs out of ${what}?`;
  return undo ? `take ${what} back from ${targetWords[to]}?` : `hand ${what} over to ${targetWords[to]}?`;
}
