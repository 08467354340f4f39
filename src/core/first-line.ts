import { redact } from './redact.ts';
import type { SecretValue } from './secrets/secret-value.ts';

const longest = 120;

/** Colours, control characters and the tags of a page: none of it is for a person at a terminal. */
const markup =
  /\u001b\[[0-9;?]*[A-Za-z]|[\u0000-\u0009\u000b-\u001f\u007f-\u009f]|<(?:script|style)\b[\s\S]*?<\/(?:script|style)>|<[^>]*>/gi;

/** How an answer begins that was not the expected one, without values; undefined where it says nothing. */
export function firstLine(body: string, values: Iterable<SecretValue>): string | undefined {
  const known = [...values];
  // A value of several lines is found in the whole alone.
  const [line] = redact(body.slice(0, 8192), known)
    .replace(markup, ' ')
    .split('\n')
    .map((each) => each.replaceAll(/\s+/g, ' ').trim())
    .filter((each) => each !== '');
  if (line === undefined) return undefined;
  return line.length <= longest ? line : `${line.slice(0, longest - 1)}…`;
}
