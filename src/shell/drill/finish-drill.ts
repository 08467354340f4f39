import { markerName, type DrillJournal } from '../../core/drill/drill-journal.ts';
import { notBroughtBack, type DrillReport } from '../../core/drill/drill-report.ts';
import type { Finding } from '../../core/findings/findings.ts';
import { newFinding } from '../../core/findings/new-finding.ts';
import { OperatorError } from '../../errors.ts';
import { ExitCode } from '../../exit-codes.ts';
import { confirmWrite } from '../confirm.ts';
import { reportHead, type Session } from '../session.ts';
import { holdThrough, uninterrupted } from './drill-hold.ts';
import { journalAgain } from './drill-journal-again.ts';
import { Journal, removeSecret } from './drill-journal.ts';
import { findMarker, type Marker } from './drill-marker.ts';
import { resumeOwners } from './drill-owners.ts';
import type { Recovery } from './drill-recovery.ts';
import { drillVerdict, notWhole, withTrouble } from './drill-report.ts';
import { openDrillRunbook, type DrillRunbook } from './drill-runbook.ts';
import { endDrill, type Ended } from './end-drill.ts';
import { recoverInDrill } from './recover-in-drill.ts';

export interface FinishOptions {
  readonly action: 'abort' | 'resume';
  readonly yes: boolean;
  readonly confirm: string | undefined;
  readonly identity?: string | undefined;
  /** Where the run kept its journal on disk too. */
  readonly journalFile?: string | undefined;
}

/** Ends a drill that was begun by whomever, from its journal in the cluster: by the way back, or after its recovery. */
export async function finishDrill(session: Session, options: FinishOptions): Promise<DrillReport> {
  session.drillNotice.mute();
  const { deps } = session;
  const takenAt = deps.clock.now().toISOString();
  const { marker, namespace } = await unfinished(session, options);
  const what = options.action === 'abort' ? 'put everything back' : 'recover and put everything back';
  await confirmWrite(session, `${what} that drill ${marker.scenario} broke in namespace ${namespace}?`, options);
  const { journalFile, identity } = options;
  const journal =
    journalFile === undefined
      ? await Journal.find(session, marker)
      : await journalAgain(session, marker, { journalFile, identity });
  if (journal === undefined) return withoutJournal(session, { marker, namespace, takenAt });

  const release = holdThrough(session, namespace);
  try {
    return await finish(withStackOf(journal, session), journal, { ...options, namespace, takenAt });
  } finally {
    release();
  }
}

function withStackOf({ content: { stack } }: Journal, session: Session): Session {
  if (session.stack !== undefined || stack === undefined) return session;
  return { ...session, stack, scope: { ...session.scope, argocdNamespace: stack.argocd.namespace } };
}

async function finish(
  session: Session,
  journal: Journal,
  options: FinishOptions & { readonly namespace: string; readonly takenAt: string },
): Promise<DrillReport> {
  const { namespace, takenAt, identity } = options;
  const { deps } = session;
  const { scenario, from } = journal.content;
  const runbook =
    options.action === 'resume' ? await openDrillRunbook(session, scenario, { namespace, from }) : undefined;
  await journal.write('way-back-begun', `${options.action} by ${deps.operator}`);
  const { content } = journal;
  const isBroken = content.faultAt !== undefined || content.scenario.faults.length === 0;
  const recovery =
    options.action === 'resume' && isBroken ? await recoverAgain(session, journal, { identity, runbook }) : undefined;
  const calm = uninterrupted(session);
  const ended = await endDrill(calm, journal.heldBy(calm));
  const place = journal.namespace;
  return report(session, { content, place, ended, takenAt, recovery });
}

async function unfinished(
  session: Session,
  { action }: FinishOptions,
): Promise<{ readonly marker: Marker; readonly namespace: string }> {
  const [namespace = '', ...others] = session.scope.namespaces;
  if (session.scope.all || others.length > 0) {
    throw new OperatorError('usage', 'which drill is meant is told by its namespace', {
      hint: `c2l dr-drill ${action} -n NAMESPACE`,
    });
  }
  const marker = await findMarker(session, namespace);
  if (marker !== undefined) return { marker, namespace };
  throw new OperatorError('drill-not-found', `no drill is unfinished in namespace ${namespace}`, {
    hint: 'c2l dr-drill list',
  });
}

async function recoverAgain(
  session: Session,
  journal: Journal,
  { identity, runbook }: Pick<FinishOptions, 'identity'> & { readonly runbook: DrillRunbook | undefined },
): Promise<Resumed> {
  const { signal } = session.deps;
  try {
    const recovery = await recovered(session, journal, { identity, runbook });
    if (recovery.isRecovered || !signal.aborted) return recovery;
    return { ...recovery, wrong: ['interrupted', ...recovery.wrong] };
  } catch (error) {
    // Whatever stops the recovery, what it was to bring back is put back.
    if (!(error instanceof OperatorError) || error.code === 'drill-not-found') throw error;
    return { isRecovered: false, troubles: [], wrong: [signal.aborted ? 'interrupted' : error.message] };
  }
}

