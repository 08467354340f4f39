import { findingsAbout } from '../core/about-subject.ts';
import { applicationStates } from '../core/argocd.ts';
import type { AuditSubject } from '../core/audit-subject.ts';
import { diagnosedStates } from '../core/component-states.ts';
import { diagnose } from '../core/diagnose.ts';
import { buildScene } from '../core/diagnosis-scene.ts';
import { explainSecret } from '../core/explain-secret.ts';
import { explainWorkload } from '../core/explain-workload.ts';
import { findSubject } from '../core/find-subject.ts';
import { verdictOf, type AuditReport } from '../core/report.ts';
import type { Snapshot } from '../core/snapshot.ts';
import { OperatorError } from '../errors.ts';
import { lookCloser } from '../shell/look-closer.ts';
import { observe } from '../shell/observe.ts';
import { reportHead, type Session } from '../shell/session.ts';

/** Names every missing key and what each one blocks. Reads only. */
export async function audit(session: Session): Promise<AuditReport> {
  return reportOn(session, await look(session));
}

/** The same of one workload or one Secret, with all that is known of it. */
export async function auditOne(session: Session, word: string): Promise<AuditReport> {
  const snapshot = await look(session);
  const subject = subjectOf(session, snapshot, word);
  const report = reportOn(session, snapshot);
  const findings = findingsAbout(subject, report.findings);
  return { ...report, verdict: verdictOf(findings), findings, components: [], applications: [], subject };
}

async function look({ cluster, scope, stack, deps }: Session): Promise<Snapshot> {
  return lookCloser(cluster, await observe(cluster, scope, deps.clock.now()), stack);
}

function reportOn(session: Session, snapshot: Snapshot): AuditReport {
  const { stack } = session;
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

function subjectOf({ stack }: Session, snapshot: Snapshot, word: string): AuditSubject {
  const scene = buildScene(snapshot, stack);
  const found = findSubject(scene, word);
  if (!found.ok) throw new OperatorError('usage', found.message, { hint: found.hint });
  return found.kind === 'secret' ? explainSecret(scene, found.ref) : explainWorkload(scene, found.ref);
}
