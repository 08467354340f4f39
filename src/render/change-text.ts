import { refText } from '../core/kubernetes.ts';
import type { FixReport, KeyChange, PlannedSecret, RestartReport, StepOutcome } from '../core/report.ts';
import { findingsLines } from './findings-text.ts';
import { closingLines, headLines } from './head-text.ts';
import { count, table, type Cell } from './layout.ts';
import type { Style } from './style.ts';

/** Always eight characters: a mask must not tell a value's length. */
const mask = '********';

const changeText: Record<KeyChange, string> = {
  ADD: `(absent) -> ${mask}`,
  CHANGE: `${mask} -> ${mask}`,
  SAME: mask,
  REMOVE: `${mask} -> (absent)`,
};

/** The masked diff: key names, what becomes of each, and where its value comes from; never a value. */
export function planLines(plan: readonly PlannedSecret[], style: Style): string[] {
  const paints: Record<KeyChange, (text: string) => string> = {
    ADD: style.good,
    CHANGE: style.caution,
    SAME: style.dim,
    REMOVE: style.bad,
  };
  return plan.flatMap(({ object, action, keys }) => [
    `${style.bold(refText(object))}  ${actionText[action]} in namespace ${object.namespace}`,
    ...table(
      keys.map(({ key, change, source }): Cell[] => [
        { text: change, paint: paints[change] },
        { text: key },
        { text: changeText[change], paint: style.dim },
        { text: source ?? '' },
      ]),
      style.width,
    ),
  ]);
}

const actionText: Record<PlannedSecret['action'], string> = {
  create: 'create',
  patch: 'change',
  none: 'leave as it is',
};

export function fixText(report: FixReport, style: Style): string[] {
  return [
    ...headLines(report, style),
    ...planLines(report.plan, style),
    ...(report.outcomes.length === 0 ? [] : ['']),
    ...outcomeLines(report.outcomes, style),
    ...remainingLines(report, style),
    ...closingLines(report, { because: fixSummary(report), next: nextAfterFix(report) }, style),
  ];
}

/** One clause: what was done to which Secret. */
export function fixSummary({ plan, outcomes, dryRun }: FixReport): string {
  const changed = plan.filter(({ action }) => action !== 'none');
  if (changed.length === 0) return 'nothing to change';
  const keys = changed.flatMap(({ keys: planned }) => planned).filter(({ change }) => change !== 'SAME').length;
  const secrets = changed.map(({ object }) => refText(object)).join(', ');
  if (dryRun) return `dry run: would write ${count(keys, 'key')} to ${secrets}`;
  const written = outcomes.filter(({ action, outcome }) => isWrite(action) && outcome === 'done').length;
  if (written === changed.length) return `wrote ${count(keys, 'key')} to ${secrets}`;
  return `${written} of ${count(changed.length, 'Secret')} written`;
}

function isWrite(action: StepOutcome['action']): boolean {
  return action === 'patch-secret' || action === 'create-secret';
}

function nextAfterFix({ verdict, dryRun, plan, findings }: FixReport): string {
  const hasPlan = plan.some(({ action }) => action !== 'none');
  if (verdict === 'ok' && hasPlan) return dryRun ? 'c2l fix-secrets' : 'c2l restart';
  if (verdict === 'ok') return 'c2l verify';
  return findings.find(({ severity }) => severity === 'error')?.fix ?? 'c2l audit';
}

export function restartText(report: RestartReport, style: Style): string[] {
  return [
    ...headLines(report, style),
    ...outcomeLines(report.outcomes, style),
    ...remainingLines(report, style),
    ...closingLines(report, { because: restartSummary(report), next: nextAfterRestart(report) }, style),
  ];
}

/** One clause: how many were replaced, restarted, left alone. */
export function restartSummary({ outcomes, dryRun }: RestartReport): string {
  const amount = (action: StepOutcome['action']): number =>
    outcomes.filter((step) => step.action === action && ['done', 'planned', 'kept'].includes(step.outcome)).length;
  const failed = outcomes.filter(({ outcome }) => outcome === 'failed').length;
  const parts = [
    ...(amount('replace-pod') > 0 ? [`${count(amount('replace-pod'), 'pod')} replaced`] : []),
    ...(amount('restart-workload') > 0 ? [`${count(amount('restart-workload'), 'workload')} restarted`] : []),
    ...(amount('wait-ready') > 0 && !dryRun ? [`${count(amount('wait-ready'), 'workload')} ready`] : []),
    ...(failed > 0 ? [`${count(failed, 'step')} failed`] : []),
  ];
  if (parts.length === 0) return 'nothing to restart';
  return `${dryRun ? 'dry run: ' : ''}${parts.join(', ')}`;
}

function nextAfterRestart({ verdict, dryRun, outcomes, findings }: RestartReport): string {
  if (verdict === 'ok') return dryRun && outcomes.length > 0 ? 'c2l restart' : 'c2l verify';
  return findings.find(({ severity, causes }) => severity === 'error' && causes.length === 0)?.fix ?? 'c2l audit';
}

const actionWords: Record<StepOutcome['action'], string> = {
  'create-namespace': 'create',
  'create-secret': 'create',
  'patch-secret': 'patch',
  'keep-revision': 'keep revision',
  'replace-pod': 'REPLACE',
  'restart-workload': 'RESTART',
  'keep-pod': 'keep',
  'wait-ready': 'wait',
};

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
  const rows = outcomes.map(({ action, object, outcome, detail }): Cell[] => [
    { text: outcome, paint: paints[outcome] },
    { text: actionWords[action] },
    { text: refText(object) },
    { text: detail },
  ]);
  return table(rows, style.width, 0);
}

function remainingLines(report: FixReport | RestartReport, style: Style): string[] {
  const serious = report.findings.filter(({ severity, code }) => severity === 'error' || code === 'unreadable');
  if (serious.length === 0) return [];
  return ['', ...findingsLines(serious, { namespaces: report.namespaces, components: [] }, style)].slice(0, -1);
}