async function recovered(
  session: Session,
  journal: Journal,
  { identity, runbook }: Pick<FinishOptions, 'identity'> & { readonly runbook: DrillRunbook | undefined },
): Promise<Resumed> {
  const { from, overwrite, refused, scenario, limitMs: timeoutMs = scenario.limits.total } = journal.content;
  const paused = await resumeOwners(session, journal);
  const options = { runbook, from, identity, overwrite, refused, timeoutMs };
  const recovery = await recoverInDrill(session, journal, options);
  return { ...recovery, wrong: [...paused, ...recovery.wrong] };
}

/** Killed before the journal was there, or after it was gone: then nothing is broken, unless somebody took it away. */
async function withoutJournal(
  session: Session,
  { marker, namespace, takenAt }: { readonly marker: Marker; readonly namespace: string; readonly takenAt: string },
): Promise<DrillReport> {
  if (marker.isArmed) {
    const place = `${marker.journalNamespace}/c2l-drill-${marker.id}`;
    throw new OperatorError('drill-not-found', `the journal of this drill is gone: no Secret ${place}`, {
      hint: `where the run was given one: c2l dr-drill abort -n ${namespace} --journal-file FILE; else c2l stabilize -n ${namespace}, then: kubectl -n ${namespace} delete secret ${markerName}`,
      exitCode: ExitCode.partial,
    });
  }
  await removeSecret(session, namespace, markerName);
  const { operator, version } = session.deps;
  return {
    ...reportHead(session, { namespaces: [namespace], takenAt }),
    command: 'dr-drill',
    verdict: 'ok',
    findings: [],
    drill: {
      id: marker.id,
      scenario: marker.scenario,
      description: 'nothing was broken',
      manual: false,
      operator,
      version,
      journalNamespace: marker.journalNamespace,
    },
    ...nothing,
    outcome: 'put-back',
  };
}

const nothing = {
  dryRun: false,
  sources: [],
  faults: [],
  spared: [],
  evicted: [],
  kept: [],
  data: [],
  noticed: [],
  timeline: [],
  components: [],
  earlier: [],
  wrong: [],
};

type Resumed = Pick<Recovery, 'isRecovered' | 'troubles' | 'wrong'>;

function outcomeOf(recovery: Resumed | undefined): DrillReport['outcome'] {
  if (recovery?.isRecovered !== true) return 'put-back';
  return recovery.troubles.length > 0 ? 'recovered-with-trouble' : 'recovered';
}

function recoveryFailures({ isRecovered, troubles }: Resumed): string[] {
  if (!isRecovered) return [notBroughtBack];
  return troubles.length > 0 ? [withTrouble(troubles)] : [];
}

function finding({ scenario, namespace }: DrillJournal, failures: readonly string[], ended: Ended): Finding {
  const isWorking = ended.isWhole || ended.leftOver.length > 0;
  return newFinding('drill-failed', {
    object: { kind: 'Namespace', namespace: '', name: namespace },
    message: `drill ${scenario.name}: ${failures.join('; ')}`,
    fix: isWorking ? `c2l verify -n ${namespace}` : `c2l stabilize -n ${namespace}`,
  });
}

function report(
  session: Session,
  {
    content,
    place,
    ended,
    takenAt,
    recovery,
  }: {
    readonly content: DrillJournal;
    readonly place: string;
    readonly ended: Ended;
    readonly takenAt: string;
    readonly recovery: Resumed | undefined;
  },
): DrillReport {
  const { scenario, id, namespace, operator, version } = content;
  const outcome = outcomeOf(recovery);
  const isCutOff = recovery?.isRecovered === false && session.deps.signal.aborted;
  const failures = [...(recovery === undefined || isCutOff ? [] : recoveryFailures(recovery)), ...notWhole(ended)];
  const findings = failures.length === 0 ? [] : [finding(content, failures, ended)];
  return {
    ...reportHead(session, { namespaces: [namespace], takenAt }),
    command: 'dr-drill',
    verdict: drillVerdict({ isInterrupted: isCutOff, ended }, findings),
    findings,
    drill: {
      id,
      scenario: scenario.name,
      description: scenario.description,
      manual: false,
      operator,
      version,
      journalNamespace: place,
      journalDigest: ended.journalDigest,
    },
    ...nothing,
    outcome,
    sources: content.from,
    timeline: ended.timeline,
    wrong: [...(recovery?.troubles ?? []), ...(recovery?.wrong ?? []), ...ended.wrong],
  };
}
