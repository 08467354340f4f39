import { refText } from '../../core/cluster/kubernetes.ts';
import type { DrillReport } from '../../core/drill/drill-report.ts';
import { endOf } from '../../core/drill/drill-trend.ts';
import { beforeNextDrill } from '../../core/drill/next-drill.ts';
import { stackText } from '../../core/reports/report.ts';
import { spokenDuration } from '../../core/watch/duration.ts';
import { typedNext } from '../head-text.ts';
import { htmlPage, htmlTable, type HtmlTable } from '../html-page.ts';
import { durationText } from '../layout.ts';
import { markup, type Markup } from '../markup.ts';
import type { Style } from '../style.ts';
import { courseSvg } from './drill-course-svg.ts';
import { drillSummary, faultWords, nextAfterDrill, wrongOf } from './drill-text.ts';
import { trendSvg } from './drill-trend-svg.ts';
import {
  backupWords,
  comparedWords,
  outcomeTone,
  phaseText,
  phaseWords,
  recoveredBy,
  timeWords,
} from './drill-words.ts';

/** A drill as it can be filed: what was lost, how long it took to come back, and what shows that this is so. */
export function drillHtml(report: DrillReport, style: Style): string {
  return htmlPage(`c2l dr-drill ${report.drill.scenario}: ${endOf(report)}, ${report.context}`, [
    headMarkup(report, style),
    recoveryMarkup(report),
    section('What went wrong', listMarkup(wrongOf(report))),
    section('Before the next drill', listMarkup(beforeNextDrill(report))),
    section('What was broken', faultsMarkup(report)),
    section('Noticed', noticedMarkup(report)),
    section('Data', dataMarkup(report)),
    section('Earlier drills', earlierMarkup(report)),
    section('Journal', journalMarkup(report)),
  ]);
}

function headMarkup(report: DrillReport, style: Style): Markup {
  const { context, server, namespaces, stack, takenAt, drill, sources } = report;
  const end = endOf(report);
  const facts: (readonly [string, string | Markup | undefined])[] = [
    ['scenario', `${drill.scenario}: ${drill.description}`],
    ['by', `${drill.operator}, c2l ${drill.version}${recoveredBy(drill, '; ')}`],
    ['begun', markup`<time datetime="${takenAt}">${takenAt}</time>`],
    ['context', `${context}, ${server}`],
    ['namespace', namespaces.join(', ')],
    ['stack', stack ?? stackText(report)],
    ['sources', sources.length === 0 ? undefined : sources.join(', ')],
    ['backup', backupWords(report)],
    ['drill', drill.id],
    ['journal', drill.journalDigest],
    ['next', markup`<code>${typedNext(report, nextAfterDrill(report), style)}</code>`],
  ];
  const told = facts.map(([label, text]) => text && markup`<dt>${label}</dt><dd>${text}</dd>\n`);
  return markup`<header>
<h1>c2l dr-drill</h1>
<p class="summary"><span class="badge ${outcomeTone(end)}">${end}</span>${drillSummary(report)}</p>
<dl>
${told.map((each) => (each === '' ? undefined : each))}</dl>
</header>
`;
}

function section(title: string, body: Markup | undefined): Markup | undefined {
  return body && markup`<section>\n<h2>${title}</h2>\n${body}</section>\n`;
}

function recoveryMarkup(report: DrillReport): Markup | undefined {
  const { recovery } = report;
  if (recovery === undefined) return undefined;
  const { tookMs, objectiveMs, phases } = recovery;
  const course = courseSvg(report);
  const compared = comparedWords(report);
  const table: HtmlTable = {
    header: ['phase', 'time', 'share', 'what it is'],
    rows: phases.map((phase, index) => [
      markup`<span class="swatch p${index % 6}"></span>${phase.name}`,
      phaseText(phase),
      `${tookMs === 0 ? 0 : Math.round((phase.durationMs / tookMs) * 100)} %`,
      phaseWords[phase.name],
    ]),
  };
  return section(
    'Recovery',
    markup`<p><strong class="${tookMs > objectiveMs ? 'bad' : 'good'}">${durationText(tookMs)}</strong> of an objective of ${spokenDuration(objectiveMs)}${compared === undefined ? '' : `; ${compared}`}</p>
${course && markup`<div class="scroll">${course}</div>\n`}${course && legend}${htmlTable(table)}`,
  );
}

const legend = markup`<p class="soft key"><span class="swatch good"></span>ready <span class="swatch caution"></span>waiting <span class="swatch bad"></span>stuck or missing <span class="swatch neutral"></span>not readable; a dashed line: somebody noticed</p>
`;

function listMarkup(texts: readonly string[]): Markup | undefined {
  if (texts.length === 0) return undefined;
  return markup`<ul>\n${texts.map((text) => markup`<li>${text}</li>\n`)}</ul>\n`;
}

function tableOf(table: HtmlTable): Markup | undefined {
  return table.rows.length === 0 ? undefined : htmlTable(table);
}

function faultsMarkup({ faults, spared, evicted, kept }: DrillReport): Markup | undefined {
  return tableOf({
    header: ['object', 'what was done'],
    rows: [
      ...faults.map((fault) => [refText(fault.object), faultWords(fault)]),
      ...spared.map(({ object, reason }) => [refText(object), `spared: it ${reason}`]),
      ...evicted.map((pod) => [refText(pod), 'started anew: it uses what was broken']),
      ...kept.map(({ pod, reason }) => [refText(pod), `left running: ${reason}`]),
    ],
  });
}

function noticedMarkup({ noticed }: DrillReport): Markup | undefined {
  return tableOf({
    header: ['by', 'after'],
    rows: noticed.map(({ by, afterMs }) => [
      by,
      afterMs === undefined ? markup`<span class="caution">not before the recovery</span>` : durationText(afterMs),
    ]),
  });
}

function dataMarkup({ data }: DrillReport): Markup | undefined {
  const tones = { kept: 'good', lost: 'bad', 'not-tried': 'caution' } as const;
  return tableOf({
    header: ['database', 'row written before', 'detail'],
    rows: data.map(({ component, state, detail }) => [
      component,
      markup`<span class="${tones[state]}">${state}</span>`,
      detail,
    ]),
  });
}

function earlierMarkup(report: DrillReport): Markup | undefined {
  const { earlier, outcome, verdict, takenAt, drill, recovery } = report;
  if (earlier.length === 0) return undefined;
  const own = { takenAt, outcome, verdict, scenario: drill.scenario, ...(recovery === undefined ? {} : { recovery }) };
  const trend = trendSvg([own, ...earlier]);
  return markup`${trend && markup`<div class="scroll">${trend}</div>\n`}${htmlTable({
    header: ['begun', 'outcome', 'time', 'by', 'version', 'journal'],
    rows: earlier.map((result) => [
      result.takenAt,
      markup`<span class="${outcomeTone(endOf(result))}">${endOf(result)}</span>`,
      timeWords(result),
      result.operator,
      result.version,
      (result.journalDigest ?? '').slice(0, 19),
    ]),
  })}`;
}

function journalMarkup({ timeline }: DrillReport): Markup | undefined {
  return tableOf({
    header: ['at', 'step', 'what'],
    rows: timeline.map(({ at, step, detail }) => [at, step, detail]),
  });
}
