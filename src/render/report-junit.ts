import type { AuditReport } from '../core/audit/audit-report.ts';
import type { AuditSubject, ReferenceState } from '../core/audit/audit-subject.ts';
import type { ComponentState } from '../core/audit/component-state.ts';
import { refText } from '../core/cluster/kubernetes.ts';
import type { Finding } from '../core/findings/findings.ts';
import type { CheckResult, VerifyReport } from '../core/verify/verify-report.ts';
import { stateWord } from './audit/subject-text.ts';
import { holdsUpWord } from './findings/finding-groups.ts';
import { junitXml, type JunitCase } from './junit.ts';

/** A report as CI systems read it: an error is a failure, what could not be looked at an error of the test. */
export function reportJunit(report: AuditReport | VerifyReport): string {
  const timestamp = report.takenAt;
  // Failed checks stand as checks already; what explains them does not.
  const told = report.findings.filter(({ code }) => report.command === 'audit' || code !== 'check-failed');
  const own = report.command === 'audit' ? ownCases(report) : { name: 'checks', cases: report.checks.map(checkCase) };
  return junitXml([
    { name: `c2l ${report.command}: findings`, timestamp, cases: [...told.map(findingCase), ...asideCases(report)] },
    { name: `c2l ${report.command}: ${own.name}`, timestamp, cases: own.cases },
  ]);
}

/** Only an error fails, as in the verdict; a warning is a test that passed and says something. */
function findingCase(finding: Finding): JunitCase {
  const { id, code, severity, object, message, fix, blocks, owner } = finding;
  const common = { classname: `${object.namespace === '' ? 'cluster' : object.namespace}.${code}`, name: id };
  const blocked = blocks.length === 0 ? [] : [`${holdsUpWord(code)}: ${blocks.map(refText).join(', ')}`];
  const repair = owner === undefined ? [] : [`owner: ${owner.repair}`];
  const text = [message, ...blocked, ...repair, `fix: ${fix}`, `c2l explain ${code}`].join('\n');
  if (code === 'unreadable') return { ...common, outcome: { is: 'error', type: code, message, text } };
  if (severity === 'error') return { ...common, outcome: { is: 'failure', type: code, message, text } };
  return { ...common, note: `${severity}: ${text}` };
}

/** Not run, as it were: neither a success nor a failure. */
function asideCases(report: AuditReport | VerifyReport): JunitCase[] {
  if (report.command !== 'audit') return [];
  const skip = (finding: Finding, type: string, message: string): JunitCase => ({
    ...findingCase(finding),
    outcome: { is: 'skipped', type, message },
  });
  return [
    ...report.ignored.map((finding) =>
      skip(finding, 'ignored', `ignored until ${finding.ignored.until}: ${finding.ignored.reason}`),
    ),
    ...(report.baseline?.known ?? []).map((finding) => skip(finding, 'known', `known before: ${finding.message}`)),
  ];
}

function ownCases({ subject, components }: AuditReport): {
  readonly name: string;
  readonly cases: readonly JunitCase[];
} {
  return subject === undefined
    ? { name: 'components', cases: components.map(componentCase) }
    : { name: refText(subject.object), cases: subjectCases(subject) };
}

/** Each place that a workload needs a Secret in, or each key of a Secret. */
function subjectCases(subject: AuditSubject): JunitCase[] {
  const { object } = subject;
  const toCase = (
    place: string,
    name: string,
    state: Pick<ReferenceState, 'state' | 'optional' | 'detail'>,
  ): JunitCase => {
    const common = { classname: [object.namespace, object.name, place].filter((part) => part !== '').join('.'), name };
    const word = stateWord(state);
    const message = state.detail ?? word;
    if (word === 'ok') return common;
    if (word === 'absent') return { ...common, note: 'optional, and absent' };
    // What it comes to is a finding, which is one only where it hurts.
    if (state.state === 'kept') return { ...common, note: message };
    return {
      ...common,
      outcome: { is: state.state === 'unreadable' ? 'error' : 'failure', type: state.state, message },
    };
  };
  if (subject.kind === 'secret')
    return subject.keys.map((use) => toCase('', use.key, { ...use, optional: !use.required }));
  const places = [
    ...subject.containers.map(({ name, references }) => [name, references] as const),
    ['volumes and image pulls', subject.references] as const,
  ];
  return places.flatMap(([place, references]) =>
    references.map((reference) =>
      toCase(place, `${reference.secret} ${reference.key ?? '(all of it)'} by ${reference.via}`, reference),
    ),
  );
}

/** What keeps a component from being ready is a finding of its own, and fails there. */
function componentCase({ component, object, state, detail }: ComponentState): JunitCase {
  const common = { classname: `${object.namespace}.${object.kind}`, name: component };
  return state === 'ready'
    ? common
    : { ...common, outcome: { is: 'skipped', type: state, message: `${state}: ${detail}` } };
}

function checkCase({ component, name, outcome, critical, detail: seen, durationMs, likely }: CheckResult): JunitCase {
  const detail = likely === undefined ? seen : `${seen}; ${likely.cause}`;
  const common = { classname: component, name, seconds: durationMs / 1000 };
  switch (outcome) {
    case 'pass':
      return detail === '' ? common : { ...common, note: detail };
    case 'fail':
      return critical
        ? { ...common, outcome: { is: 'failure', type: 'check-failed', message: detail } }
        : { ...common, note: `warning: ${detail}` };
    case 'skipped':
      return { ...common, outcome: { is: 'skipped', type: 'skipped', message: detail } };
    case 'unreadable':
      return { ...common, outcome: { is: 'error', type: 'unreadable', message: detail } };
  }
}
