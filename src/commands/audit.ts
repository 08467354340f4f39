import { findingsAbout } from '../core/about-subject.ts';
import { applicationStates } from '../core/argocd.ts';
import type { AuditSubject } from '../core/audit-subject.ts';
import { compareWithBaseline, parseBaseline, type Baseline } from '../core/baseline.ts';
import { diagnosedStates } from '../core/component-states.ts';
import { diagnose } from '../core/diagnose.ts';
import { buildScene } from '../core/diagnosis-scene.ts';
import { explainSecret } from '../core/explain-secret.ts';
import { explainWorkload } from '../core/explain-workload.ts';
import { findSubject } from '../core/find-subject.ts';
import type { Finding } from '../core/findings.ts';
import { ignoreFindings } from '../core/ignore-findings.ts';
import { verdictOf, type AuditReport } from '../core/report.ts';
import type { Snapshot } from '../core/snapshot.ts';
import { OperatorError } from '../errors.ts';
import { lookCloser } from '../shell/look-closer.ts';
import { observe } from '../shell/observe.ts';
import { observeArgoCdSecrets } from '../shell/observe-argocd-secrets.ts';
import { reportHead, type Session } from '../shell/session.ts';

/** Names every missing key and what each one blocks. Reads only. */
export async function audit(session: Session, baseline?: Baseline): Promise<AuditReport> {
  const report = reportOn(session, await look(session));
  if (baseline === undefined) return report;
  const compared = compareWithBaseline(report.findings, baseline, report.namespaces);
  return { ...report, verdict: verdictOf(compared.findings), ...compared };
}

/** The same of one workload or one Secret, with all that is known of it. */
export async function auditOne(session: Session, word: string): Promise<AuditReport> {
  const snapshot = await look(session);
  const report = reportOn(session, snapshot);
  const subject = subjectOf(session, snapshot, word, [...report.findings, ...report.ignored]);
  const findings = findingsAbout(subject, report.findings);
  const ignored = report.ignored.filter((finding) => findingsAbout(subject, [finding]).length > 0);
  return { ...report, verdict: verdictOf(findings), findings, ignored, components: [], applications: [], subject };
}

/** The earlier report that a run is compared with. */
export async function readBaseline({ deps, cluster }: Session, path: string): Promise<Baseline> {
  const baseline = parseBaseline(await deps.readReportFile(path));
  if (typeof baseline === 'string') {
    throw new OperatorError('baseline-invalid', `${path} is no baseline: ${baseline}`, {
      hint: `c2l audit -o json > ${path}`,
    });
  }
  if (baseline.server !== cluster.server) {
    deps.terminal.err(`warning: ${path} was taken from ${baseline.server}, not from ${cluster.server}`);
  }
  return baseline;
}

async function look({ cluster, scope, stack, deps }: Session): Promise<Snapshot> {
  const first = await observe(cluster, scope, deps.clock.now());
  const [seen, secrets] = await Promise.all([lookCloser(cluster, first, stack), observeArgoCdSecrets(cluster, first)]);
  return secrets === undefined ? seen : { ...seen, argocd: { ...seen.argocd, secrets } };
}

function reportOn(session: Session, snapshot: Snapshot): AuditReport {
  const { stack } = session;
  const all = diagnose(snapshot, stack);
  const { findings, ignored, lapsed } = ignoreFindings(all, snapshot, stack);
  return {
    ...reportHead(session, snapshot),
    command: 'audit',
    verdict: verdictOf(findings),
    findings,
    ignored,
    lapsedIgnores: lapsed,
    components: diagnosedStates(snapshot, stack, all),
    applications: applicationStates(snapshot, stack, all),
  };
}

function subjectOf({ stack }: Session, snapshot: Snapshot, word: string, all: readonly Finding[]): AuditSubject {
  const scene = buildScene(snapshot, stack);
  const found = findSubject(scene, word);
  if (!found.ok) throw new OperatorError('usage', found.message, { hint: found.hint });
  return found.kind === 'secret' ? explainSecret(scene, found.ref) : explainWorkload(scene, found.ref, all);
}
