import type { LocatedFinding, ValidateReport } from '../../core/reports/file-reports.ts';
import { junitXml, type JunitCase } from '../junit.ts';
import { count } from '../../core/list-text.ts';

/** Each finding a case: errors fail it, what could not be read is an error of the run, warnings pass with a word. */
export function validationJunit({ findings, ignored, takenAt, objects }: ValidateReport): string {
  const cases = [
    ...findings.filter(({ severity, code }) => severity !== 'info' || code === 'unreadable').map(toCase),
    ...ignored.map(toSkipped),
  ];
  const whole = { classname: 'c2l validate', name: `every required key is provided (${count(objects, 'object')})` };
  return junitXml([{ name: 'c2l validate', timestamp: takenAt, cases: cases.length === 0 ? [whole] : cases }]);
}

function toSkipped(finding: ValidateReport['ignored'][number]): JunitCase {
  const { reason, until } = finding.ignored;
  return {
    ...toCase(finding),
    outcome: { is: 'skipped', type: 'ignored', message: `ignored until ${until}: ${reason}` },
  };
}

function toCase({ id, code, severity, message, fix, locations: [place] }: LocatedFinding): JunitCase {
  const text = place === undefined ? `${message}; ${fix}` : `${place.file}:${place.line}: ${message}; ${fix}`;
  const head = { classname: code, name: id, ...place };
  if (code === 'unreadable') return { ...head, outcome: { is: 'error', type: code, message: text } };
  return severity === 'error'
    ? { ...head, outcome: { is: 'failure', type: code, message: text } }
    : { ...head, note: text };
}
