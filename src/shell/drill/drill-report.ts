import { refOf } from '../../core/cluster/object-owners.ts';
import { coursesUntil } from '../../core/drill/component-course.ts';
import { runAgain } from '../../core/drill/drill-command.ts';
import {
  notRecoveredText,
  type PlanFacts,
  type DrillOutcome,
  type DrillReport,
} from '../../core/drill/drill-report.ts';
import type { DrillScenario } from '../../core/drill/drill-schema.ts';
import { isTooOld, outOfDoubt } from '../../core/drill/next-drill.ts';
import { plannedFaults, type DrillPlan } from '../../core/drill/plan-drill.ts';
import type { Finding } from '../../core/findings/findings.ts';
import { newFinding } from '../../core/findings/new-finding.ts';
import { keyId } from '../../core/fix/plan-secrets.ts';
import type { BackupReport } from '../../core/fix/secret-reports.ts';
import { verdictOf, type Verdict } from '../../core/reports/report.ts';
import { oldestOf } from '../../core/sources/backup.ts';
import { ageWords } from '../../render/drill/drill-words.ts';
import { durationText } from '../../render/layout.ts';
import { reportHead, type Session } from '../session.ts';
import type { PrepareOptions } from './drill-options.ts';
import type { Ended } from './end-drill.ts';
import type { Prepared } from './prepare-drill.ts';

/** One drill, as it was asked for and prepared. */
export interface Run {
  readonly options: PrepareOptions & {
    readonly file?: string | undefined;
    readonly flags?: readonly string[];
    readonly dryRun: boolean;
    readonly manual: boolean;
    readonly limitMs: number | undefined;
  };
  readonly prepared: Prepared;
  readonly id: string;
  readonly takenAt: string;
}

interface Facts {
  readonly outcome: DrillOutcome;
  readonly isInterrupted?: boolean;
  readonly recovery?: NonNullable<DrillReport['recovery']>;
  readonly noticed?: DrillReport['noticed'];
  readonly components?: DrillReport['components'];
  readonly ended?: Ended;
  /** What failed, whether or not everything came back. */
  readonly troubles?: readonly string[];
  readonly wrong?: readonly string[];
}

export function drillReport(session: Session, run: Run, facts: Facts): DrillReport {
  const { options, prepared, takenAt } = run;
  const { outcome, ended, wrong = [] } = facts;
  const { plan, obstacles, from, backup } = prepared;
  const held = backupFacts(backup, options.scenario);
  const findings = [
    ...obstacleFindings(run),
    ...ownFindings(prepared.namespace, facts, {
      scenario: options.scenario.name,
      again: runAgain({ ...options, scenario: options.scenario.name, sources: from }),
      backup: held,
      planned: planFacts(plan),
    }),
  ];
  return {
    ...reportHead(session, { namespaces: [prepared.namespace], takenAt }),
    command: 'dr-drill',
    verdict: drillVerdict(facts, findings),
    findings,
    drill: identity(session, run, ended),
    dryRun: options.dryRun,
    outcome,
    sources: from,
    ...planFacts(plan),
    ...(facts.recovery === undefined ? {} : { recovery: facts.recovery }),
    backup: held,
    data: ended?.data ?? [],
    noticed: facts.noticed ?? [],
    timeline: ended?.timeline ?? [],
    components: coursesUntil(facts),
    earlier: [],
    wrong: [...obstacles.map(({ reason }) => reason), ...wrong, ...(ended?.wrong ?? [])],
  };
}

function obstacleFindings({ options, prepared: { obstacles, from } }: Run): readonly Finding[] {
  const findings = obstacles.flatMap((each) => each.findings);
  return options.scenario.steadyState ? outOfDoubt(findings, from) : findings;
}

function identity({ deps }: Session, { options, prepared, id }: Run, ended: Ended | undefined): DrillReport['drill'] {
  const { operator, version } = deps;
  const { scenario, file, flags = [], manual, journalNamespace } = options;
  return {
    id,
    scenario: scenario.name,
    ...(file === undefined ? {} : { file }),
    description: scenario.description,
    ...(flags.length === 0 ? {} : { flags }),
    manual,
    ...(prepared.runbook === undefined ? {} : { runbook: prepared.runbook.runbook.name }),
    operator,
    version,
    journalNamespace,
    ...(ended === undefined ? {} : { journalDigest: ended.journalDigest }),
  };
}

