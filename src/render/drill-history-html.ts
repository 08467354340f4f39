import type { DrillHistoryReport } from '../core/drill/drill-result.ts';
import { historySummary, nextAfterHistory } from './drill-history-text.ts';
import { trendSvg } from './drill-trend-svg.ts';
import { outcomeTone, timeWords } from './drill-words.ts';
import { typedNext } from './head-text.ts';
import { htmlPage, htmlTable } from './html-page.ts';
import { durationText } from './layout.ts';
import { markup, type Markup } from './markup.ts';
import type { Style } from './style.ts';

/** The kept drills of each scenario, drawn beside each other. */
export function drillHistoryHtml(report: DrillHistoryReport, style: Style): string {
  const { results, context, server, namespaces, takenAt, journalNamespace } = report;
  const scenarios = [...new Set(results.map(({ scenario }) => scenario))];
  return htmlPage(`c2l dr-drill history, ${context}`, [
    markup`<header>
<h1>c2l dr-drill history</h1>
<p class="summary">${historySummary(results)}</p>
<dl>
<dt>context</dt><dd>${context}, ${server}</dd>
<dt>namespace</dt><dd>${namespaces.join(', ')}; kept in ${journalNamespace}</dd>
<dt>taken</dt><dd><time datetime="${takenAt}">${takenAt}</time></dd>
<dt>next</dt><dd><code>${typedNext(report, nextAfterHistory(results), style)}</code></dd>
</dl>
</header>
`,
    ...scenarios.map((scenario) => scenarioMarkup(scenario, report)),
  ]);
}

function scenarioMarkup(scenario: string, { results }: DrillHistoryReport): Markup {
  const own = results.filter((result) => result.scenario === scenario);
  const trend = trendSvg(own);
  const rows = own.map((result) => [
    result.takenAt,
    markup`<span class="${outcomeTone(result.outcome)}">${result.outcome}</span>`,
    timeWords(result),
    result.recovery === undefined ? '' : durationText(result.recovery.objectiveMs),
    result.operator,
    result.version,
    result.wrong.join('; '),
    result.journalDigest ?? '',
  ]);
  const header = ['begun', 'outcome', 'time', 'objective', 'by', 'version', 'what went wrong', 'journal'];
  return markup`<section>
<h2>${scenario}</h2>
${trend && markup`<div class="scroll">${trend}</div>\n`}${htmlTable({ header, rows })}</section>
`;
}
