import { optInLabel, optInValue } from '../core/drill/drill-journal.ts';
import type { DrillScenario } from '../core/drill/drill-schema.ts';
import { planDrill, type DrillPlan } from '../core/drill/plan-drill.ts';
import { keyId } from '../core/plan-secrets.ts';
import type { BackupReport } from '../core/report.ts';
import { revisionsIn, largestSecret } from '../core/revision.ts';
import type { SecretValue } from '../core/secret-value.ts';
import type { Snapshot } from '../core/snapshot.ts';
import type { Finding } from '../core/findings.ts';
import { OperatorError } from '../errors.ts';
import { ExitCode } from '../exit-codes.ts';
import type { Right } from '../cluster-ports.ts';
import { runCheckBackup } from './check-backup.ts';
import { errorsNow } from './drill-detection.ts';
import { findMarker } from './drill-journal.ts';
import { observe } from './observe.ts';
import { proveRights, refuseForbiddenReads } from './prove-rights.ts';
import { refuseUnreadableSecrets } from './readable-secrets.ts';
import { nothingReadable, type Session } from './session.ts';
import { untilInterrupted } from './until-interrupted.ts';
import { runVerify } from './verify.ts';

export interface PrepareOptions {
  readonly scenario: DrillScenario;
  readonly from: readonly string[];
  readonly identity?: string | undefined;
  readonly journalNamespace: string;
}

export interface Copy {
  readonly name: string;
  readonly content: SecretValue;
}

/** Everything that is known before anything is changed. */
export interface Prepared {
  readonly namespace: string;
  readonly isJournalNamespaceThere: boolean;
  readonly snapshot: Snapshot;
  readonly plan: DrillPlan;
  readonly from: readonly string[];
  readonly copies: readonly Copy[];
  readonly revisions: readonly string[];
  readonly backup: NonNullable<BackupReport>;
  /** Errors that are there before the fault. */
  readonly known: ReadonlySet<string>;
  /** Why it does not start. */
  readonly obstacles: readonly { readonly reason: string; readonly findings: readonly Finding[] }[];
}

/** How long what is said to be healthy may take to prove it. */
const steadyMs = 20_000;

/** Proves that a drill may begin: who owns the place agreed, all is well, and the way back is there. Reads only. */
export async function prepareDrill(session: Session, options: PrepareOptions): Promise<Prepared> {
  const { cluster, deps, scope, stack } = session;
  const { scenario, journalNamespace } = options;
  const namespace = onlyNamespace(session);
  refuseProduction(session, namespace);
  if (journalNamespace === namespace) {
    throw refused('the journal must lie outside of the namespace under test', '--journal-namespace c2l-drill');
  }
  await refuseWithoutConsent(session, namespace);
  if ((await findMarker(session, namespace)) !== undefined) {
    throw refused(`a drill in namespace ${namespace} is not finished`, `c2l dr-drill abort -n ${namespace}`);
  }
  const place = await cluster.namespaceExists(journalNamespace);
  const snapshot = await untilInterrupted(observe(cluster, scope, deps.clock.now()), deps.signal);
  refuseUnreadableSecrets(session, snapshot);
  const plan = planDrill(scenario, snapshot, stack);
  const isJournalNamespaceThere = place.state !== 'absent';
  refuseForbiddenReads(session, snapshot, 'dr-drill');
  await proveRights(session, rightsFor({ namespace, journalNamespace, isJournalNamespaceThere, plan }));

  const from = options.from.length > 0 ? options.from : session.defaultSources;
  if (from.includes('revision') && scenario.faults.length > 0) {
    throw refused(
      'a drill of sources cannot take its values from revisions',
      '--from env:FILE or azure-key-vault:NAME',
    );
  }
  const obstacles: { reason: string; findings: readonly Finding[] }[] = [];
  if (scenario.steadyState) {
    const steady = await untilInterrupted(runVerify(session, { timeoutMs: steadyMs }), deps.signal);
    if (steady.verdict !== 'ok')
      obstacles.push({ reason: 'the steady state is not proven', findings: steady.findings });
  }
  const backup = await provenBackup(session, { ...options, from, plan });
  if (backup.verdict !== 'ok') obstacles.push({ reason: 'the way back is not proven', findings: backup.findings });
  return {
    namespace,
    isJournalNamespaceThere,
    snapshot,
    plan,
    from,
    copies: await copiesOf(session, plan),
    revisions: revisionsIn(snapshot.secrets.items)
      .filter((revision) => revision.namespace === namespace)
      .map(({ name }) => name),
    backup,
    known: await errorsNow(session),
    obstacles,
  };
}

