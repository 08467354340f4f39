/** One claim and what became of it, as CI systems show it. */
export interface JunitCase {
  readonly classname: string;
  readonly name: string;
  readonly seconds?: number;
  readonly file?: string;
  readonly line?: number;
  /** Left out where it passed. */
  readonly outcome?: {
    readonly is: 'failure' | 'error' | 'skipped';
    readonly type: string;
    readonly message: string;
    /** All that there is to say, where it is more than the message. */
    readonly text?: string;
  };
  /** Words to a case that passed. */
  readonly note?: string;
}

export interface JunitSuite {
  readonly name: string;
  /** UTC, ISO 8601. */
  readonly timestamp: string;
  readonly cases: readonly JunitCase[];
}

/** A JUnit report of suites, ending in a line break. Texts may hold anything. */
export function junitXml(suites: readonly JunitSuite[]): string {
  const lines = suites.flatMap((suite) => [
    `  <testsuite ${attributes({ name: suite.name, timestamp: suite.timestamp, ...counts(suite.cases) })}>`,
    ...suite.cases.flatMap(caseLines),
    '  </testsuite>',
  ]);
  const all = attributes(counts(suites.flatMap(({ cases }) => cases)));
  return ['<?xml version="1.0" encoding="UTF-8"?>', `<testsuites ${all}>`, ...lines, '</testsuites>', ''].join('\n');
}

function counts(cases: readonly JunitCase[]): Record<string, number> {
  const of = (kind: string): number => cases.filter(({ outcome }) => outcome?.is === kind).length;
  return { tests: cases.length, failures: of('failure'), errors: of('error'), skipped: of('skipped') };
}

function caseLines({ outcome, note, seconds, ...rest }: JunitCase): string[] {
  const start = `    <testcase ${attributes({ ...rest, time: seconds?.toFixed(3) })}`;
  if (outcome !== undefined) {
    const { is, type, message, text = message } = outcome;
    return [`${start}>`, `      <${is} ${attributes({ type, message })}>${escaped(text)}</${is}>`, '    </testcase>'];
  }
  if (note === undefined) return [`${start}/>`];
  return [`${start}>`, `      <system-out>${escaped(note)}</system-out>`, '    </testcase>'];
}

function attributes(values: Readonly<Record<string, string | number | undefined>>): string {
  return Object.entries(values)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name}="${escaped(String(value))}"`)
    .join(' ');
}

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** What XML 1.0 cannot hold at all, not even as an entity, is left out. */
function escaped(text: string): string {
  return text
    .replace(/\p{Cs}/gu, '\ufffd')
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '')
    .replace(/[&<>"]/g, (character) => entities[character] ?? character)
    .replace(/[\t\n\r]/g, (character) => `&#${character.charCodeAt(0)};`);
}
