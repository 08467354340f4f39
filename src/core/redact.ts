import type { SecretValue } from './secrets/secret-value.ts';

const redacted = '[redacted]';

/** What looks like a value wherever it stands, also one that c2l does not know. */
const suspicious: readonly (readonly [pattern: RegExp, replacement: string])[] = [
  [/-----BEGIN [^-]*-----[\s\S]*?(?:-----END [^-]*-----|$)/g, redacted],
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
  return suspicious.reduce(
    (clean, [pattern, replacement]) => clean.replace(pattern, replacement),
    withoutValues(text, values),
  );
}

/**
 * Without the given values alone, so that what a program wrote keeps its form. The longest goes first: of one that holds
 * another the rest would stay.
 */
export function withoutValues(text: string, values: Iterable<SecretValue>): string {
  return [...values]
    .sort((left, right) => right.byteLength - left.byteLength)
    .reduce((clean, value) => value.removeFrom(clean, redacted), text);
}
