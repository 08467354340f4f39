import { applicationStates } from '../core/argocd.ts';
import { diagnosedStates } from '../core/component-states.ts';
import { diagnose } from '../core/diagnose.ts';
import { verdictOf, type AuditReport } from '../core/report.ts';
import { lookCloser } from '../shell/look-closer.ts';
import { observe } from '../shell/observe.ts';
import { reportHead, type Session } from '../shell/session.ts';

/** Names every missing key and what each one blocks. Reads only. */
export async function audit(session: Session): Promise<AuditReport> {
  const { cluster, scope, stack, deps } = session;
  const snapshot = await lookCloser(cluster, await observe(cluster, scope, deps.clock.now()), stack);
  const findings = diagnose(snapshot, stack);

  return {
    ...reportHead(session, snapshot),
    command: 'audit',
    verdict: verdictOf(findings),
    findings,
    components: diagnosedStates(snapshot, stack, findings),
    applications: applicationStates(snapshot, stack),
  };
}
