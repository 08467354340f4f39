import type { AppliedObject } from '../../cluster-ports.ts';
import type { ObjectRef } from '../../core/cluster/kubernetes.ts';
import { mapLimited } from '../../core/map-limited.ts';
import type { StepOutcome } from '../../core/reports/report.ts';
import { OperatorError } from '../../errors.ts';
import type { Session } from '../session.ts';
import { stepByStep, type Doing } from '../step-by-step.ts';

/** One object, and what applying it would come to. */
export interface ApplyStep {
  readonly object: AppliedObject;
  readonly change: 'create' | 'change' | 'same' | 'conflict';
  /** Who wants it otherwise, with `conflict`. */
  readonly detail?: string;
}

const atOnce = 4;

/**
 * What applying would come to, by the API server's own word, so that what it would refuse is known before anything is
 * written. What goes into a namespace that is not there yet cannot be asked for. Throws what the server refuses.
 */
export async function rehearseObjects(
  { cluster }: Session,
  objects: readonly AppliedObject[],
  missingNamespaces: ReadonlySet<string>,
): Promise<ApplyStep[]> {
  return mapLimited(objects, atOnce, async (object): Promise<ApplyStep> => {
    if (object.namespace !== undefined && missingNamespaces.has(object.namespace)) return { object, change: 'create' };
    try {
      return { object, change: await cluster.rehearseApply(object) };
    } catch (error) {
      if (error instanceof OperatorError && error.code === 'conflict') {
        return { object, change: 'conflict', detail: error.message };
      }
      throw error;
    }
  });
}

/** What another field manager wants otherwise stays, and is told. */
export function leftOutcomes(steps: readonly ApplyStep[]): StepOutcome[] {
  return steps.flatMap(({ object, change, detail = '' }): StepOutcome[] =>
    change === 'conflict'
      ? [{ action: 'leave-object', object: objectRef(object), outcome: 'kept', detail: `left as it is: ${detail}` }]
      : [],
  );
}

export function isWrite({ change }: ApplyStep): boolean {
  return change === 'create' || change === 'change';
}

export function applySteps(session: Session, steps: readonly ApplyStep[]): Promise<StepOutcome[]> {
  const writes = steps.filter(isWrite).map(({ object, change }): Doing => ({
    action: 'apply-object',
    object: objectRef(object),
    run: async () => {
      await applyOnce(session, object);
      return change === 'create' ? 'created' : 'changed';
    },
  }));
  return stepByStep(session, writes, {
    command: 'c2l bootstrap',
    obstacle: ({ kind, name }) => `${kind} ${name} could not be applied`,
  });
}

/** A write whose answer was lost is not sent again before it was asked what is there. */
async function applyOnce({ cluster }: Session, object: AppliedObject): Promise<void> {
  try {
    await cluster.applyObject(object);
  } catch (error) {
    if (!(error instanceof OperatorError) || !error.isPassing) throw error;
    if ((await cluster.rehearseApply(object)) !== 'same') throw error;
  }
}

export function objectRef({ kind, namespace = '', name }: AppliedObject): ObjectRef {
  return { kind, namespace, name };
}

export function isStopped(outcomes: readonly StepOutcome[]): boolean {
  return outcomes.some(({ outcome }) => outcome === 'failed' || outcome === 'skipped');
}
