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

export function isPlaceholder(text: string, patterns: readonly string[]): boolean {
  return patterns.some((pattern) => wildcard(pattern).test(text));
}

function wildcard(pattern: string): RegExp {
  const escaped = pattern.split('*').map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${escaped.join('.*')}$`, 's');
}

/** What is wrong with a value, in words that never quote it; undefined when it fits. */
export function formatViolation(text: string, format: ValueFormat): string | undefined {
  if (format.minLength !== undefined && [...text].length < format.minLength) {
    return `is shorter than ${format.minLength} characters`;
  }
  if (format.pattern !== undefined && !new RegExp(`^(?:${format.pattern})$`, 's').test(text)) {
    return `does not match ${format.pattern}`;
  }
  return undefined;
}
