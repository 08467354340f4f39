/** Where a value stands in JSON bytes: from its first byte up to the byte after its last. */
export interface JsonRange {
  readonly start: number;
  readonly end: number;
}

/** Told of each member of an object. Whoever walks over its value gives the end of it, so that no byte is read twice. */
type MemberVisitor = (key: string, valueStart: number) => number | undefined;

const quote = 0x22;
const backslash = 0x5c;
const comma = 0x2c;
const colon = 0x3a;
const openList = 0x5b;
const closeList = 0x5d;
const openObject = 0x7b;
const closeObject = 0x7d;

/** Finds values without parsing them; what it passes over may be no JSON. Throws SyntaxError where it is lost. */
export class JsonScan {
  readonly #bytes: Buffer;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  /** Bytes as text, for JSON.parse. */
  text(start: number, end: number): string {
    return this.#bytes.toString('utf8', start, end);
  }

  /** The first byte of what the text holds. */
  get start(): number {
    return this.#space(0);
  }

  isObject(at: number): boolean {
    return this.#bytes[at] === openObject;
  }

  /** Walks the object that begins at a byte and gives its end. Keys are as they are written, escapes and all. */
  object(start: number, visit: MemberVisitor): number {
    return this.#walk(start, [openObject, closeObject], (at) => {
      const keyEnd = this.#stringEnd(at);
      const key = this.text(at + 1, keyEnd - 1);
      const valueStart = this.#space(this.#expect(this.#space(keyEnd), colon));
      return visit(key, valueStart) ?? this.valueEnd(valueStart);
    });
  }

  /** Walks the list that begins at a byte and gives its end; `visit` gives the end of each item. */
  list(start: number, visit: (itemStart: number) => number): number {
    return this.#walk(start, [openList, closeList], visit);
  }

  valueEnd(start: number): number {
    const first = this.#bytes[start];
    if (first === quote) return this.#stringEnd(start);
    return first === openObject || first === openList ? this.#bracketEnd(start) : this.#scalarEnd(start);
  }

  #walk(start: number, [open, close]: readonly [number, number], visit: (at: number) => number): number {
    let at = this.#space(this.#expect(start, open));
    if (this.#bytes[at] === close) return at + 1;
    for (;;) {
      at = this.#space(visit(at));
      if (this.#bytes[at] === close) return at + 1;
      at = this.#space(this.#expect(at, comma));
    }
  }

  #expect(at: number, byte: number): number {
    if (this.#bytes[at] !== byte) throw new SyntaxError('not the JSON that was expected');
    return at + 1;
  }

  #space(at: number): number {
    let here = at;
    while (isSpace(this.#bytes[here])) here += 1;
    return here;
  }

  #stringEnd(start: number): number {
    const bytes = this.#bytes;
    for (let at = this.#expect(start, quote); at < bytes.length; at += 1) {
      if (bytes[at] === backslash) at += 1;
      else if (bytes[at] === quote) return at + 1;
    }
    throw new SyntaxError('a string without an end');
  }

  #bracketEnd(start: number): number {
    const bytes = this.#bytes;
    let depth = 0;
    for (let at = start; at < bytes.length; at += 1) {
      const byte = bytes[at];
      if (byte === quote) at = this.#stringEnd(at) - 1;
      else if (byte === openObject || byte === openList) depth += 1;
      else if (byte === closeObject || byte === closeList) {
        depth -= 1;
        if (depth === 0) return at + 1;
      }
    }
    throw new SyntaxError('a bracket that is not closed');
  }

  #scalarEnd(start: number): number {
    let at = start;
    for (let byte = this.#bytes[at]; byte !== undefined && !endsScalar(byte); byte = this.#bytes[at]) at += 1;
    if (at === start) throw new SyntaxError('a value that is missing');
    return at;
  }
}

function isSpace(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}

function endsScalar(byte: number): boolean {
  return byte === comma || byte === closeObject || byte === closeList || isSpace(byte);
}
