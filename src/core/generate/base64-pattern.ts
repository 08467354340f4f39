const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/**
 * A regular expression that finds in base64 what a placeholder's pattern finds in the text: admission sees the values of
 * a Secret as they travel. Undefined for a pattern with `*` anywhere but at its end, which no such expression can follow.
 */
export function base64Pattern(pattern: string): string | undefined {
  const isOpen = pattern.endsWith('*');
  const text = isOpen ? pattern.slice(0, -1) : pattern;
  if (text === '' || text.includes('*')) return undefined;
  const bytes = new TextEncoder().encode(text);
  if (!isOpen) return `^${escaped(base64(bytes))}$`;
  const whole = bytes.length - (bytes.length % 3);
  return `^${escaped(base64(bytes.slice(0, whole)))}${begun([...bytes.slice(whole)])}`;
}

/** The characters that begin with the bits of one or two bytes, whatever follows them. */
function begun([first, second]: readonly number[]): string {
  if (first === undefined) return '';
  const one = escaped(letter(first >> 2));
  if (second === undefined) return `${one}[${letters((first & 3) << 4, 16)}]`;
  return `${one}${escaped(letter(((first & 3) << 4) | (second >> 4)))}[${letters((second & 15) << 2, 4)}]`;
}

function base64(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes));
}

function letter(value: number): string {
  return letters(value, 1);
}

function letters(from: number, count: number): string {
  return alphabet.slice(from, from + count);
}

function escaped(text: string): string {
  return text.replaceAll('+', String.raw`\+`);
}
