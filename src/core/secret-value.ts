import { formatViolation, isPlaceholder, type ValueFormat } from './value-format.ts';

const redacted = '[redacted]';

/**
 * One value of a Secret. The text is unprintable by construction: string conversion, JSON, template strings and
 * `util.inspect` all give `[redacted]`. What core must know about a value it asks the value.
 */
export class SecretValue {
  readonly #text: string;

  /** Whether the bytes were UTF-8; a binary value keeps its base64 only, and is compared and written unchanged. */
  readonly isText: boolean;
  readonly #base64: string;

  private constructor(text: string, base64: string, isText: boolean) {
    this.#text = text;
    this.#base64 = base64;
    this.isText = isText;
  }

  static fromText(text: string): SecretValue {
    const bytes = Array.from(new TextEncoder().encode(text), (byte) => String.fromCharCode(byte));
    return new SecretValue(text, btoa(bytes.join('')), true);
  }

  /** The encoding of `data` in a Secret. */
  static fromBase64(base64: string): SecretValue {
    const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
    try {
      return new SecretValue(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes), base64, true);
    } catch {
      return new SecretValue('', base64, false);
    }
  }

  /** Only adapters call this: at the moment a value leaves c2l for the place it belongs. */
  reveal(): string {
    return this.#text;
  }

  /** Only adapters call this: the form in which the API takes the value. */
  revealBase64(): string {
    return this.#base64;
  }

  get isEmpty(): boolean {
    return this.#base64 === '';
  }

  equals(other: SecretValue): boolean {
    return this.#base64 === other.#base64;
  }

  /** Whether it matches one of the stack's placeholder patterns such as `CHANGE_ME*`, which are as bad as missing. */
  isPlaceholder(patterns: readonly string[]): boolean {
    return this.isText && isPlaceholder(this.#text, patterns);
  }

  /** What is wrong with the value by the stack's format, in words that do not quote it; undefined when nothing is. */
  violation(format: ValueFormat): string | undefined {
    return this.isText ? formatViolation(this.#text, format) : 'is not text (its bytes are not UTF-8)';
  }

  toString(): string {
    return redacted;
  }

  toJSON(): string {
    return redacted;
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return redacted;
  }
}
