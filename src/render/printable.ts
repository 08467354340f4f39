/** Control characters, and the invisible ones that reorder or hide what stands beside them. */
const unprintable = /[\u0000-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g;

const colors = /(\u001b\[[0-9;]*m)/;

function escaped(character: string): string {
  const code = character.charCodeAt(0);
  if (character === '\n') return String.raw`\n`;
  if (character === '\t') return String.raw`\t`;
  return code < 0x100 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u${code.toString(16)}`;
}

/** One line of text from the cluster, safe on a terminal: what could move the cursor or hide is shown as an escape. */
export function printable(text: string): string {
  return text.replace(unprintable, escaped);
}

/** Lines that c2l painted itself keep their colors where colors are wanted; every other control is escaped. */
export function terminalSafe(lines: string, keepColors: boolean): string {
  return lines
    .split('\n')
    .map((line) =>
      line
        .split(colors)
        .map((part, index) => (index % 2 === 0 ? printable(part) : keepColors ? part : ''))
        .join(''),
    )
    .join('\n');
}

/** JSON escapes only the first 32 characters; the others that a terminal would obey are escaped here. */
export function printableJson(json: string): string {
  return json.replace(unprintable, (character) =>
    character === '\n' ? character : `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/**
 * A report with every text in it made printable, so that no renderer can forget one. What is so already is not copied:
 * a large cluster's report is large, and next to nothing in it has to be changed.
 */
export function printableCopy<T>(value: T): T {
  return copy(value) as T;
}

function copy(value: unknown): unknown {
  if (typeof value === 'string') return printable(value);
  if (Array.isArray(value)) {
    const copied = value.map(copy);
    return copied.every((each, index) => each === value[index]) ? (value as unknown) : copied;
  }
  if (typeof value !== 'object' || value === null) return value;
  const fields = Object.entries(value) as [name: string, field: unknown][];
  const copied = fields.map(([, field]) => copy(field));
  if (copied.every((each, index) => each === fields[index]?.[1])) return value;
  return Object.fromEntries(fields.map(([name], index) => [name, copied[index]]));
}
