import { refText } from '../../core/cluster/kubernetes.ts';
import type { DrillReport } from '../../core/drill/drill-report.ts';
import { endOf } from '../../core/drill/drill-trend.ts';
import { spokenDuration } from '../../core/watch/duration.ts';
import { junitXml, type JunitCase } from '../junit.ts';
import { durationText } from '../layout.ts';
import { drillSummary, faultWords, wrongOf } from './drill-text.ts';
import { backupWords } from './drill-words.ts';

/** What a drill claims, each claim a case: that it recovered, in time, without loss, and how each phase went. */
export function drillJunit(report: DrillReport): string {
  const { drill, takenAt, recovery } = report;
  const classname = `dr-drill.${drill.scenario}`;
  const phases = (recovery?.phases ?? []).map(({ name, durationMs }): JunitCase => ({
    classname: `${classname}.phase`,
    name,
    seconds: durationMs / 1000,
  }));
  return junitXml([
    {
      name: `c2l dr-drill: ${drill.scenario}`,
      timestamp: takenAt,
      cases: [
        recoveryCase(report, classname),
        ...objectiveCases(report, classname),
        ...backupCases(report, classname),
        ...dataCases(report, classname),
      ],
    },
    { name: 'c2l dr-drill: phases', timestamp: takenAt, cases: phases },
  ]);
}

function recoveryCase(report: DrillReport, classname: string): JunitCase {
  const { outcome, recovery, faults } = report;
  const common = { classname, name: 'everything comes back', ...(recovery && { seconds: recovery.tookMs / 1000 }) };
  const message = drillSummary(report);
  const wrong = wrongOf(report);
  const text = [message, ...wrong].join('\n');
  if (outcome === 'planned') return { ...common, outcome: { is: 'skipped', type: outcome, message } };
  if (outcome === 'not-started') return { ...common, outcome: { is: 'error', type: outcome, message, text } };
  if (outcome === 'not-recovered') return { ...common, outcome: { is: 'failure', type: endOf(report), message, text } };
  const broken = faults.map((fault) => `${refText(fault.object)}: ${faultWords(fault)}`);
  return { ...common, note: [message, ...broken, ...wrong].join('\n') };
}

function objectiveCases({ recovery }: DrillReport, classname: string): JunitCase[] {
  if (recovery === undefined) return [];
  const { tookMs, objectiveMs } = recovery;
  const common = { classname, name: 'within its objective', seconds: tookMs / 1000 };
  const message = `took ${durationText(tookMs)}, objective ${spokenDuration(objectiveMs)}`;
  return [
    tookMs > objectiveMs
      ? { ...common, outcome: { is: 'failure', type: 'too-late', message } }
      : { ...common, note: message },
  ];
}

function backupCases(report: DrillReport, classname: string): JunitCase[] {
  const message = backupWords(report);
  if (message === undefined || report.backup === undefined) return [];
  const common = { classname, name: 'the backup holds what runs' };
  const isWhole = report.backup.equal === report.backup.required;
  return [isWhole ? { ...common, note: message } : { ...common, outcome: { is: 'failure', type: 'backup', message } }];
}

function dataCases({ data }: DrillReport, classname: string): JunitCase[] {
  return data.map(({ component, state, detail }) => {
    const common = { classname, name: `${component} keeps its data` };
    if (state === 'kept') return { ...common, note: detail };
    const is = state === 'lost' ? 'failure' : 'skipped';
    return { ...common, outcome: { is, type: state, message: detail } };
  });
}
