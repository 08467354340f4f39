import type { DrillReport } from '../core/drill/drill-report.ts';
import { refText } from '../core/kubernetes.ts';
import { faultWords, wrongOf } from './drill-text.ts';
import { durationText } from './layout.ts';
import { codeSpan, escapeMarkdown, markdownTable } from './markdown-text.ts';

/** Fit to be kept as evidence: who, when, with which version, and what the journal held. */
export function drillMarkdown(report: DrillReport): string[] {
  const { drill, recovery, backup, noticed, data, timeline, faults, sources } = report;
  const wrong = wrongOf(report);
  return [
    `- scenario ${codeSpan(drill.scenario)}: ${escapeMarkdown(drill.description)}`,
    `- by ${codeSpan(drill.operator)} with c2l ${codeSpan(drill.version)}${drill.manual ? ', recovered by people' : ''}`,
    `- sources ${sources.map(codeSpan).join(', ')}`,
    ...(backup === undefined ? [] : [`- ${backup.equal} of ${backup.required} required values equal to what ran`]),
    ...(drill.journalDigest === undefined ? [] : [`- journal ${codeSpan(drill.journalDigest)}`]),
    ...(recovery === undefined
      ? []
      : part('Recovery time', [
          ...markdownTable(
            ['phase', 'time'],
            [
              ...recovery.phases.map(({ name, durationMs }) => [name, durationText(durationMs)]),
              ['**in all**', `**${durationText(recovery.tookMs)}**, objective ${durationText(recovery.objectiveMs)}`],
            ],
          ),
        ])),
    ...rows(
      'What was broken',
      ['object', 'fault'],
      faults.map((fault) => [codeSpan(refText(fault.object)), escapeMarkdown(faultWords(fault))]),
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
      'Timeline',
      ['at', 'step', 'detail'],
      timeline.map(({ at, step, detail }) => [at, step, escapeMarkdown(detail)]),
    ),
    ...(wrong.length === 0
      ? []
      : part(
          'What went wrong',
          wrong.map((text) => `- ${escapeMarkdown(text)}`),
        )),
  ];
}

function part(title: string, lines: readonly string[]): string[] {
  return ['', `## ${title}`, '', ...lines];
}

function rows(title: string, titles: readonly string[], cells: readonly (readonly string[])[]): string[] {
  return cells.length === 0 ? [] : part(title, markdownTable(titles, cells));
}
