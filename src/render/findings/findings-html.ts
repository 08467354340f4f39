import type { AuditReport } from '../../core/audit/audit-report.ts';
import { refText } from '../../core/cluster/kubernetes.ts';
import type { Finding } from '../../core/findings/findings.ts';
import type { Tone } from '../audit/cause-graph.ts';
import { count } from '../layout.ts';
import { markup, type Markup } from '../markup.ts';
import type { Style } from '../style.ts';
import { chains } from './chains.ts';
import { adviceOf } from './finding-advice.ts';
import {
  failingNextStarts,
  groupFindings,
  holdsUpWord,
  isAside,
  isKeyCode,
  neededBy,
  nextStartsOf,
  otherEffects,
  type FindingGroup,
} from './finding-groups.ts';
import { groupTitle, fixesOf } from './findings-text.ts';

const tones = { error: 'bad', warning: 'caution', info: 'neutral' } as const satisfies Record<string, Tone>;

/** Everything that was found. Beyond the limit it is folded, not left out. */
export function findingsHtml(report: AuditReport, style: Style): Markup {
  const told = report.findings.filter((finding) => !isAside(finding));
  const articles = groupFindings(told).map((group) => groupMarkup(group, report, style));
  return markup`${section('Root causes', articles, style)}${gapsMarkup(report.findings)}${optionalMarkup(report.findings)}${unusedMarkup(report.findings)}`;
}

function section(title: string, articles: readonly Markup[], { limit }: Style): Markup | undefined {
  if (articles.length === 0) return undefined;
  const rest = articles.slice(limit);
  const folded =
    rest.length === 0
      ? undefined
      : markup`<details><summary>${count(rest.length, 'more root cause')}</summary>\n${rest}</details>\n`;
  return markup`<section>
<h2>${title}</h2>
${articles.slice(0, limit)}${folded}</section>
`;
}

function groupMarkup(group: FindingGroup, report: AuditReport, style: Style): Markup {
  const { severity, code, object } = group;
  const namespace = object.namespace === '' ? undefined : markup`<dt>namespace</dt><dd>${object.namespace}</dd>\n`;
  const effects = otherEffects(group).map(({ message }) => markup`<dt>because of it</dt><dd>${message}</dd>\n`);
  const advice = adviceOf(group, style).map(([label, text]) => markup`<dt>${label}</dt><dd>${text}</dd>\n`);
  const fixes = fixesOf(group, style).map((fix) => markup`<dt>fix</dt><dd><code>${fix}</code></dd>\n`);
  return markup`<article class="${tones[severity]}">
<h3><span class="badge ${tones[severity]}">${severity}</span>${groupTitle(group, report)}</h3>
${keyTable(group)}<dl>
${namespace}${usersMarkup(group)}${blocksMarkup(group, report)}${nextStartMarkup(group)}${effects}${advice}${fixes}<dt>meaning</dt><dd><code>c2l explain ${code}</code></dd>
</dl>
</article>
`;
}

function keyTable({ code, findings }: FindingGroup): Markup | undefined {
  if (!isKeyCode(code)) return undefined;
  const isInvalid = code === 'secret-value-invalid';
  const rows = findings.map(
    (finding) =>
      markup`<tr><td><code>${finding.key}</code></td><td>${isInvalid ? finding.message : usersText(finding)}</td></tr>\n`,
  );
  return markup`<div class="scroll"><table>
<thead><tr><th>key</th><th>${isInvalid ? 'what is wrong' : 'needed by'}</th></tr></thead>
<tbody>
${rows}</tbody>
</table></div>
`;
}

function usersMarkup({ code, findings }: FindingGroup): readonly Markup[] {
  if (isKeyCode(code)) return [];
  return findings.flatMap((finding) => [
    ...(finding.keys === undefined || finding.keys.length === 0
      ? []
      : [markup`<dt>keys</dt><dd>${finding.keys.join(', ')}</dd>\n`]),
    ...(usersText(finding) === '' ? [] : [markup`<dt>needed by</dt><dd>${usersText(finding)}</dd>\n`]),
  ]);
}

function usersText({ references }: Finding): string {
  return neededBy(references).map(refText).join(', ');
}

function blocksMarkup({ code, blocks }: FindingGroup, { components }: AuditReport): Markup | undefined {
  if (blocks.length === 0) return undefined;
  const paths = chains(blocks, components).map((path) => markup`<br>${path.replaceAll(' -> ', ' → ')}`);
  return markup`<dt>${holdsUpWord(code)}</dt><dd>${count(blocks.length, 'workload')}${paths}</dd>\n`;
}

function nextStartMarkup(group: FindingGroup): Markup | undefined {
  const refs = failingNextStarts(group);
  if (refs.length === 0) return undefined;
  return markup`<dt>next start fails</dt><dd>${nextStartsOf(refs)}: ${refs.map(refText).join(', ')}</dd>\n`;
}

function gapsMarkup(findings: readonly Finding[]): Markup | undefined {
  const gaps = findings.filter(({ code }) => code === 'unreadable');
  if (gaps.length === 0) return undefined;
  const items = gaps.map(({ message, fix }) => markup`<p>${message}<br><code>${fix}</code></p>\n`);
  return markup`<section>
<h2>Not read: neither healthy nor missing</h2>
<article class="caution">
${items}</article>
</section>
`;
}

function optionalMarkup(findings: readonly Finding[]): Markup | undefined {
  const absent = findings.filter(({ code }) => code === 'optional-key-absent');
  if (absent.length === 0) return undefined;
  const rows = absent.map(
    (finding) =>
      markup`<tr><td>${finding.key ?? finding.secret ?? finding.object.name}</td><td>${finding.object.namespace}</td><td>${usersText(finding)}</td></tr>\n`,
  );
  return markup`<details><summary>${count(absent.length, 'optional key')} absent, nothing waits for ${absent.length === 1 ? 'it' : 'them'}</summary>
<div class="scroll"><table>
<thead><tr><th>key</th><th>namespace</th><th>could use it</th></tr></thead>
<tbody>
${rows}</tbody>
</table></div></details>
`;
}

function unusedMarkup(findings: readonly Finding[]): Markup | undefined {
  const unused = findings.filter(({ code }) => code === 'secret-unused');
  if (unused.length === 0) return undefined;
  const rows = unused.map(({ object }) => markup`<tr><td>${object.name}</td><td>${object.namespace}</td></tr>\n`);
  return markup`<details><summary>nothing here names ${count(unused.length, 'Secret')}</summary>
<div class="scroll"><table>
<thead><tr><th>Secret</th><th>namespace</th></tr></thead>
<tbody>
${rows}</tbody>
</table></div></details>
`;
}
