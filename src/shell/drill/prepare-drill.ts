import type { Right } from '../../cluster-ports.ts';
import type { Snapshot } from '../../core/cluster/snapshot.ts';
import { isFaultless, planDrill, type DrillPlan } from '../../core/drill/plan-drill.ts';
import type { SecretFault } from '../../core/drill/secret-fault.ts';
import type { Finding } from '../../core/findings/findings.ts';
import { keyId } from '../../core/fix/plan-secrets.ts';
import type { BackupReport } from '../../core/fix/secret-reports.ts';
import { revisionsIn } from '../../core/revisions/revision.ts';
import type { VerifyReport } from '../../core/verify/verify-report.ts';
import { pauseRights } from '../argocd/pause-sync.ts';
import { observe } from '../observe/observe.ts';
import { refuseUnreadableSecrets } from '../observe/readable-secrets.ts';
import { proveRights, refuseForbiddenReads } from '../prove-rights.ts';
import type { Session } from '../session.ts';
import { runCheckBackup } from '../sources/check-backup.ts';
import { untilInterrupted } from '../until-interrupted.ts';
import { runVerify } from '../verify/verify.ts';
import { copiesOf, type Copy } from './drill-copies.ts';
import { findingsNow } from './drill-detection.ts';
import { findMarker } from './drill-marker.ts';
import type { DrillOptions, PrepareOptions } from './drill-options.ts';
import { openOnlookers, type AttentiveOnlooker } from './drill-onlookers.ts';
import { onlyNamespace, refusedDrill, refuseWithoutPermission } from './drill-permission.ts';
import { openDrillRunbook, type DrillRunbook } from './drill-runbook.ts';
import { sourcesOfDrill } from './drill-sources.ts';

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
  /** Which recovers, where c2l does not by itself. */
  readonly runbook: DrillRunbook | undefined;
  readonly onlookers: readonly AttentiveOnlooker[];
  /** Findings that are there before the fault. */
  readonly known: ReadonlySet<string>;
  /** The errors among them. */
  readonly broken: readonly Finding[];
  /** Why it does not start. */
  readonly obstacles: readonly { readonly reason: string; readonly findings: readonly Finding[] }[];
}

/** How long what is said to be healthy may take to prove it. */
const steadyMs = 20_000;

/** Proves that a drill may begin: who owns the place agreed, all is well, and the way back is there. Reads only. */
export async function prepareDrill(session: Session, options: DrillOptions): Promise<Prepared> {
  const { cluster, deps, scope, stack } = session;
  const { scenario, journalNamespace } = options;
  const namespace = onlyNamespace(session);
  const { from, answering } = sourcesOfDrill(session, options, namespace);
  if (journalNamespace === namespace) {
    throw refusedDrill('the journal must lie outside of the namespace under test', '--journal-namespace c2l-drill');
  }
  await refuseWithoutPermission(session, namespace);
  if ((await findMarker(session, namespace)) !== undefined) {
    throw refusedDrill(`a drill in namespace ${namespace} is not finished`, `c2l dr-drill abort -n ${namespace}`);
  }
  const place = await cluster.namespaceExists(journalNamespace);
  const snapshot = await untilInterrupted(observe(cluster, scope, deps.clock.now()), deps.signal);
  refuseUnreadableSecrets(session, snapshot);
  const plan = planDrill(scenario, snapshot, stack);
  const isJournalNamespaceThere = place.state !== 'absent';
  refuseForbiddenReads(session, snapshot, 'dr-drill');
  await proveRights(session, rightsFor({ namespace, journalNamespace, isJournalNamespaceThere, plan }));

  const runbook = await openDrillRunbook(session, scenario, { namespace, from });
  const onlookers = await openOnlookers(session, options.onlookers, namespace);
  const obstacles: { reason: string; findings: readonly Finding[] }[] = [];
  if (scenario.steadyState) {
    const steady = await verifySteady(session);
    if (steady.verdict !== 'ok')
      obstacles.push({ reason: 'the steady state is not proven', findings: steady.findings });
  }
  const backup = await provenBackup(session, { from: answering, identity: options.identity, plan });
  if (backup.verdict !== 'ok') obstacles.push({ reason: 'the way back is not proven', findings: backup.findings });
  const now = await findingsNow(session);
  const broken = now.filter(({ severity }) => severity === 'error');
  if (isFaultless(plan) && broken.length === 0 && (await verifySteady(session)).verdict === 'ok') {
    obstacles.push({ reason: 'nothing is broken: there is nothing to recover from', findings: [] });
  }
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
    runbook,
    onlookers,
    known: new Set(now.map(({ id }) => id)),
    broken,
    obstacles,
  };
}

async function verifySteady(session: Session): Promise<VerifyReport> {
  return untilInterrupted(runVerify(session, { timeoutMs: steadyMs }), session.deps.signal);
}

async function provenBackup(
  session: Session,
  { from, identity, plan }: Pick<PrepareOptions, 'from' | 'identity'> & { readonly plan: DrillPlan },
): Promise<BackupReport> {
  // Nothing needs the credentials of a registry as long as the images are on the nodes, but here they are lost.
  const also = plan.faults.filter(({ secret }) => secret.pullCredentials !== undefined).flatMap(idsOf);
  const ifHeld = plan.faults.flatMap(idsOf);
  return runCheckBackup(session, { from, identity, also: new Set(also), ifHeld: new Set(ifHeld) });
}

function idsOf({ secret, keys }: SecretFault): string[] {
  const { namespace, name } = secret.metadata;
  return keys.map((key) => keyId({ namespace, secret: name, key }));
}

interface Places {
  readonly namespace: string;
  readonly journalNamespace: string;
  readonly isJournalNamespaceThere: boolean;
  readonly plan: DrillPlan;
}

function rightsFor({ namespace, journalNamespace, isJournalNamespaceThere, plan }: Places): Right[] {
  const touched = [...new Set(plan.workloads.map(({ resource }) => resource))];
  const workloads = touched.flatMap((resource) =>
    (['get', 'create', 'update', 'delete'] as const).map((verb): Right => ({
      verb,
      group: 'apps',
      resource,
      namespace,
    })),
  );
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
    ...workloads,
    ...pauseRights(plan.pause),
    ...evictions,
    ...creation,
  ];
}
