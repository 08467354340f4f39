import { refText } from '../core/cluster/kubernetes.ts';
import type { FindingCode } from '../core/findings/findings.ts';
import { promptSource } from '../core/fix/plan-secrets.ts';
import { isUntouched } from '../core/fix/planned-secret.ts';
import type { FixReport, RestoreSyncReport, RollbackReport } from '../core/fix/secret-reports.ts';
import { listText } from '../core/list-text.ts';
import { isOpen, type StepOutcome } from '../core/reports/report.ts';
import { isSkippedRestart } from '../core/restart/restart-next.ts';
import type { RestartReport } from '../core/restart/restart-report.ts';
import { sourceOptions } from '../core/sources/source-option.ts';
import { hasUnreadPods, unreadPodsText } from './audit/unread-pods.ts';
import { findingsLines } from './findings/findings-text.ts';
import { commandsHere } from './commands-here.ts';
import { closingLines, headLines } from './head-text.ts';
import { lackingKeys, lackingLines } from './lacking-text.ts';
import { count, table, type Cell } from './layout.ts';
import { planLines } from './plan-text.ts';
import { repairCommand } from './repair-command.ts';
import { manifestLines } from './sealed-text.ts';
import type { Style } from './style.ts';
import { asTyped } from './typed-program.ts';

export function fixText(report: FixReport, style: Style): string[] {
  return [
    ...headLines(report, style),
    ...shownPlan(report, style),
    ...lackingLines(report, style),
    ...outcomeLines(report.outcomes, style),
    ...sealedLines(report),
    ...remainingLines(report, style),
    ...closingLines(report, { because: fixSummary(report), next: nextAfterFix(report) }, style),
  ];
}

/** Whole and from the first column, so that it can be copied into a file. */
function sealedLines({ sealed = [] }: FixReport): string[] {
  return sealed.flatMap((manifest) => ['', '---', ...manifestLines(manifest)]);
}

/** In a walk, and on the same screen, the plan was shown when it was agreed to. */
function shownPlan({ plan, outcomes, dryRun }: FixReport, style: Style): string[] {
  const isAgreed = !dryRun && changesOf(plan).length > 0;
  if (isAgreed && (style.embedded || style.isOneScreen)) return [];
  return [...planLines(plan, style), ...(outcomes.length === 0 ? [] : [''])];
}

function changesOf(plan: FixReport['plan']): FixReport['plan'] {
  return plan.filter(({ action }) => action !== 'none' && action !== 'seal');
}

/** One clause: what was done to which Secret. */
export function fixSummary({ plan, outcomes, dryRun }: FixReport): string {
  const changed = changesOf(plan);
  const toSeal = plan.filter(({ action }) => action === 'seal').length;
  if (changed.length === 0 && toSeal > 0) return `${count(toSeal, 'Secret')} to be sealed`;
  if (changed.length === 0) return 'nothing to change';
  const keys = changed.flatMap(({ keys: planned }) => planned).filter((planned) => !isUntouched(planned)).length;
  const secrets = changed.map(({ object }) => refText(object)).join(', ');
  const lacking = lackingKeys(changed).length;
  if (lacking > 0) return `dry run: would write nothing, no source has ${lackingText(lacking, keys)}`;
  if (dryRun) return `dry run: would ${plannedText(changed, keys)} to ${secrets}${doubtText(changed)}`;
  const written = outcomes.filter(({ action, outcome }) => isWrite(action) && outcome === 'done').length;
  if (written === changed.length) return `wrote ${count(keys, 'key')} to ${secrets}`;
  return `${written} of ${count(changed.length, 'Secret')} written`;
}

/** What a person has to type is no more known than asked for. */
function plannedText(plan: FixReport['plan'], keys: number): string {
  const asked = plan.flatMap((planned) => planned.keys.filter(({ source }) => source === promptSource)).length;
  const write = `write ${count(keys, 'key')}`;
  if (asked === 0) return write;
  return `ask for ${count(asked, 'key')} and ${asked < keys ? write : `write ${keys === 1 ? 'it' : 'them'}`}`;
}

function doubtText(plan: FixReport['plan']): string {
  const doubted = plan.filter(({ doubt }) => doubt !== undefined).map(({ object }) => refText(object));
  if (doubted.length === 0) return '';
  return `, ${count(doubted.length, 'Secret')} in doubt${plan.length > 1 ? `: ${listText(doubted)}` : ''}`;
}

