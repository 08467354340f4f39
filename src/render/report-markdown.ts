import type { AuditReport } from '../core/audit/audit-report.ts';
import { refText } from '../core/cluster/kubernetes.ts';
import type { DrillReport } from '../core/drill/drill-report.ts';
import { stackText } from '../core/reports/report.ts';
import type { Phase, WalkReport } from '../core/reports/walk-report.ts';
import { toldTimeline } from '../core/verify/told-timeline.ts';
import type { CheckResult, VerifyReport } from '../core/verify/verify-report.ts';
import { auditSummary, nextAfterAudit } from './audit/audit-text.ts';
import { subjectPage, type SubjectPage } from './audit/subject-page.ts';
import { nextAfterBootstrap } from './bootstrap-text.ts';
import { cut } from './cut.ts';
import { drillMarkdown } from './drill/drill-markdown.ts';
import { drillSummary, nextAfterDrill } from './drill/drill-text.ts';
import { findingsMarkdown } from './findings/findings-markdown.ts';
import { setAsideFacts } from './findings/set-aside-facts.ts';
import { typedNext } from './head-text.ts';
import { durationText } from './layout.ts';
import { codeSpan, escapeMarkdown, markdownTable } from './markdown-text.ts';
import { outcomeMarkdown } from './outcome-markdown.ts';
import { nextAfter, walkSummary } from './stabilize-text.ts';
import type { Style } from './style.ts';
import { checkWord, nextAfterVerify, timelineWords, verifySummary } from './verify-text.ts';

export type MarkdownReport = AuditReport | VerifyReport | WalkReport | DrillReport;

/** A report for a pull request, an issue or an incident's page. */
export function reportMarkdown(report: MarkdownReport, style: Style): string {
  return `${[...headLines(report, style), ...bodyLines(report, style)].join('\n')}\n`;
}

function bodyLines(report: MarkdownReport, style: Style): string[] {
  switch (report.command) {
    case 'audit':
      return auditLines(report, style);
    case 'verify':
      return verifyLines(report, style);
    case 'stabilize':
    case 'bootstrap':
      return walkLines(report, style);
    case 'dr-drill':
      return drillMarkdown(report);
  }
}

function headLines(report: MarkdownReport, style: Style): string[] {
  const [because, next] = closing(report);
  const { command, verdict, context, server, namespaces, stack, takenAt } = report;
  const stackWords = stack === undefined ? escapeMarkdown(stackText(report)) : `stack ${codeSpan(stack)}`;
  return [
    `# c2l ${command}: ${verdict}`,
    '',
    `**${escapeMarkdown(because)}**`,
    '',
    `- context ${codeSpan(context)}, server ${codeSpan(server)}`,
    `- ${namespaces.length === 1 ? 'namespace' : 'namespaces'} ${namespaces.map(codeSpan).join(', ')}, ${stackWords}`,
    `- taken ${takenAt}`,
    `- next: ${codeSpan(typedNext(report, next, style))}`,
  ];
}

function closing(report: MarkdownReport): [because: string, next: string] {
  switch (report.command) {
    case 'audit':
      return [auditSummary(report), nextAfterAudit(report)];
    case 'verify':
      return [verifySummary(report), nextAfterVerify(report)];
    case 'stabilize':
      return [walkSummary(report), nextAfter(report)];
    case 'bootstrap':
      return [walkSummary(report), nextAfterBootstrap(report)];
    case 'dr-drill':
      return [drillSummary(report), nextAfterDrill(report)];
  }
}

function auditLines(report: AuditReport, style: Style): string[] {
  const aside = setAsideFacts(report).map((fact) => `- ${escapeMarkdown(fact)}`);
  return [
    ...(report.subject === undefined ? [] : pageLines(subjectPage(report.subject, style))),
    ...findingsMarkdown(report, style),
    ...(aside.length === 0 ? [] : ['', '## Set aside', '', ...aside]),
    ...componentLines(report, style),
    ...applicationLines(report, style),
  ];
}

function pageLines({ title, facts, tables }: SubjectPage): string[] {
  return [
    '',
    `## ${escapeMarkdown(title)}`,
    ...(facts.length === 0 ? [] : ['', ...facts.map(([label, text]) => `- ${label}: ${escapeMarkdown(text)}`)]),
    ...tables.flatMap((table) => [
      '',
      `### ${escapeMarkdown(table.title)}`,
      ...(table.rows.length === 0 ? [] : ['', ...markdownTable(table.header, table.rows.map(escapedRow))]),
    ]),
  ];
}

