import type { ObjectRef } from '../../core/cluster/kubernetes.ts';
import { refId } from '../../core/cluster/kubernetes.ts';
import type { PlannedCheck } from '../../core/verify/checks.ts';
import { lookUntil } from '../look-until.ts';
import type { Session } from '../session.ts';
import { attemptInTime } from './attempt-check.ts';
import type { CheckWorld } from './attempt.ts';

const retryMs = 250;

/** What a proof is made with. */
export interface ProofWorld extends CheckWorld {
  readonly checks: readonly PlannedCheck[];
  /** By the monotonic clock. */
  readonly deadline: number;
}

/**
 * Why a component does not do its work, by the checks that the stack gives it; undefined where they pass or there are
 * none. Its readiness is another matter. What may not be tried is told and holds nothing up.
 */
export async function disproof(session: Session, object: ObjectRef, world: ProofWorld): Promise<string | undefined> {
  const own = world.checks.filter((check) => refId(check.object) === refId(object) && holdsUp(check));
  const found = await Promise.all(own.map((check) => failureOf(session, check, world)));
  return found.find((failure) => failure !== undefined);
}

function holdsUp({ critical, isDerived, kind }: PlannedCheck): boolean {
  return critical && isDerived !== true && kind !== 'ready' && kind !== 'application';
}

async function failureOf({ deps }: Session, check: PlannedCheck, world: ProofWorld): Promise<string | undefined> {
  const { outcome, detail, canHeal } = await lookUntil(
    deps,
    { everyMs: retryMs, deadline: world.deadline },
    () => attemptInTime(check, world, deps),
    (attempt) => attempt.outcome === 'pass' || !attempt.canHeal,
  );
  if (outcome === 'pass') return undefined;
  if (outcome !== 'unreadable' || canHeal) return `${check.name}: ${detail}`;
  deps.terminal.err(`warning: ${check.id} is not proven: ${detail}`);
  return undefined;
}