function lackingText(lacking: number, keys: number): string {
  if (lacking < keys) return `${String(lacking)} of ${count(keys, 'key')}`;
  return keys === 1 ? 'the key' : `any of ${count(keys, 'key')}`;
}

function isWrite(action: StepOutcome['action']): boolean {
  return ['patch-secret', 'recreate-secret', 'create-secret', 'sync-external-secret'].includes(action);
}

function nextAfterFix(report: FixReport): string {
  const { verdict, plan, findings, sealed } = report;
  const hasPlan = plan.some(({ action }) => action !== 'none');
  const planned = nextAfterPlan(report, hasPlan);
  if (planned !== undefined) return planned;
  if (verdict === 'ok' && hasPlan) return 'c2l restart';
  if (verdict === 'ok') return 'c2l verify';
  if (sealed !== undefined) return 'commit the SealedSecret above, or try it first: kubectl apply -f FILE';
  return repairCommand(findings, report) ?? 'c2l audit';
}

/** What carries out what was only planned, or gets it what it lacks. */
function nextAfterPlan(report: FixReport, hasPlan: boolean): string | undefined {
  const { verdict, dryRun, plan, only = [], flags = [] } = report;
  // A plan that was reviewed holds names, sources and consents itself.
  const isReviewed = flags.some((flag) => flag.startsWith('--plan '));
  const taken = isReviewed ? [] : [...only, ...sourceOptions(report)];
  if (lackingKeys(plan).length > 0) {
    const fill = fillOption(plan).filter((flag) => !flags.includes(flag));
    return ['c2l fix-secrets', ...taken, '--from env:FILE', ...flags, ...fill].join(' ');
  }
  const [doubt] = plan.flatMap((planned) => planned.doubt ?? []);
  if (dryRun && doubt !== undefined) return doubt.next;
  // Of a part the rest is missing still.
  const isWhole = verdict === 'ok' || only.length > 0;
  const named = isReviewed ? [] : plan.flatMap(consents);
  return dryRun && hasPlan && isWhole ? ['c2l fix-secrets', ...taken, ...flags, ...named].join(' ') : undefined;
}

/** What a script has to name, since `--yes` is consent to add. */
function consents({ object: { name }, action, keys }: FixReport['plan'][number]): string[] {
  if (action !== 'patch' && action !== 'recreate') return [];
  const changed = keys.filter(({ change }) => change === 'CHANGE').map(({ key }) => `--overwrite ${name}/${key}`);
  return [...(action === 'recreate' ? [`--recreate ${name}`] : []), ...changed];
}

/** What is found for External Secrets goes into its store first. */
function fillOption(plan: FixReport['plan']): string[] {
  return lackingKeys(plan.filter(({ action }) => action === 'sync')).length > 0 ? ['--fill-store'] : [];
}

export function restartText(report: RestartReport, style: Style): string[] {
  return [
    ...headLines(report, style),
    ...outcomeLines(report.outcomes, style),
    ...remainingLines(report, style),
    ...closingLines(report, { because: restartSummary(report), next: report.next }, style),
  ];
}

/** One clause: how many were replaced, restarted, left alone. */
export function restartSummary({ outcomes, dryRun, findings }: RestartReport): string {
  const amount = (action: StepOutcome['action']): number =>
    outcomes.filter((step) => step.action === action && ['done', 'planned', 'kept'].includes(step.outcome)).length;
  const failed = outcomes.filter(({ outcome }) => outcome === 'failed');
  const late = failed.filter(({ action }) => action === 'wait-ready').length;
  const parts = [
    ...beginning(outcomes, { late, dryRun, isBlind: hasUnreadPods(findings) }),
    ...where(amount('replace-pod'), (pods) => `${count(pods, 'pod')} ${dryRun ? 'to replace' : 'replaced'}`),
    ...where(
      amount('restart-workload'),
      (workloads) => `${count(workloads, 'workload')} ${dryRun ? 'to restart' : 'restarted'}`,
    ),
    ...where(amount('wait-ready'), (workloads) => `${count(workloads, 'workload')} ready`),
    ...where(late, (workloads) => `${workloads} not ready`),
    ...where(failed.length - late, (steps) => `${count(steps, 'step')} failed`),
    ...where(outcomes.filter(isSkippedRestart).length, (workloads) => `${workloads} not restarted`),
    ...named(outcomes.filter(isOwed), 'kept in need of a restart'),
    ...named(
      outcomes.filter(({ isDoubted }) => isDoubted === true),
      'in doubt',
    ),
  ];
  return `${dryRun && parts[0] !== nothingText ? 'dry run: ' : ''}${parts.join(', ')}`;
}

