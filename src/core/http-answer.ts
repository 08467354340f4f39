import { jsonAt } from './json-path.ts';
import type { StackCheck } from './stack.ts';

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
  const document = fields.length === 0 ? undefined : parsed(answer.body);
  const answered = `answered ${answer.status}`;
  if (fields.length > 0 && document === undefined) {
    const instead = answer.status === check.status ? '' : ` instead of ${check.status}`;
    return { isExpected: false, detail: `${answered}${instead}, and not with JSON` };
  }
  const said = fields.map(([path, expected]) => {
    const found = jsonAt(document, path);
    const isExpected = found === expected;
    return { isExpected, text: `${path} is ${spoken(found)}${isExpected ? '' : ` instead of ${spoken(expected)}`}` };
  });
  const isStatus = answer.status === check.status;
  return {
    isExpected: isStatus && said.every(({ isExpected }) => isExpected),
    detail: [isStatus ? answered : `${answered} instead of ${check.status}`, ...said.map(({ text }) => text)].join(
      ', ',
    ),
  };
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

/** A health answer may quote connection strings in its errors: only what looks like a state is repeated. */
function spoken(found: unknown): string {
  if (found === undefined) return 'absent';
  if (typeof found === 'number' || typeof found === 'boolean' || found === null) return String(found);
  if (typeof found === 'string' && /^[a-z][a-z _-]{0,30}$/i.test(found)) return `"${found}"`;
  return 'something else';
}
