import { markerName } from '../core/drill/drill-journal.ts';
import { bySecret } from '../core/history.ts';
import { count } from '../core/list-text.ts';
import { refText } from '../core/kubernetes.ts';
import type { Finding } from '../core/findings.ts';
import { verdictOf, type DoctorReport, type Examination, type Verdict } from '../core/report.ts';
import { revisionsIn } from '../core/revision.ts';
import { pausesIn } from '../core/sync-pause.ts';
import { OperatorError } from '../errors.ts';
import { runCheckBackup } from './check-backup.ts';
import { examineRights } from './doctor-rights.ts';
import { findMarker } from './drill-journal.ts';
import { listEverywhere } from './observe.ts';
import { reportHead, type Session } from './session.ts';

export interface DoctorOptions {
  readonly from: readonly string[];
  readonly identity?: string | undefined;
}

/** Looks at everything that c2l needs, the one whatever became of the other. Changes nothing. */
export async function runDoctor(session: Session, options: DoctorOptions): Promise<DoctorReport> {
  session.drillNotice.mute();
  const { cluster, deps, scope } = session;
  const [version, groups, rights, backup, drills, leftovers] = await Promise.all([
    examineVersion(session),
    examineGroups(session),
    examineRights(session),
    examineBackup(session, options),
    examineDrills(session),
    examineLeftovers(session),
  ]);
  const place = { name: 'context', detail: `${cluster.context}, server ${cluster.server}` };
  const examinations: Examination[] = [
    { ...place, state: 'ok' },
    version,
    groups,
    examineStack(session),
    ...rights,
    backup.examination,
    ...drills,
    ...leftovers,
  ];
  return {
    ...reportHead(session, { namespaces: scope.namespaces, takenAt: deps.clock.now().toISOString() }),
    command: 'doctor',
    verdict: verdict(examinations, backup.findings),
    findings: backup.findings,
    examinations,
    next: nextOf(examinations),
  };
}

function verdict(examinations: readonly Examination[], findings: readonly Finding[]): Verdict {
  const found = verdictOf(findings);
  if (found === 'problems') return found;
  return examinations.some(({ state }) => state === 'unreadable') ? 'unreadable' : found;
}

/** What is wrong before what is lacking; where all is there, the look that everything begins with. */
function nextOf(examinations: readonly Examination[]): string {
  const order = ['problem', 'unreadable'] as const;
  const first = order.flatMap((wanted) => examinations.filter(({ state, next }) => state === wanted && next)).at(0);
  return first?.next ?? 'c2l audit';
}

async function examineVersion({ cluster }: Session): Promise<Examination> {
  const name = 'server version';
  const found = await cluster.serverVersion();
  if (found.state === 'present') return { name, state: 'ok', detail: found.value };
  const detail = found.state === 'unreadable' ? found.reason : 'not told';
  return { name, state: 'unreadable', detail, next: "kubectl get --raw '/readyz?verbose'" };
}

const known = [
  ['argoproj.io', 'Argo CD'],
  ['external-secrets.io', 'External Secrets'],
  ['bitnami.com', 'Sealed Secrets'],
  ['monitoring.coreos.com', 'Prometheus operator'],
  ['metrics.k8s.io', 'metrics'],
] as const;

async function examineGroups({ cluster }: Session): Promise<Examination> {
  const name = 'installed';
  const found = await cluster.apiGroups();
  if (found.state !== 'present') {
    const detail = found.state === 'unreadable' ? found.reason : 'not told';
    return { name, state: 'unreadable', detail, next: 'kubectl api-resources' };
  }
  const words = (isThere: boolean): string =>
    known
      .filter(([group]) => found.value.includes(group) === isThere)
      .map(([, word]) => word)
      .join(', ');
  const missing = words(false);
  const there = words(true);
  return {
    name,
    state: 'ok',
    detail: `${there === '' ? 'nothing' : there}${missing === '' ? '' : `; not ${missing}`}`,
  };
}

function examineStack({ stack }: Session): Examination {
  const name = 'stack';
  if (stack === undefined) {
    const detail = 'none: what is required is read from the live references alone';
    return { name, state: 'lacking', detail, next: 'c2l init' };
  }
  const parts = [count(stack.secrets.length, 'Secret'), count(stack.components.length, 'component')];
  return { name, state: 'ok', detail: `${stack.name}, valid: ${parts.join(', ')}` };
}

