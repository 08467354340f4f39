import { refId, refText, type ObjectRef } from '../../core/cluster/kubernetes.ts';
import type { Finding } from '../../core/findings/findings.ts';
import { causeGraph, type GraphSource } from '../audit/cause-graph.ts';
import { mermaidLines } from '../audit/mermaid.ts';
import { cut } from '../cut.ts';
import { count } from '../layout.ts';
import { codeSpan, escapeMarkdown, markdownTable } from '../markdown-text.ts';
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
import { cutText, fixesOf, groupTitle } from './findings-text.ts';

/** Root causes with what stands beneath each, the chain as a picture, and what could not be read. */
export function findingsMarkdown(source: GraphSource, style: Style): string[] {
  const told = source.findings.filter((finding) => !isAside(finding));
  const groups = groupFindings(told);
  const { shown, rest } = cut(groups, 'root cause', style);
  return [
    ...(groups.length === 0 ? [] : ['', '## Root causes']),
    ...shown.flatMap((group) => groupLines(group, source, style)),
    ...(rest === undefined ? [] : ['', escapeMarkdown(rest)]),
    ...chainLines({ ...source, findings: told }),
    ...gapLines(source.findings),
    ...optionalLines(source.findings),
    ...unusedLines(source.findings),
  ];
}

function groupLines(group: FindingGroup, source: GraphSource, style: Style): string[] {
  const facts = [
    ...usersOf(group, style),
    ...blockedLines(group, source, style),
    ...nextStartLines(group, style),
    ...effectLines(group, style),
    ...adviceOf(group, style).map(([label, text]) => `- ${label}: ${escapeMarkdown(text)}`),
    ...fixesOf(group, style).map((fix) => `- fix: ${codeSpan(fix)}`),
    `- meaning: ${codeSpan(`c2l explain ${group.code}`)}`,
  ];
  return [
    '',
    `### ${group.severity.toUpperCase()}: ${escapeMarkdown(groupTitle(group, source))}`,
    ...keyTable(group, style),
    '',
    ...facts,
  ];
}

function keyTable({ code, findings }: FindingGroup, style: Style): string[] {
  if (!isKeyCode(code)) return [];
  const isInvalid = code === 'secret-value-invalid';
  const { shown, rest } = cut(findings, 'key', style);
  const rows = shown.map((finding) => [
    codeSpan(finding.key ?? ''),
    isInvalid ? escapeMarkdown(finding.message) : neededText(finding, style),
  ]);
  const lines = markdownTable(['key', isInvalid ? 'what is wrong' : 'needed by'], rows);
  return ['', ...lines, ...(rest === undefined ? [] : ['', escapeMarkdown(rest)])];
}

function neededText({ references }: Finding, style: Style): string {
  return escapeMarkdown(cutText(neededBy(references).map(refText), style));
}

function usersOf({ code, findings }: FindingGroup, style: Style): string[] {
  if (isKeyCode(code)) return [];
  return findings.flatMap((finding) => [
    ...(finding.object.namespace === '' ? [] : [`- namespace: ${codeSpan(finding.object.namespace)}`]),
    ...((finding.keys ?? []).length === 0 ? [] : [`- keys: ${escapeMarkdown(cutText(finding.keys ?? [], style))}`]),
    ...(neededBy(finding.references).length === 0 ? [] : [`- needed by: ${neededText(finding, style)}`]),
  ]);
}

function blockedLines({ code, blocks }: FindingGroup, { components }: GraphSource, style: Style): string[] {
  if (blocks.length === 0) return [];
  const isKnown = blocks.some((object) => components.some((component) => refId(component.object) === refId(object)));
  const paths = isKnown ? chains(blocks, components) : blocks.map(({ name }: ObjectRef) => name);
  const text = escapeMarkdown(cutText(paths, style).replaceAll(' -> ', ' → '));
  return [`- ${holdsUpWord(code)} ${count(blocks.length, 'workload')}: ${text}`];
}

function nextStartLines(group: FindingGroup, style: Style): string[] {
  const refs = failingNextStarts(group);
  if (refs.length === 0) return [];
  return [`- next start fails of ${nextStartsOf(refs)}: ${escapeMarkdown(cutText(refs.map(refText), style))}`];
}

function effectLines(group: FindingGroup, style: Style): string[] {
  const effects = otherEffects(group).map(({ message }) => message);
  return effects.length === 0 ? [] : [`- because of it: ${escapeMarkdown(cutText(effects, style))}`];
}

function chainLines(source: GraphSource): string[] {
  const graph = causeGraph(source);
  if (graph.edges.length === 0) return [];
  const more = graph.rootsLeftOut === 0 ? [] : ['', `${count(graph.rootsLeftOut, 'more root cause')} not drawn.`];
  return ['', '## What holds up what', '', '```mermaid', ...mermaidLines(graph), '```', ...more];
}

function gapLines(findings: readonly Finding[]): string[] {
  const gaps = findings.filter(({ code }) => code === 'unreadable');
  if (gaps.length === 0) return [];
  return [
    '',
    '## Not read: neither healthy nor missing',
    '',
    ...gaps.map(({ message }) => `- ${escapeMarkdown(message)}`),
  ];
}

function optionalLines(findings: readonly Finding[]): string[] {
  const absent = findings.filter(({ code }) => code === 'optional-key-absent');
  if (absent.length === 0) return [];
  const names = absent.map(({ key, secret, object }) => codeSpan(key ?? secret ?? object.name));
  return [
    '',
    `${count(absent.length, 'optional key')} absent, nothing waits for ${absent.length === 1 ? 'it' : 'them'}: ${names.join(', ')}`,
  ];
}

function unusedLines(findings: readonly Finding[]): string[] {
  const unused = findings.filter(({ code }) => code === 'secret-unused');
  if (unused.length === 0) return [];
  const names = unused.map(({ object }) => codeSpan(`${object.namespace}/${object.name}`));
  return ['', `nothing here names ${count(unused.length, 'Secret')}: ${names.join(', ')}`];
}
