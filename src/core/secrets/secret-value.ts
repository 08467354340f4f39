import { formatViolation, isPlaceholder, isStandIn, type ValueFormat } from './value-format.ts';

const redacted = '[redacted]';
/** Such bytes are their own text. */
const isAscii = /^[\u0000-\u007f]*$/;

/** What is shorter stands in texts by chance. */
const shortestPart = 4;

/** No limit of Kubernetes cuts sooner: 1,024 bytes of an event, of four bytes each. */
const shortestCut = 256;

/**
 * One value of a Secret. The text is unprintable by construction: string conversion, JSON, template strings and
 * `util.inspect` all give `[redacted]`. What core must know about a value it asks the value.
 */
export class SecretValue {
  /** The only form that is kept: a cluster has thousands of values, and most are never looked into. */
  readonly #base64: string;

  private constructor(base64: string) {
    this.#base64 = base64;
  }

  static fromText(text: string): SecretValue {
    const bytes = Array.from(new TextEncoder().encode(text), (byte) => String.fromCharCode(byte));
    return new SecretValue(btoa(bytes.join('')));
  }

  /** What kubelet reads of a Secret of type `kubernetes.io/dockerconfigjson`, with one login. */
  static dockerConfig(login: Readonly<Record<'registry' | 'user' | 'password', SecretValue>>): SecretValue {
    const [registry, username, password] = [login.registry, login.user, login.password].map((each) => each.reveal());
    const auth = SecretValue.fromText(`${username ?? ''}:${password ?? ''}`).revealBase64();
    return SecretValue.fromText(JSON.stringify({ auths: { [registry ?? '']: { username, password, auth } } }));
  }

  /** The encoding of `data` in a Secret. */
  static fromBase64(base64: string): SecretValue {
    return new SecretValue(base64);
  }

  /** Whether the bytes are UTF-8; a binary value is compared and written unchanged. */
  get isText(): boolean {
    return this.#decoded() !== undefined;
  }

  /** Only adapters call this: at the moment a value leaves c2l for the place it belongs. */
  reveal(): string {
    return this.#decoded() ?? '';
  }

  /** Only adapters call this: the form in which the API takes the value. */
  revealBase64(): string {
    return this.#base64;
  }

  get isEmpty(): boolean {
    return this.#base64 === '';
  }

  /** Of the bytes, not of their encoding: what the API's limit counts. */
  get byteLength(): number {
    return (this.#base64.length / 4) * 3 - (/=*$/.exec(this.#base64)?.[0].length ?? 0);
  }

  equals(other: SecretValue): boolean {
    return this.#base64 === other.#base64;
  }

  /** Whether it matches one of the stack's placeholder patterns such as `CHANGE_ME*`, which are as bad as missing. */
  isPlaceholder(patterns: readonly string[]): boolean {
    const text = this.#decoded();
    return text !== undefined && isPlaceholder(text, patterns);
  }

  /** Whether it is a mask, or a reference that nothing has filled in: no value at all. */
  get isStandIn(): boolean {
    return isStandIn(this.#decoded() ?? '');
  }

  /** What is wrong with the value by the stack's format, in words that do not quote it; undefined when nothing is. */
  violation(format: ValueFormat): string | undefined {
    const text = this.#decoded();
    return text === undefined ? 'is not text (its bytes are not UTF-8)' : formatViolation(text, format);
  }

  /**
   * Whether it is base64 that decodes to readable text, as a value that was encoded before it went into `data`. Random
   * bytes in base64 decode to bytes that are none.
   */
  get isEncodedText(): boolean {
    const text = this.#decoded()?.trim() ?? '';
    if (text.length < 12 || text.length % 4 !== 0 || !/^[A-Za-z0-9+/]+={0,2}$/.test(text)) return false;
    return /^[\u0020-\u007e]+[\r\n]*$/.test(atob(text));
  }

  /** Whether it is a whole line of a file that gives one of these names a value: `NAME='value'`, `name: value`. */
  isLineOf(names: readonly string[]): boolean {
    const line = /^\s*(?:export\s+)?["']?([\w.-]+)["']?\s*[=:]/.exec(this.#decoded() ?? '');
    return line?.[1] !== undefined && names.includes(line[1]);
  }

  /** Whether it is the line that a certificate or a key in PEM begins with, and no more of it. */
  get isPemStart(): boolean {
    return /^-----BEGIN [A-Z0-9 ]+-----\s*$/.test(this.#decoded() ?? '');
  }

  /** Whether it stands in quotes as a whole, as files hold values. */
  get isQuoted(): boolean {
    return /^(["'`]).*\1$/s.test(this.#decoded() ?? '');
  }

  /** The value that was encoded once too often; undefined where it was not. */
  decodedOnce(): SecretValue | undefined {
    const text = this.#decoded()?.trim() ?? '';
    return this.isEncodedText ? new SecretValue(text) : undefined;
  }

  /** The mistakes that drills make on purpose. */
  encodedAgain(): SecretValue {
    return SecretValue.fromText(this.#base64);
  }

  withLineBreak(): SecretValue {
    return new SecretValue(btoa(`${atob(this.#base64)}\n`));
  }

  #decoded(): string | undefined {
    const binary = atob(this.#base64);
    if (isAscii.test(binary)) return binary;
    try {
      const bytes = Uint8Array.from(binary, (character) => character.charCodeAt(0));
      return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    } catch {
      return undefined;
    }
  }

  /**
   * A text with this value replaced in each form in which programs print one: as it is, in base64, in a URL, in JSON,
   * and each longer line of several; also where the text was cut in the middle of one. A value of under four characters
   * counts only as a word of its own.
   */
  removeFrom(text: string, replacement: string): string {
    const own = this.#decoded() ?? '';
    const lines = own.split(/\r?\n/);
    const forms = [
      own,
      this.#base64,
      this.#base64.replace(/=+$/, ''),
      this.#base64.replace(/=+$/, '').replaceAll('+', '-').replaceAll('/', '_'),
      ...urlForms(own),
      JSON.stringify(own).slice(1, -1),
      own.trim(),
      ...(lines.length > 1 ? lines.map((line) => line.trim()).filter((line) => line.length >= shortestPart) : []),
    ];
    const distinct = [...new Set(forms)].filter((form) => form !== '').sort((a, b) => b.length - a.length);
    const whole = distinct.reduce((rest, form) => {
      if (form.length >= shortestPart) return rest.replaceAll(form, () => replacement);
      const word = form.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
      return rest.replace(new RegExp(`(?<!\\w)${word}(?!\\w)`, 'g'), () => replacement);
    }, text);
    return distinct.reduce((rest, form) => withoutCutEnd(rest, form, replacement), whole);
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

/** As browsers, Python and HTML forms encode a text for a URL; some write the digits small. */
function urlForms(text: string): string[] {
  const component = encodeURIComponent(text);
  const strict = component.replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
  const forms = [component, strict, strict.replaceAll('%20', '+')];
  return [...forms, ...forms.map((form) => form.replace(/%[0-9A-F]{2}/g, (digits) => digits.toLowerCase()))];
}

/** A log, an event and a termination message end where the limit is, maybe after the first half of a value. */
function withoutCutEnd(text: string, form: string, replacement: string): string {
  if (text.length < shortestCut) return text;
  const last = text.at(-1) ?? '';
  const longest = Math.min(form.length - 1, text.length);
  for (let length = longest; length >= shortestPart; length -= 1) {
    if (form[length - 1] === last && text.endsWith(form.slice(0, length))) {
      return text.slice(0, -length) + replacement;
    }
  }
  return text;
}