async function examineBackup(
  session: Session,
  { from, identity }: DoctorOptions,
): Promise<{ readonly examination: Examination; readonly findings: readonly Finding[] }> {
  const name = 'backup';
  const places = from.length > 0 ? from : session.defaultSources;
  if (places.length === 0) {
    const next = 'c2l doctor --from azure-key-vault:NAME-OR-URL';
    return { examination: { name, state: 'lacking', detail: 'no source was named', next }, findings: [] };
  }
  try {
    const { findings, entries, verdict: found } = await runCheckBackup(session, { from, identity });
    const good = entries.filter(({ state }) => state === 'equal' || state === 'valid').length;
    const detail = `${good} of ${count(entries.length, 'required value')} can be restored from ${places.join(', ')}`;
    const next = `c2l backup --check ${places.map((place) => `--from ${place}`).join(' ')}`;
    const state = found === 'ok' ? 'ok' : found === 'problems' ? 'problem' : 'unreadable';
    return { examination: { name, state, detail, ...(state === 'ok' ? {} : { next }) }, findings };
  } catch (error) {
    if (!(error instanceof OperatorError)) throw error;
    const { message, hint } = error;
    const examination = {
      name,
      state: 'unreadable' as const,
      detail: message,
      ...(hint === undefined ? {} : { next: hint }),
    };
    return { examination, findings: [] };
  }
}

async function examineDrills(session: Session): Promise<Examination[]> {
  const name = 'drills';
  const { namespaces } = session.scope;
  const found = await Promise.all(
    namespaces.map(async (namespace): Promise<Examination | undefined> => {
      try {
        const marker = await findMarker(session, namespace);
        if (marker === undefined) return undefined;
        const broken = marker.isArmed ? ', and something may still be broken' : '';
        const detail = `drill ${marker.scenario} in namespace ${namespace} is not finished${broken}`;
        return { name, state: 'problem', detail, next: `c2l dr-drill abort -n ${namespace}` };
      } catch (error) {
        if (!(error instanceof OperatorError)) throw error;
        const next = `kubectl auth can-i get secrets/${markerName} -n ${namespace}`;
        return { name, state: 'unreadable', detail: error.message, next };
      }
    }),
  );
  const told = found.filter((each) => each !== undefined);
  return told.length > 0 ? told : [{ name, state: 'ok', detail: 'none is unfinished' }];
}

/** What earlier runs left in the cluster. */
async function examineLeftovers({ cluster, scope }: Session): Promise<Examination[]> {
  const [secrets, externalSecrets, applications] = await Promise.all([
    listEverywhere('secrets', scope, (namespace) => cluster.listRevisions(namespace)),
    listEverywhere('externalsecrets', scope, (namespace) => cluster.list('externalsecrets', namespace)),
    listEverywhere('applications', { ...scope, all: false, namespaces: [scope.argocdNamespace] }, (namespace) =>
      cluster.list('applications', namespace),
    ),
  ]);
  const [gap] = [...secrets.gaps, ...externalSecrets.gaps, ...applications.gaps];
  if (gap !== undefined) {
    const next = `kubectl auth can-i list ${gap.resource} -n ${gap.namespace}`;
    return [{ name: 'leftovers', state: 'unreadable', detail: gap.reason, next }];
  }
  const revisions = revisionsIn(secrets.items);
  const pauses = pausesIn({ writers: { externalSecrets }, argocd: { applications } });
  return [
    ...pauses.map(({ object }): Examination => ({
      name: 'paused sync',
      state: 'lacking',
      detail: `${refText(object)} in namespace ${object.namespace} does not sync`,
      next: `c2l restore-sync -n ${object.namespace}`,
    })),
    revisions.length === 0
      ? { name: 'revisions', state: 'ok', detail: 'none is kept' }
      : {
          name: 'revisions',
          state: 'ok',
          detail: `${count(revisions.length, 'revision')} of ${count(bySecret(revisions).length, 'Secret')} kept`,
          next: 'c2l history',
        },
  ];
}