const nothingText = 'nothing to restart';

/** Pods that nobody could look at need something or nothing: only what was seen needs nothing. */
function beginning(
  outcomes: readonly StepOutcome[],
  { late, dryRun, isBlind }: { readonly late: number; readonly dryRun: boolean; readonly isBlind: boolean },
): string[] {
  if (isBlind) return [unreadPodsText];
  const hasSteps = outcomes.some(({ action }) => action === 'replace-pod' || action === 'restart-workload');
  const isReady = outcomes.some(({ action, outcome }) => action === 'wait-ready' && outcome === 'done');
  return hasSteps || outcomes.some(isOwed) || (isReady && late === 0 && !dryRun) ? [] : [nothingText];
}

/** What still runs with an older value, and is left to people. */
function isOwed({ isWithheld, isAwaited }: StepOutcome): boolean {
  return isWithheld === true && isAwaited !== true;
}

/** What a person has to look at is told by name also where the steps are far above. */
function named(steps: readonly StepOutcome[], what: string): string[] {
  const names = steps.map(({ object }) => refText(object));
  return names.length === 0 ? [] : [`${names.length} ${what}: ${listText(names)}`];
}

function where(amount: number, text: (amount: number) => string): string[] {
  return amount > 0 ? [text(amount)] : [];
}

const actionWords: Record<StepOutcome['action'], string> = {
  'create-namespace': 'create',
  'create-secret': 'create',
  'patch-secret': 'patch',
  'recreate-secret': 'recreate',
  'sync-external-secret': 'sync',
  'fill-store': 'store',
  'seal-values': 'seal',
  'pause-sync': 'pause',
  'resume-sync': 'resume',
  'keep-revision': 'copy',
  'prune-revision': 'remove revision',
  'remove-drill-secret': 'remove',
  'store-backup': 'store',
  'replace-pod': 'REPLACE',
  'restart-workload': 'RESTART',
  'keep-pod': 'as is',
  'wait-ready': 'wait',
  'apply-object': 'apply',
  'leave-object': 'leave',
  'sync-application': 'sync',
  'await-secret': 'wait',
  'prove-values': 'prove',
  'adopt-secret': 'mark',
  'release-secret': 'release',
  'create-writer': 'create',
  'delete-writer': 'remove',
};

/** What a step says to type means the place of this run, as `next` does. */
function here(detail: string, style: Style): string {
  return asTyped(commandsHere(detail, style), style.program);
}

/** What became of each step, in the order in which they were taken. */
export function outcomeLines(outcomes: readonly StepOutcome[], style: Style): string[] {
  if (outcomes.length === 0) return [];
  const paints: Record<StepOutcome['outcome'], (text: string) => string> = {
    done: style.good,
    failed: style.bad,
    skipped: style.caution,
    planned: style.bold,
    kept: style.dim,
  };
  const isTold = (step: StepOutcome): boolean => style.verbose || step.action !== 'keep-pod' || isOpen(step);
  const kept = outcomes.filter((step) => !isTold(step)).length;
  const rows = outcomes
    .filter(isTold)
    .map((step): Cell[] => [
      { text: step.outcome, paint: isOpen(step) ? style.caution : paints[step.outcome] },
      { text: isOpen(step) ? 'KEEP' : actionWords[step.action] },
      { text: refText(step.object) },
      { text: here(step.detail, style) },
    ]);
  const more = kept === 0 ? [] : [style.dim(`${count(kept, 'pod')} left alone (-v names them)`)];
  return [...table(rows, style.width, 0), ...more];
}

/** Beside errors: what hides them, and who runs although one is said to block it. */
const remainingCodes: ReadonlySet<FindingCode> = new Set(['unreadable', 'next-start-fails']);

export function remainingLines(
  report: FixReport | RestartReport | RestoreSyncReport | RollbackReport,
  style: Style,
): string[] {
  const serious = report.findings.filter(({ severity, code }) => severity === 'error' || remainingCodes.has(code));
  if (serious.length === 0) return [];
  const isForetold = report.command === 'rollback' && report.dryRun;
  const context = { namespaces: report.namespaces, components: [], isForetold };
  return ['', ...findingsLines(serious, context, style)].slice(0, -1);
}
