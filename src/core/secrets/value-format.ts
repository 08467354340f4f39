/** What the stack file can demand of a value. All given conditions must hold. */
export interface ValueFormat {
  /** Characters, not bytes. */
  readonly minLength?: number | undefined;
  /** A regular expression over the whole value. */
  readonly pattern?: string | undefined;
  readonly oneOf?: readonly string[] | undefined;
  readonly kind?: 'json' | 'pem' | 'url' | undefined;
  /** The value is base64 that decodes to at least this many bytes. */
  readonly minDecodedBytes?: number | undefined;
}

type Condition = (text: string, format: ValueFormat) => string | undefined;

const conditions: readonly Condition[] = [
  (text) => whitespaceViolation(text),
  (text, { minLength }) =>
    minLength !== undefined && Array.from(text).length < minLength
      ? `is shorter than ${minLength} characters`
      : undefined,
  (text, { pattern }) =>
    pattern !== undefined && !new RegExp(`^(?:${pattern})$`, 's').test(text) ? `does not match ${pattern}` : undefined,
  (text, { oneOf }) => (oneOf?.includes(text) === false ? `is none of ${oneOf.join(', ')}` : undefined),
  (text, { kind }) => (kind === undefined || isOfKind[kind](text) ? undefined : `is not ${kindWords[kind]}`),
  (text, { minDecodedBytes }) => decodedViolation(text, minDecodedBytes),
];

/**
 * What is wrong with a value, in words that never quote it; undefined when it fits. Whitespace around a value is
 * looked for whatever the format says.
 */
export function formatViolation(text: string, format: ValueFormat): string | undefined {
  for (const condition of conditions) {
    const violation = condition(text, format);
    if (violation !== undefined) return violation;
  }
  return undefined;
}

/** How the words end that tell of whitespace around a value. */
export function tellsWhitespace(words: string): boolean {
  return /(?:only|ends in|begins with) (?:whitespace|a line break)$/.test(words);
}

/**
 * `echo password | base64` is how a line break gets into a Secret, and then every login fails. A value of several
 * lines is a document (PEM, JSON), which may well end in one.
 */
function whitespaceViolation(text: string): string | undefined {
  const trimmed = text.trim();
  if (trimmed === text || /[\r\n]/.test(trimmed)) return undefined;
  if (trimmed === '') return 'is only whitespace';
  if (/[\r\n]$/.test(text)) return 'ends in a line break';
  return text === text.trimStart() ? 'ends in whitespace' : 'begins with whitespace';
}

const kindWords = { json: 'JSON', pem: 'PEM', url: 'a URL with a scheme and a host' } as const;

const isOfKind = {
  json: (text: string): boolean => {
    try {
      JSON.parse(text);
      return true;
    } catch {
      return false;
    }
  },
  pem: (text: string): boolean =>
    /^(?:-----BEGIN ([A-Z0-9 ]+)-----\r?\n[A-Za-z0-9+/=\r\n:,. -]+?-----END \1-----\s*)+$/.test(text.trimStart()),
  url: (text: string): boolean => URL.canParse(text) && new URL(text).host !== '',
} as const;

function decodedViolation(text: string, minDecodedBytes: number | undefined): string | undefined {
  if (minDecodedBytes === undefined) return undefined;
  if (!/^[A-Za-z0-9+/_-]+={0,2}$/.test(text)) return 'is not base64';
  const bytes = Math.floor((text.replace(/=+$/, '').length * 3) / 4);
  return bytes < minDecodedBytes ? `decodes to fewer than ${minDecodedBytes} bytes` : undefined;
}

/** What counts as a placeholder where no stack says it. */
export const defaultPlaceholders: readonly string[] = ['CHANGE_ME*', 'REPLACE_ME*', 'changeme*'];

/** What stands where a program or a person was to put the value: a mask, or a reference that nothing has filled in. */
const standIns: readonly RegExp[] = [
  /^[*•]+$/,
  /^\[?<?redacted>?\]?$/i,
  /^\$\{[^{}\n]*\}$/,
  /^\$\([^()\n]*\)$/,
  /^\{\{[^{}\n]*\}\}$/,
  /^<[A-Za-z][\w .-]*>$/,
  /^op:\/\/\S+$/,
  /^ENC\[AES256_GCM,.*\]$/s,
];

export function isStandIn(text: string): boolean {
  return standIns.some((pattern) => pattern.test(text));
}

/** Whether a value matches one of the patterns, in which `*` stands for anything. */
export function isPlaceholder(text: string, patterns: readonly string[]): boolean {
  return patterns.some((pattern) => wildcard(pattern).test(text));
}

function wildcard(pattern: string): RegExp {
  const escaped = pattern.split('*').map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${escaped.join('.*')}$`, 's');
}
