import { journalOption } from '../../core/drill/drill-command.ts';
import type { Finding } from '../../core/findings/findings.ts';
import type { BackupReport } from '../../core/fix/secret-reports.ts';
import { count } from '../../core/list-text.ts';
import type { DoctorReport, Examination } from '../../core/reports/doctor-report.ts';
import { verdictOf, verdictOfWrites, type Verdict } from '../../core/reports/report.ts';
import { OperatorError } from '../../errors.ts';
import { reportHead, type Session } from '../session.ts';
import { runCheckBackup } from '../sources/check-backup.ts';
import { untilInterrupted } from '../until-interrupted.ts';
import { cleanLeftovers, type CleanOptions } from './clean-leftovers.ts';
import { examineLeftovers } from './doctor-leftovers.ts';
import { examineRestarts } from './doctor-restarts.ts';
import { examineRights } from './doctor-rights.ts';

export interface DoctorOptions {
  readonly from: readonly string[];
  readonly identity?: string | undefined;
  /** Where drills keep their journals. */
  readonly journalNamespace: string;
  /** Takes away what earlier runs left, before anything is looked at. */
  readonly clean?: CleanOptions | undefined;
}

/** Looks at everything that c2l needs, the one whatever became of the other. Changes nothing but what is to be cleaned. */
export async function runDoctor(session: Session, options: DoctorOptions): Promise<DoctorReport> {
  session.drillNotice.mute();
  if (options.clean === undefined) return untilInterrupted(examine(session, options), session.deps.signal);
  const outcomes = await cleanLeftovers(session, options.clean);
  const found = await examine(session, options);
  const verdict = verdictOfWrites(outcomes, []);
  const isPlanned = outcomes.some(({ outcome }) => outcome === 'planned');
  return {
    ...found,
    outcomes,
    ...(verdict === 'ok' ? {} : { verdict }),
    ...(isPlanned && found.verdict === 'ok' ? { next: cleanAgain(options.clean) } : {}),
  };
}

function cleanAgain({ journalNamespace }: CleanOptions): string {
  return ['c2l doctor --clean', ...journalOption(journalNamespace)].join(' ');
}

async function examine(session: Session, options: DoctorOptions): Promise<DoctorReport> {
  const { cluster, deps, scope } = session;
  const [version, groups, rights, backup, leftovers, restarts] = await Promise.all([
    examineVersion(session),
    examineGroups(session),
    examineRights(session),
    examineBackup(session, options),
    examineLeftovers(session, options.journalNamespace),
    examineRestarts(session),
  ]);
  const place = { name: 'context', detail: `${cluster.context}, server ${cluster.server}` };
  const examinations: Examination[] = [
    { ...place, state: 'ok' },
    version,
    groups,
    examineStack(session),
    ...rights,
    ...backup.examinations,
    ...leftovers.examinations,
    ...restarts,
  ];
  const findings = [...leftovers.findings, ...backup.findings];
  return {
    ...reportHead(session, { namespaces: scope.namespaces, takenAt: deps.clock.now().toISOString() }),
    command: 'doctor',
    verdict: verdict(examinations, findings),
    findings,
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

/** Kinds outlive their controller, and come before it: whether one runs would need rights that nothing else asks for. */
async function examineGroups({ cluster }: Session): Promise<Examination> {
  const name = 'kinds served';
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
    detail: [
      ...(there === '' ? [] : [`of ${there}; whether their controllers run was not looked at`]),
      ...(missing === '' ? [] : [`none of ${missing}`]),
    ].join('; '),
  };
}

export function examineStack({ stack }: Pick<Session, 'stack'>): Examination {
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
): Promise<{ readonly examinations: readonly Examination[]; readonly findings: readonly Finding[] }> {
  const name = 'backup';
  const places = from.length > 0 ? from : session.defaultSources;
  if (places.length === 0) {
    const next = checkOf(['azure-key-vault:NAME-OR-URL']);
    return {
      examinations: [
        {
          name,
          state: 'lacking',
          detail: 'no source was named: a vault, or age:FILE, as c2l backup --to age:FILE writes it',
          next,
        },
      ],
      findings: [],
    };
  }
  try {
    const { findings, entries, verdict: found, askedAs = [] } = await runCheckBackup(session, { from, identity });
    const good = entries.filter(({ state }) => state === 'equal' || state === 'valid').length;
    const detail = `${good} of ${count(entries.length, 'required value')} can be restored from ${places.join(', ')}`;
    const next = checkOf(places);
    const state = found === 'ok' ? 'ok' : found === 'problems' ? 'problem' : 'unreadable';
    const backup: Examination = { name, state, detail, ...(state === 'ok' ? {} : { next }) };
    return { examinations: [...examineVaults(places, askedAs, entries), backup], findings };
  } catch (error) {
    if (!(error instanceof OperatorError)) throw error;
    const { message, hint } = error;
    const detail = hint === undefined ? message : `${message}; ${hint}`;
    return { examinations: [{ name, state: 'unreadable', detail, next: checkOf(places) }], findings: [] };
  }
}

/** Which of the identities that are tried a vault was asked as; without any nothing of it is known. */
function examineVaults(
  places: readonly string[],
  askedAs: NonNullable<BackupReport['askedAs']>,
  entries: BackupReport['entries'],
): Examination[] {
  return places
    .filter((place) => place.startsWith('azure-key-vault:'))
    .map((place) => {
      const name = 'vault';
      const identity = askedAs.find((each) => each.place === place)?.identity;
      if (identity !== undefined) return { name, state: 'ok', detail: `${place} was asked as ${identity}` };
      const said = entries.flatMap(({ detail = '' }) => detail.split('; ')).find((text) => text.startsWith(place));
      const detail = said ?? `${place} was asked by nobody that it names`;
      return { name, state: 'unreadable', detail, next: 'az account show' };
    });
}

function checkOf(places: readonly string[]): string {
  return `c2l backup --check ${places.map((place) => `--from ${place}`).join(' ')}`;
}
