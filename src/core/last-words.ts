import { redact } from './redact.ts';
import type { SecretValue } from './secret-value.ts';

const longest = 160;
const telling =
  /\b(?:error|err|fatal|panic|exception|cannot|can't|could not|couldn't|failed|failure|refused|denied|missing|undefined|unset|required|invalid|not found|no such|unable|timed? ?out)\b/i;

/** Colours and the like: a terminal would act on them. */
const escapes = /\u001b\[[0-9;?]*[A-Za-z]|[\u0000-\u0008\u000b-\u001f\u007f]/g;

/** The line of a log's end that tells best why the program ended, free of values; undefined where it says nothing. */
export function lastWords(log: string, values: Iterable<SecretValue>): string | undefined {
  // Before it is cut into lines, so that a value of several lines is found.
  const lines = redact(log.replace(escapes, ''), values)
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
  const line = lines.findLast((each) => telling.test(each)) ?? lines.at(-1);
  return line === undefined || line.length <= longest ? line : `${line.slice(0, longest - 1)}…`;
}
