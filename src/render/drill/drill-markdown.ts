import { refText } from '../../core/cluster/kubernetes.ts';
import type { DrillReport } from '../../core/drill/drill-report.ts';
import { endOf } from '../../core/drill/drill-trend.ts';
import { beforeNextDrill } from '../../core/drill/next-drill.ts';
import { spokenDuration } from '../../core/watch/duration.ts';
import { durationText } from '../layout.ts';
import { codeSpan, escapeMarkdown, markdownTable } from '../markdown-text.ts';
import { faultWords, wrongOf } from './drill-text.ts';
import { backupWords, comparedWords, phaseText, recoveredBy, timeWords } from './drill-words.ts';

/** Fit to be kept as evidence: who, when, with which version, and what the journal held. */
export function drillMarkdown(report: DrillReport): string[] {
  const { drill, recovery, noticed, data, timeline, faults, spared, sources, components, earlier } = report;
  const backup = backupWords(report);
  const compared = comparedWords(report);
  return [
    `- scenario ${codeSpan(drill.scenario)}: ${escapeMarkdown(drill.description)}`,
    `- by ${codeSpan(drill.operator)} with c2l ${codeSpan(drill.version)}${recoveredBy(drill, ', ')}`,
    `- sources ${sources.map(codeSpan).join(', ')}`,
    ...(backup === undefined ? [] : [`- ${backup}`]),
    ...(drill.journalDigest === undefined ? [] : [`- journal ${codeSpan(drill.journalDigest)}`]),
    ...(recovery === undefined
      ? []
      : part('Recovery time', [
          ...markdownTable(
            ['phase', 'time'],
            [
              ...recovery.phases.map((phase) => [phase.name, phaseText(phase)]),
              ['**in all**', `**${durationText(recovery.tookMs)}**, objective ${spokenDuration(recovery.objectiveMs)}`],
            ],
          ),
          ...(compared === undefined ? [] : ['', escapeMarkdown(compared)]),
        ])),
    ...bullets('What went wrong', wrongOf(report)),
    ...bullets('Before the next drill', beforeNextDrill(report)),
    ...rows(
      'What was broken',
      ['object', 'fault'],
      [
        ...faults.map((fault) => [codeSpan(refText(fault.object)), escapeMarkdown(faultWords(fault))]),
        ...spared.map(({ object, reason }) => [codeSpan(refText(object)), `spared: it ${escapeMarkdown(reason)}`]),
      ],
    ),
    ...rows(
      'Noticed',
      ['by', 'after'],
      noticed.map(({ by, afterMs }) => [by, afterMs === undefined ? 'not before the recovery' : durationText(afterMs)]),
    ),
    ...rows(
      'Data',
      ['database', 'state', 'detail'],
      data.map(({ component, state, detail }) => [codeSpan(component), state, escapeMarkdown(detail)]),
    ),
    ...rows(
      'Components',
      ['component', 'state', 'from', 'to', 'detail'],
      components.flatMap(({ component, spans }) =>
        spans.map(({ state, fromMs, toMs, detail }, index) => [
          index === 0 ? codeSpan(component) : '',
          state,
          durationText(fromMs),
          durationText(toMs),
          escapeMarkdown(detail),
        ]),
      ),
    ),
    ...rows(
      'Earlier drills',
      ['begun', 'outcome', 'time', 'by', 'version', 'journal'],
      earlier.map((result) => [
        result.takenAt,
        endOf(result),
        timeWords(result),
        codeSpan(result.operator),
        codeSpan(result.version),
        result.journalDigest === undefined ? '' : codeSpan(result.journalDigest),
      ]),
    ),
    ...rows(
      'Timeline',
      ['at', 'step', 'detail'],
      timeline.map(({ at, step, detail }) => [at, step, escapeMarkdown(detail)]),
    ),
  ];
}

function part(title: string, lines: readonly string[]): string[] {
  return ['', `## ${title}`, '', ...lines];
}

function bullets(title: string, texts: readonly string[]): string[] {
  const lines = texts.map((text) => `- ${escapeMarkdown(text)}`);
  return lines.length === 0 ? [] : part(title, lines);
}

function rows(title: string, titles: readonly string[], cells: readonly (readonly string[])[]): string[] {
  return cells.length === 0 ? [] : part(title, markdownTable(titles, cells));
}