function escapedRow(texts: readonly string[]): string[] {
  return texts.map(escapeMarkdown);
}

function componentLines({ components, namespaces }: AuditReport, style: Style): string[] {
  if (components.length === 0) return [];
  const isOneNamespace = namespaces.length === 1;
  const { shown, rest } = cut(components, 'component', style);
  const rows = shown.map(({ object, state, detail }) => [
    ...(isOneNamespace ? [] : [codeSpan(object.namespace)]),
    codeSpan(refText(object)),
    state === 'ready' ? state : `**${state}**`,
    escapeMarkdown(detail),
  ]);
  const titles = [...(isOneNamespace ? [] : ['namespace']), 'component', 'state', 'detail'];
  const lines = markdownTable(titles, rows);
  return ['', '## Components', '', ...lines, ...(rest === undefined ? [] : ['', escapeMarkdown(rest)])];
}

function applicationLines({ applications }: AuditReport, style: Style): string[] {
  if (applications.length === 0) return [];
  const { shown, rest } = cut(applications, 'application', style);
  const rows = shown.map(({ name, health, sync }) => [codeSpan(name), escapeMarkdown(health), escapeMarkdown(sync)]);
  const lines = markdownTable(['application', 'health', 'sync'], rows);
  return ['', '## Argo CD', '', ...lines, ...(rest === undefined ? [] : ['', escapeMarkdown(rest)])];
}

function verifyLines(report: VerifyReport, style: Style): string[] {
  const { checks, findings, namespaces } = report;
  const rows = checks.map((check) => [
    checkWord(check) === 'PASS' ? 'PASS' : `**${checkWord(check)}**`,
    codeSpan(check.component),
    escapeMarkdown(check.name),
    check.outcome === 'skipped' ? '' : durationText(check.durationMs),
    [escapeMarkdown(check.detail), ...likelyMarkdown(check)].join('; '),
  ]);
  const others = findings.filter(({ code }) => code !== 'check-failed');
  return [
    ...(rows.length === 0
      ? []
      : ['', '## Checks', '', ...markdownTable(['outcome', 'component', 'check', 'time', 'detail'], rows)]),
    ...timelineMarkdown(report),
    ...findingsMarkdown({ findings: others, namespaces, components: [], applications: [] }, style),
  ];
}

function likelyMarkdown({ likely }: CheckResult): string[] {
  if (likely === undefined) return [];
  return [
    escapeMarkdown(likely.cause),
    ...likely.ways.map(({ what, command }) => `${escapeMarkdown(what)}: ${codeSpan(command)}`),
  ];
}

function timelineMarkdown({ timeline, checks }: VerifyReport): string[] {
  const word = timelineWords(checks);
  const rows = toldTimeline(timeline).map((entry) => [
    `+${durationText(entry.afterMs)}`,
    word(entry),
    codeSpan(entry.component),
    escapeMarkdown(entry.name),
    escapeMarkdown(entry.detail),
  ]);
  if (rows.length === 0) return [];
  return ['', '## Timeline', '', ...markdownTable(['after', 'outcome', 'component', 'check', 'detail'], rows)];
}

/** The walk as one table, and what each phase told, a level deeper. */
function walkLines({ phases, error }: WalkReport, style: Style): string[] {
  const rows = phases.map(({ name, verdict, durationMs, summary }) => [
    name,
    verdict,
    durationText(durationMs),
    escapeMarkdown(summary),
  ]);
  return [
    ...(error === undefined ? [] : ['', `**error**: ${escapeMarkdown(error.message)}`]),
    '',
    ...markdownTable(['phase', 'verdict', 'time', 'what it found or did'], rows),
    ...phases.flatMap(({ name, report }) => {
      const lines = report === undefined ? [] : phaseLines(report, style);
      return lines.length === 0 ? [] : ['', `## ${name}`, ...lines.map((line) => line.replace(/^(#+) /, '#$1 '))];
    }),
  ];
}

function phaseLines(report: NonNullable<Phase['report']>, style: Style): string[] {
  if (report.command === 'audit') return auditLines(report, style);
  if (report.command === 'verify') return verifyLines(report, style);
  return report.outcomes.length === 0 ? [] : ['', ...outcomeMarkdown(report.outcomes)];
}
