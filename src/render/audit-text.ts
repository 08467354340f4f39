import { refText } from '../core/kubernetes.ts';
import type { ApplicationState, AuditReport, ComponentState } from '../core/report.ts';
import { findingsLines } from './findings-text.ts';
import { closingLines, headLines } from './head-text.ts';
import { count, table, type Cell } from './layout.ts';
import type { Style } from './style.ts';
import { hasUnreadPods, unreadPodsText } from './unread-pods.ts';

export function auditText(report: AuditReport, style: Style): string[] {
  return [
    ...headLines(report, style),
    ...findingsLines(report.findings, report, style),
    ...componentLines(report, style),
    ...applicationLines(report.applications, style),
    ...closingLines(report, { because: auditSummary(report), next: nextAfterAudit(report) }, style),
  ];
}

/** One clause: what was found, in numbers. */
export function auditSummary({ findings, components }: AuditReport): string {
  const keys = findings.filter(({ code }) => code === 'secret-key-missing').length;
  const wholes = findings.filter(({ code }) => code === 'secret-missing').length;
  const errors = findings.filter(({ severity }) => severity === 'error').length;
  const isBlind = hasUnreadPods(findings);
  const gaps = findings.filter(({ code, object }) => code === 'unreadable' && object.kind !== 'Pod').length;
  const ready = components.filter(({ state }) => state === 'ready').length;
  const parts = [
    ...(wholes > 0 ? [`${count(wholes, 'Secret')} missing`] : []),
    ...(keys > 0 ? [`${count(keys, 'required key')} missing`] : []),
    ...(wholes + keys === 0 && errors > 0 ? [count(errors, 'error')] : []),
    ...(isBlind ? [unreadPodsText] : []),
    ...(gaps > 0 ? [`${count(gaps, 'thing')} not readable`] : []),
    ...(components.length > 0
      ? [`${ready} of ${count(components.length, 'component')} ready${isBlind ? ' by their own counts' : ''}`]
      : []),
  ];
  return parts.length === 0 ? 'nothing missing' : parts.join(', ');
}

function nextAfterAudit({ findings, verdict }: AuditReport): string {
  if (verdict === 'ok') return 'c2l verify';
  const root = findings.find(({ severity, causes }) => severity === 'error' && causes.length === 0);
  return (root ?? findings.find(({ code }) => code === 'unreadable') ?? findings[0])?.fix ?? 'c2l audit -v';
}

function componentLines({ components, namespaces }: AuditReport, style: Style): string[] {
  if (components.length === 0) return [];
  const paints: Record<ComponentState['state'], (text: string) => string> = {
    ready: style.good,
    waiting: style.caution,
    stuck: style.bad,
    missing: style.bad,
    unknown: style.caution,
  };
  const isOneNamespace = namespaces.length === 1;
  const rows = components.map(({ object, state, detail }): Cell[] => [
    ...(isOneNamespace ? [] : [{ text: object.namespace }]),
    { text: refText(object) },
    { text: state, paint: paints[state] },
    { text: detail },
  ]);
  const titles = [...(isOneNamespace ? [] : ['NAMESPACE']), 'COMPONENT', 'STATE', 'DETAIL'];
  return table([header(titles, style), ...rows], style.width, 0);
}

function applicationLines(applications: readonly ApplicationState[], style: Style): string[] {
  if (applications.length === 0) return [];
  const rows = applications.map(({ name, health, sync }): Cell[] => [
    { text: name },
    { text: health, paint: health === 'Healthy' ? style.good : style.caution },
    { text: sync, paint: sync === 'Synced' ? style.good : style.caution },
  ]);
  return ['', ...table([header(['ARGO CD APPLICATION', 'HEALTH', 'SYNC'], style), ...rows], style.width, 0)];
}

function header(words: readonly string[], style: Style): Cell[] {
  return words.map((text) => ({ text, paint: style.dim }));
}
