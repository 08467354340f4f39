import { diagnose } from '../core/diagnose.ts';
import { count } from '../core/list-text.ts';
import { observe } from './observe.ts';
import type { Session } from './session.ts';
import { runVerify } from './verify.ts';

export interface Detection {
  readonly by?: 'c2l audit' | 'c2l verify';
  readonly afterMs?: number;
  readonly detail: string;
}

const auditPatienceMs = 5000;
const lookEveryMs = 250;

/** Ids of the errors that are there anyway. */
export async function errorsNow({ cluster, deps, scope, stack }: Session): Promise<Set<string>> {
  const findings = diagnose(await observe(cluster, scope, deps.clock.now()), stack);
  return new Set(findings.filter(({ severity }) => severity === 'error').map(({ id }) => id));
}

/** How long it takes until audit names what was broken; where audit cannot, whether verify can. */
export async function detect(
  session: Session,
  { begun, known }: { readonly begun: number; readonly known: ReadonlySet<string> },
): Promise<Detection> {
  const { clock, signal } = session.deps;
  for (;;) {
    const errors = [...(await errorsNow(session))].filter((id) => !known.has(id));
    const afterMs = Math.round(clock.monotonic() - begun);
    if (errors.length > 0)
      return { by: 'c2l audit', afterMs, detail: `audit names ${count(errors.length, 'new error')}` };
    if (afterMs > auditPatienceMs) break;
    await clock.sleep(lookEveryMs, signal);
  }
  const { verdict } = await runVerify(session, { timeoutMs: auditPatienceMs });
  const afterMs = Math.round(clock.monotonic() - begun);
  return verdict === 'ok'
    ? { detail: 'neither audit nor verify sees anything wrong' }
    : { by: 'c2l verify', afterMs, detail: 'audit sees nothing wrong, and verify does' };
}
