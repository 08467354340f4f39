import type { ApplicationState, AuditReport } from '../../core/audit/audit-report.ts';
import type { ComponentState } from '../../core/audit/component-state.ts';
import { refText } from '../../core/cluster/kubernetes.ts';
import { stackText } from '../../core/reports/report.ts';
import { isAside } from '../findings/finding-groups.ts';
import { findingsHtml } from '../findings/findings-html.ts';
import { setAsideFacts } from '../findings/set-aside-facts.ts';
import { typedNext } from '../head-text.ts';
import { htmlPage, htmlTable } from '../html-page.ts';
import { count } from '../layout.ts';
import { markup, type Markup } from '../markup.ts';
import type { Style } from '../style.ts';
import { auditSummary, nextAfterAudit, statesText, toldComponents } from './audit-text.ts';
import { causeGraph, type Tone } from './cause-graph.ts';
import { graphSvg } from './graph-svg.ts';
import { subjectPage, type SubjectTable } from './subject-page.ts';
import { stateTone } from './subject-text.ts';

export function auditHtml(report: AuditReport, style: Style): string {
  return htmlPage(`c2l audit: ${report.verdict}, ${report.context}`, [
    headMarkup(report, style),
    subjectMarkup(report, style),
    chainMarkup(report),
    findingsHtml(report, style),
    asideMarkup(report),
    componentsMarkup(report, style),
    applicationsMarkup(report.applications),
  ]);
}

function headMarkup(report: AuditReport, style: Style): Markup {
  const { verdict, context, server, namespaces, stack, takenAt } = report;
  const tone: Tone = verdict === 'ok' ? 'good' : verdict === 'problems' ? 'bad' : 'caution';
  return markup`<header>
<h1>c2l audit</h1>
<p class="summary"><span class="badge ${tone}">${verdict}</span>${auditSummary(report)}</p>
<dl>
<dt>context</dt><dd>${context}, ${server}</dd>
<dt>${namespaces.length === 1 ? 'namespace' : 'namespaces'}</dt><dd>${namespaces.join(', ')}</dd>
<dt>stack</dt><dd>${stack ?? stackText(report)}</dd>
<dt>taken</dt><dd><time datetime="${takenAt}">${takenAt}</time></dd>
<dt>next</dt><dd><code>${typedNext(report, nextAfterAudit(report), style)}</code></dd>
</dl>
</header>
`;
}

function subjectMarkup({ subject }: AuditReport, style: Style): Markup | undefined {
  if (subject === undefined) return undefined;
  const { title, tone, facts, tables } = subjectPage(subject, style);
  const told = facts.map(([label, text]) => markup`<dt>${label}</dt><dd>${text}</dd>\n`);
  return markup`<section>
<h2>${title}</h2>
<article class="${tone}">
<dl>
${told}</dl>
${tables.map(tableMarkup)}</article>
</section>
`;
}

function tableMarkup({ title, header, rows }: SubjectTable): Markup {
  const stateAt = header.indexOf('state');
  const cells = rows.map((row) => row.map((text, column) => (column === stateAt ? stateMarkup(text) : text)));
  return markup`<h3>${title}</h3>\n${rows.length === 0 ? undefined : htmlTable({ header, rows: cells })}`;
}

function stateMarkup(word: string): Markup {
  const tone = stateTone(word);
  return markup`<span class="${tone === 'dim' ? 'soft' : tone}">${word}</span>`;
}

function chainMarkup(report: AuditReport): Markup | undefined {
  const findings = report.findings.filter((finding) => !isAside(finding));
  const graph = causeGraph({ ...report, findings });
  if (graph.edges.length === 0) return undefined;
  const more =
    graph.rootsLeftOut === 0
      ? undefined
      : markup`<p class="soft">${count(graph.rootsLeftOut, 'more root cause')} not drawn; all are told below.</p>\n`;
  return markup`<section>
<h2>What holds up what</h2>
<div class="scroll">${graphSvg(graph)}</div>
${more}</section>
`;
}

function asideMarkup(report: AuditReport): Markup | undefined {
  const facts = setAsideFacts(report).map((fact) => markup`<p>${fact}</p>\n`);
  return facts.length === 0 ? undefined : markup`<section>\n<h2>Set aside</h2>\n${facts}</section>\n`;
}

const stateTones: Record<ComponentState['state'], Tone> = {
  ready: 'good',
  waiting: 'caution',
  stuck: 'bad',
  missing: 'bad',
  unknown: 'neutral',
};

/** Those that do not fit are folded, not left out. */
function componentsMarkup({ components, namespaces }: AuditReport, style: Style): Markup | undefined {
  if (components.length === 0) return undefined;
  const isOneNamespace = namespaces.length === 1;
  const { shown, left } = toldComponents(components, style);
  const folded =
    left.length === 0
      ? undefined
      : markup`<details><summary>${count(left.length, 'more component')}: ${statesText(left)}</summary>\n${componentTable(left, isOneNamespace)}</details>\n`;
  return markup`<section>
<h2>Components</h2>
${shown.length === 0 ? undefined : componentTable(shown, isOneNamespace)}${folded}</section>
`;
}

function componentTable(components: readonly ComponentState[], isOneNamespace: boolean): Markup {
  return htmlTable({
    header: [...(isOneNamespace ? [] : ['namespace']), 'component', 'state', 'detail'],
    rows: components.map(({ object, state, detail }) => [
      ...(isOneNamespace ? [] : [object.namespace]),
      refText(object),
      markup`<span class="${stateTones[state]}">${state}</span>`,
      detail,
    ]),
  });
}

function applicationsMarkup(applications: readonly ApplicationState[]): Markup | undefined {
  if (applications.length === 0) return undefined;
  const rows = applications.map(
    ({ name, health, sync }) =>
      markup`<tr><td>${name}</td><td class="${health === 'Healthy' ? 'good' : 'caution'}">${health}</td><td class="${sync === 'Synced' ? 'good' : 'caution'}">${sync}</td></tr>\n`,
  );
  return markup`<section>
<h2>Argo CD</h2>
<div class="scroll"><table>
<thead><tr><th>application</th><th>health</th><th>sync</th></tr></thead>
<tbody>
${rows}</tbody>
</table></div>
</section>
`;
}
