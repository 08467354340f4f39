import { redact, withoutValues } from './redact.ts';
import type { SecretValue } from './secrets/secret-value.ts';

const longest = 160;
const telling =
  /\b(?:\w*error|err|fatal|panic|\w*exception|cannot|can't|could not|couldn't|failed|failure|refused|denied|missing|undefined|unset|required|invalid|not found|no such|unable|timed? ?out)\b/i;

/** Where a program was when it ended, in the words of Java, Node, Python, Go and .NET: never why. */
const stackFrame = /^(?:at |File "|\.\.\. \d+ more|goroutine \d|#\d+ |Node\.js v\d)/;

/** Colours and the like: a terminal would act on them. */
const escapes =
  /\u001b\[[0-9;?]*[A-Za-z]|\u001b\][^\u0007\u001b]*(?:\u0007|\u001b\\)|[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g;

/** The line of a log's end that tells best why the program ended, free of values; undefined where it says nothing. */
export function lastWords(log: string, values: Iterable<SecretValue>): string | undefined {
  const known = [...values];
  // Before it is cut into lines, so that a value of several lines is found.
  const lines = withoutValues(log.replace(escapes, ''), known)
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !stackFrame.test(line));
  const chosen = lines.findLast((each) => telling.test(each)) ?? lines.at(-1);
  if (chosen === undefined) return undefined;
  const line = redact(said(chosen), known);
  return line.length <= longest ? line : `${line.slice(0, longest - 1)}…`;
}

/** What a line of a JSON log says, without the time, the place in the source and the like around it. */
function said(line: string): string {
  if (!line.startsWith('{')) return line;
  try {
    const { msg, message, error, err } = JSON.parse(line) as Readonly<Record<string, unknown>>;
    const texts = [msg ?? message, error ?? err].filter((text) => typeof text === 'string' && text !== '');
    return texts.length === 0 ? line : texts.join(': ').replace(escapes, '').replace(/\s+/g, ' ').trim();
  } catch {
    return line;
  }
}
