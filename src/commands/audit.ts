import { applicationStates } from '../core/argocd/argocd.ts';
import { findingsAbout } from '../core/audit/about-subject.ts';
import type { AuditReport } from '../core/audit/audit-report.ts';
import { explainSecret } from '../core/audit/explain-secret.ts';
import { explainWorkload } from '../core/audit/explain-workload.ts';
import { findSubject, hiddenBy } from '../core/audit/find-subject.ts';
import type { ObjectRef } from '../core/cluster/kubernetes.ts';
import type { Gap, Snapshot } from '../core/cluster/snapshot.ts';
import { unreadFix, unreadText } from '../core/diagnose/diagnose-unreadable.ts';
import { diagnose } from '../core/diagnose/diagnose.ts';
import { buildScene, type Scene } from '../core/diagnose/diagnosis-scene.ts';
import { compareWithBaseline, namespacesBeyond, parseBaseline, type Baseline } from '../core/findings/baseline.ts';
import { ignoreFindings } from '../core/findings/ignore-findings.ts';
import { listText } from '../core/list-text.ts';
import { verdictOf } from '../core/reports/report.ts';
import { diagnosedStates } from '../core/workloads/component-states.ts';
import { OperatorError } from '../errors.ts';
import { ExitCode } from '../exit-codes.ts';
import { lookCloser } from '../shell/observe/look-closer.ts';
import { observeArgoCdSecrets } from '../shell/observe/observe-argocd-secrets.ts';
import { observe } from '../shell/observe/observe.ts';
import { reportHead, type Session } from '../shell/session.ts';

/** Names every missing key and what each one blocks. Reads only. */
export async function audit(session: Session, baseline?: Baseline): Promise<AuditReport> {
  const { snapshot } = await look(session);
  const report = reportOn(session, snapshot);
  if (baseline === undefined) return report;
  const compared = compareWithBaseline(report.findings, baseline, report.namespaces);
  return { ...report, verdict: verdictOf(compared.findings), ...compared };
}

/** The same of one workload or one Secret, with all that is known of it. */
export async function auditOne(session: Session, word: string): Promise<AuditReport> {
  const seen = await look(session);
  const report = reportOn(session, seen.snapshot);
  const scene = buildScene(seen.snapshot, session.stack);
  const ref = subjectRef(scene, seen, word);
  const all = [...report.findings, ...report.ignored];
  const subject = ref.kind === 'Secret' ? explainSecret(scene, ref) : explainWorkload(scene, ref, all);
  const findings = findingsAbout(subject, report.findings);
  const ignored = report.ignored.filter((finding) => findingsAbout(subject, [finding]).length > 0);
  return { ...report, verdict: verdictOf(findings), findings, ignored, components: [], applications: [], subject };
}

/** The earlier report that a run is compared with. */
export async function readBaseline(session: Session, path: string): Promise<Baseline> {
  const { deps, cluster } = session;
  const baseline = parseBaseline(await deps.readReportFile(path));
  if (typeof baseline === 'string') {
    throw new OperatorError('baseline-invalid', `${path} is no baseline: ${baseline}`, {
      hint: `c2l audit -o json > ${path}`,
    });
  }
  const origins = (['context', 'server'] as const).filter(
    (part) => baseline[part] !== '' && baseline[part] !== cluster[part],
  );
  if (origins.length > 0) {
    const [theirs, ours] = [baseline, cluster].map((of) => origins.map((part) => `${part} ${of[part]}`).join(', '));
    deps.terminal.err(`warning: ${path} was taken from ${theirs ?? ''}, not from ${ours ?? ''}`);
  }
  compareNamespaces(session, path, baseline);
  return baseline;
}

/** With no namespace in common all would be new, and nothing gone: that is a wrong file rather than an answer. */
function compareNamespaces({ scope, deps }: Session, path: string, baseline: Baseline): void {
  if (scope.all || baseline.namespaces.length === 0) return;
  const beyond = namespacesBeyond(baseline, scope.namespaces);
  if (beyond.length === 0) return;
  const of = `${path} is of ${inNamespaces(baseline.namespaces)}`;
  if (beyond.length === scope.namespaces.length) {
    throw new OperatorError('baseline-invalid', `${of}, and ${inNamespaces(beyond)} is to be looked at`, {
      hint: `c2l audit ${scope.namespaces.map((name) => `-n ${name}`).join(' ')} -o json > ${path}`,
    });
  }
  deps.terminal.err(`warning: ${of}: all that is found in ${inNamespaces(beyond)} counts as new`);
}

function inNamespaces(names: readonly string[]): string {
  return `${names.length === 1 ? 'namespace' : 'namespaces'} ${listText(names)}`;
}

interface Seen {
  readonly snapshot: Snapshot;
  /** Why Secrets were not listed; those that something needs may have been read by name since. */
  readonly unlisted: readonly Gap[];
}

async function look({ cluster, scope, stack, deps }: Session): Promise<Seen> {
  const first = await observe(cluster, scope, deps.clock.now());
  const [closer, secrets] = await Promise.all([
    lookCloser(cluster, first, stack, scope.endingNamespaces),
    observeArgoCdSecrets(cluster, first),
  ]);
  const snapshot = secrets === undefined ? closer : { ...closer, argocd: { ...closer.argocd, secrets } };
  return { snapshot, unlisted: first.secrets.gaps };
}

function reportOn(session: Session, snapshot: Snapshot): AuditReport {
  const { stack, drillNotice } = session;
  const { unfinished } = drillNotice;
  const all = diagnose(snapshot, stack);
  const { findings, ignored, lapsed } = ignoreFindings(all, snapshot, stack);
  return {
    ...reportHead(session, snapshot),
    command: 'audit',
    verdict: verdictOf(findings),
    findings,
    ignored,
    lapsedIgnores: lapsed,
    ...(unfinished.length === 0 ? {} : { unfinishedDrills: unfinished }),
    components: diagnosedStates(snapshot, stack, all),
    applications: applicationStates(snapshot, stack, all),
  };
}

/** The object that is meant. What was not seen in lists that were not read is not said to be missing. */
function subjectRef(scene: Scene, { unlisted }: Pick<Seen, 'unlisted'>, word: string): ObjectRef {
  const found = findSubject(scene, word);
  if (found.ok) return found.ref;
  const hidden = found.isSeen === true ? [] : hiddenBy(scene, word, unlisted);
  const [first] = hidden;
  if (first === undefined) throw new OperatorError('usage', found.message, { hint: found.hint });
  const unread = hidden.map(unreadText).join('; ');
  throw new OperatorError('nothing-readable', `it is not known whether there is ${word}: ${unread}`, {
    hint: unreadFix(first),
    exitCode: ExitCode.unreadable,
  });
}
