import type { DrillResult } from '../../core/drill/drill-report.ts';
import type { DrillHistoryReport } from '../../core/drill/drill-result.ts';
import { byScenario, endOf } from '../../core/drill/drill-trend.ts';
import { spokenDuration } from '../../core/watch/duration.ts';
import { typedNext } from '../head-text.ts';
import { htmlPage, htmlTable } from '../html-page.ts';
import { markup, type Markup } from '../markup.ts';
import type { Style } from '../style.ts';
import { doubtText, historySummary, nextAfterHistory, trendText } from './drill-history-text.ts';
import { trendSvg } from './drill-trend-svg.ts';
import { outcomeTone, timeWords } from './drill-words.ts';

/** The kept drills of each scenario, drawn beside each other. */
export function drillHistoryHtml(report: DrillHistoryReport, style: Style): string {
  const { results, context, server, namespaces, takenAt, journalNamespace } = report;
  return htmlPage(`c2l dr-drill history, ${context}`, [
    markup`<header>
<h1>c2l dr-drill history</h1>
<p class="summary">${[doubtText(report), historySummary(report)].filter((text) => text !== undefined).join(', ')}</p>
<dl>
<dt>context</dt><dd>${context}, ${server}</dd>
<dt>namespace</dt><dd>${namespaces.join(', ')}; kept in ${journalNamespace}</dd>
<dt>taken</dt><dd><time datetime="${takenAt}">${takenAt}</time></dd>
<dt>next</dt><dd><code>${typedNext(report, nextAfterHistory(report), style)}</code></dd>
</dl>
</header>
`,
    ...byScenario(results).map(scenarioMarkup),
  ]);
}

interface Group {
  readonly scenario: string;
  readonly results: readonly DrillResult[];
}

/** Few columns: what went wrong is a sentence, and a digest is as long as one. */
function scenarioMarkup({ scenario, results }: Group): Markup {
  const trend = trendSvg(results);
  const rows = results.map((result) => [
    result.takenAt,
    markup`<span class="${outcomeTone(endOf(result))}">${endOf(result)}</span>`,
    `${timeWords(result)}${result.recovery === undefined ? '' : `, objective ${spokenDuration(result.recovery.objectiveMs)}`}`,
    `${result.operator}, c2l ${result.version}`,
    markup`<div class="sentence">${result.wrong.join('; ')}</div>`,
    markup`<div class="digest">${result.journalDigest ?? ''}</div>`,
  ]);
  const header = ['begun', 'outcome', 'time', 'by', 'what went wrong', 'journal'];
  return markup`<section>
<h2>${scenario}</h2>
<p>${trendText(results)}</p>
${trend && markup`<div class="scroll">${trend}</div>\n`}${htmlTable({ header, rows })}</section>
`;
}
