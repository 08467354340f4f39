import { jsonAt } from '../json-path.ts';
import { parsedJson } from '../parsed-json.ts';
import type { StackCheck } from '../stack/stack.ts';

export type HttpCheck = Extract<StackCheck, { kind: 'http' }>;

export interface HttpJudgement {
  readonly isExpected: boolean;
  /** What was answered: the status and the fields asked for, never the body. */
  readonly detail: string;
}

/** Compares an answer with what the stack expects of it. */
export function judgeHttpAnswer(
  check: Pick<HttpCheck, 'status' | 'json'>,
  answer: { readonly status: number; readonly body: string },
): HttpJudgement {
  const fields = Object.entries(check.json);
  const document = fields.length === 0 ? undefined : parsedJson(answer.body);
  const answered = `answered ${answer.status}`;
  if (fields.length > 0 && document === undefined) {
    const instead = answer.status === check.status ? '' : ` instead of ${check.status}`;
    return { isExpected: false, detail: `${answered}${instead}, and not with JSON` };
  }
  const said = fields.map(([path, expected]) => {
    const found = jsonAt(document, path);
    const isExpected = found === expected;
    // What was expected stands in the stack file: it is nobody's secret.
    const shown = isExpected ? JSON.stringify(expected) : spoken(found);
    return { isExpected, text: `${path} is ${shown}${isExpected ? '' : ` instead of ${JSON.stringify(expected)}`}` };
  });
  const isStatus = answer.status === check.status;
  return {
    isExpected: isStatus && said.every(({ isExpected }) => isExpected),
    detail: [isStatus ? answered : `${answered} instead of ${check.status}`, ...said.map(({ text }) => text)].join(
      ', ',
    ),
  };
}

const stateWords: ReadonlySet<string> = new Set([
  'connected',
  'degraded',
  'disconnected',
  'down',
  'error',
  'false',
  'healthy',
  'ok',
  'starting',
  'true',
  'unhealthy',
  'unknown',
  'unreachable',
  'up',
]);

/** A health answer may quote connection strings, and a password may look like a word: only known words are repeated. */
function spoken(found: unknown): string {
  if (found === undefined) return 'absent';
  if (typeof found === 'number' || typeof found === 'boolean' || found === null) return String(found);
  return typeof found === 'string' && stateWords.has(found.toLowerCase()) ? `"${found}"` : 'another value';
}