function onlyNamespace({ scope }: Session): string {
  const [namespace, ...others] = scope.namespaces;
  if (namespace !== undefined && others.length === 0 && !scope.all) return namespace;
  throw new OperatorError('usage', 'a drill takes place in one namespace', {
    hint: 'c2l dr-drill run NAME -n NAMESPACE',
  });
}

function refuseProduction({ stack, cluster }: Session, namespace: string): void {
  const { contexts = [], namespaces = [] } = stack?.production ?? {};
  const name =
    [cluster.context].find((each) => contexts.includes(each)) ?? namespaces.find((each) => each === namespace);
  if (name !== undefined)
    throw refused(`${name} is production: there is no drill here`, 'c2l dr-drill run NAME --sandbox');
}

async function refuseWithoutConsent({ cluster }: Session, namespace: string): Promise<void> {
  const found = await cluster.readNamespace(namespace);
  if (found.state === 'unreadable') throw nothingReadable(cluster, found.reason);
  if (found.state === 'absent') {
    throw new OperatorError(
      'namespace-not-found',
      `namespace ${namespace} does not exist in context ${cluster.context}`,
      {
        hint: 'kubectl get namespaces',
      },
    );
  }
  if (found.value.labels?.[optInLabel] === optInValue) return;
  throw refused(
    `namespace ${namespace} does not carry the label ${optInLabel}=${optInValue}: nobody agreed to drills there`,
    `kubectl --context ${cluster.context} label namespace ${namespace} ${optInLabel}=${optInValue}`,
  );
}

/** Every source that will answer during the recovery; those that refuse then prove nothing. */
async function provenBackup(
  session: Session,
  { from, identity, plan }: PrepareOptions & { readonly plan: DrillPlan },
): Promise<BackupReport> {
  const answering = from.filter((spec) => !plan.refused.some((kind) => spec.startsWith(`${kind}:`)));
  if (answering.length === 0) {
    throw refused('no source is left that could bring the values back', 'c2l dr-drill run NAME --from env:FILE');
  }
  return runCheckBackup(session, { from: answering, identity });
}

async function copiesOf({ cluster }: Session, { faults }: DrillPlan): Promise<Copy[]> {
  return Promise.all(
    faults.map(async ({ secret }) => {
      const { namespace, name, resourceVersion } = secret.metadata;
      const found = await cluster.copySecret(namespace, name);
      const place = `Secret ${namespace}/${name}`;
      if (found.state === 'unreadable') throw nothingReadable(cluster, found.reason);
      if (found.state === 'absent' || found.value.resourceVersion !== resourceVersion) {
        throw refused(`${place} changed while the drill was prepared`, 'run it again when nobody else works on it');
      }
      if (found.value.hasFinalizers)
        throw refused(`${place} has finalizers: it would not come back`, 'c2l dr-drill list');
      if (found.value.content.byteLength > largestSecret) {
        throw refused(`${place} is too large for a copy of it to be kept`, 'c2l dr-drill list');
      }
      return { name, content: found.value.content };
    }),
  );
}

interface Places {
  readonly namespace: string;
  readonly journalNamespace: string;
  readonly isJournalNamespaceThere: boolean;
  readonly plan: DrillPlan;
}

function rightsFor({ namespace, journalNamespace, isJournalNamespaceThere, plan }: Places): Right[] {
  const secrets = (place: string, verbs: readonly Right['verb'][]): Right[] =>
    verbs.map((verb) => ({ verb, group: '', resource: 'secrets', namespace: place }));
  const evictions: Right[] =
    plan.evict.length === 0
      ? []
      : [{ verb: 'create', group: '', resource: 'pods', subresource: 'eviction', namespace }];
  const creation: Right[] = isJournalNamespaceThere
    ? []
    : [{ verb: 'create', group: '', resource: 'namespaces', namespace: '' }];
  return [
    ...secrets(namespace, ['get', 'create', 'patch', 'update', 'delete']),
    ...secrets(journalNamespace, ['get', 'create', 'patch', 'delete']),
    ...evictions,
    ...creation,
  ];
}

function refused(message: string, hint: string): OperatorError {
  return new OperatorError('drill-refused', message, { hint, exitCode: ExitCode.usage });
}

/** By key, for the report. */
export function backupCounts({ entries }: BackupReport): { required: number; equal: number } {
  const keys = new Map(
    entries.map((entry) => [keyId({ ...entry.object, secret: entry.object.name, key: entry.key }), entry]),
  );
  const equal = [...keys.values()].filter(({ state }) => state === 'equal').length;
  return { required: keys.size, equal };
}