/** By key. */
function backupFacts(
  { entries, takenAt }: BackupReport,
  { objective }: DrillScenario,
): NonNullable<DrillReport['backup']> {
  const keys = new Map(
    entries.map((entry) => [keyId({ ...entry.object, secret: entry.object.name, key: entry.key }), entry]),
  );
  const oldest = oldestOf(entries);
  return {
    required: keys.size,
    equal: [...keys.values()].filter(({ state }) => state === 'equal').length,
    ...(oldest === undefined ? {} : { ageMs: Math.max(0, Date.parse(takenAt) - Date.parse(oldest)) }),
    ...(objective.backupAge === undefined ? {} : { objectiveMs: objective.backupAge }),
  };
}

export function planFacts(plan: DrillPlan): Pick<DrillReport, PlanFacts> {
  return {
    faults: plannedFaults(plan),
    spared: plan.spared.map(({ secret, reason }) => ({ object: refOf('Secret', secret.metadata), reason })),
    evicted: plan.evict.map(({ pod }) => pod),
    kept: plan.keep,
  };
}

/** What is not as it was weighs more than what was cut off. */
export function drillVerdict(
  { isInterrupted, ended }: Pick<Facts, 'isInterrupted' | 'ended'>,
  findings: readonly Finding[],
): Verdict {
  if (ended?.isWhole === false) return 'partial';
  return isInterrupted === true ? 'interrupted' : verdictOf(findings);
}

function ownFindings(namespace: string, facts: Facts, judged: Judged): Finding[] {
  const { scenario, again } = judged;
  const reasons = failures(facts, judged);
  if (reasons.length === 0) return [];
  return [
    newFinding('drill-failed', {
      object: { kind: 'Namespace', namespace: '', name: namespace },
      message: `drill ${scenario}: ${reasons.join('; ')}`,
      fix: `${again} --dry-run`,
    }),
  ];
}

interface Judged {
  readonly scenario: string;
  readonly again: string;
  readonly backup: NonNullable<DrillReport['backup']>;
  readonly planned: Pick<DrillReport, 'faults'>;
}

/** Beside a recovery that was proven. */
export function withTrouble(troubles: readonly string[]): string {
  return `recovered, with trouble: ${troubles.join('; ')}`;
}

/** What the way back left behind, or did not repair. */
export function notWhole({ isWhole, leftOver }: Ended): string[] {
  if (isWhole) return [];
  const left = leftOver.length === 0 ? 'verify does not pass' : leftOver.join('; ');
  return [`everything is put back, and ${left}`];
}

function failures(facts: Facts, { backup, planned }: Judged): string[] {
  const { outcome, ended } = facts;
  if (outcome === 'not-started') return [];
  return [
    ...recoveryFailures(facts, planned),
    ...(ended === undefined ? [] : notWhole(ended)),
    ...(isTooOld(backup) ? [`the backup is too old: ${ageWords(backup) ?? ''}`] : []),
  ];
}

function recoveryFailures(facts: Facts, planned: Pick<DrillReport, 'faults'>): string[] {
  const { outcome, recovery, ended, isInterrupted = false, troubles = [] } = facts;
  const isLost = ended?.data.some(({ state }) => state === 'lost') === true;
  if (outcome === 'not-recovered')
    return isLost ? [dataGone] : [notRecoveredText({ ...planned, timeline: ended?.timeline ?? [] }, isInterrupted)];
  return [
    ...(outcome === 'too-late' && recovery !== undefined
      ? [`recovered after ${durationText(recovery.tookMs)}, and the objective is ${durationText(recovery.objectiveMs)}`]
      : []),
    ...(troubles.length > 0 ? [withTrouble(troubles)] : []),
    ...(isLost ? [dataGone] : []),
  ];
}

const dataGone = 'data that was written before is gone';
