import { diagnose } from '../../core/diagnose/diagnose.ts';
import type { DrillPlan } from '../../core/drill/plan-drill.ts';
import type { Finding } from '../../core/findings/findings.ts';
import { count } from '../../core/list-text.ts';
import { lookUntil } from '../look-until.ts';
import { observe } from '../observe/observe.ts';
import { refuseWhenInterrupted, type Session } from '../session.ts';
import { runVerify } from '../verify/verify.ts';

export interface Detection {
  readonly by?: 'c2l audit' | 'c2l verify';
  readonly afterMs?: number;
  readonly detail: string;
}

const auditPatienceMs = 5000;
const lookEveryMs = 250;

/** Errors and warnings that are there anyway. */
export async function findingsNow({ cluster, deps, scope, stack }: Session): Promise<readonly Finding[]> {
  const findings = diagnose(await observe(cluster, scope, deps.clock.now()), stack);
  return findings.filter(({ severity }) => severity !== 'info');
}

/** How long it takes until audit names what was broken; where audit cannot, whether verify can. */
export async function detect(
  session: Session,
  { begun, known, plan }: { readonly begun: number; readonly known: ReadonlySet<string>; readonly plan: DrillPlan },
): Promise<Detection> {
  const { clock } = session.deps;
  const broken = new Set(plan.faults.map(({ secret }) => secret.metadata.name));
  const look = async (): Promise<Detection | undefined> => {
    refuseWhenInterrupted(session);
    const found = (await findingsNow(session)).filter(({ id }) => !known.has(id));
    const afterMs = Math.round(clock.monotonic() - begun);
    const errors = found.filter(({ severity }) => severity === 'error');
    if (errors.length > 0)
      return { by: 'c2l audit', afterMs, detail: `audit names ${count(errors.length, 'new error')}` };
    // Pods that run with what their node has make a warning of it.
    const warnings = found.filter(({ secret }) => secret !== undefined && broken.has(secret));
    if (warnings.length > 0)
      return { by: 'c2l audit', afterMs, detail: `audit names ${count(warnings.length, 'new warning')}` };
    return undefined;
  };
  const pace = { everyMs: lookEveryMs, deadline: begun + auditPatienceMs };
  const seen = await lookUntil(session.deps, pace, look, (detection) => detection !== undefined);
  if (seen !== undefined) return seen;
  const { verdict } = await runVerify(session, { timeoutMs: auditPatienceMs });
  const afterMs = Math.round(clock.monotonic() - begun);
  return verdict === 'ok'
    ? { detail: 'neither audit nor verify sees anything wrong' }
    : { by: 'c2l verify', afterMs, detail: 'audit sees nothing wrong, and verify does' };
}
