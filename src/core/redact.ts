import type { SecretValue } from './secret-value.ts';

const redacted = '[redacted]';

/** What looks like a value wherever it stands, also one that c2l does not know. */
const suspicious: readonly (readonly [pattern: RegExp, replacement: string])[] = [
  [/-----BEGIN [^-]*-----.*/g, redacted],
  [/(:\/\/)[^/\s@]*@/g, `$1${redacted}@`],
  [/\b(bearer|basic)\s+\S+/gi, `$1 ${redacted}`],
  [
    /([\w.-]*(?:pass(?:word|wd|phrase)?|secret|token|credentials?|api[-_]?key|private[-_]?key|authorization)[\w.-]*["']?\s*[:=]\s*)(?:"[^"]*"?|'[^']*'?|[^\s,;]+)/gi,
    `$1${redacted}`,
  ],
  [/\beyJ[\w-]+\.[\w-]+(?:\.[\w-]*)?/g, redacted],
  // Long runs of letters and digits: keys, hashes, base64.
  [/(?=[\w+=]*\d)(?=[\w+=]*[A-Za-z])[\w+=]{20,}/g, redacted],
];

/** A text of a program of others, without the given values and without anything that looks like one. */
export function redact(text: string, values: Iterable<SecretValue>): string {
  let clean = text;
  for (const value of values) clean = value.removeFrom(clean, redacted);
  for (const [pattern, replacement] of suspicious) clean = clean.replace(pattern, replacement);
  return clean;
}
