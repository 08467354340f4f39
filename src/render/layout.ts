export { count } from '../core/list-text.ts';

export interface Cell {
  readonly text: string;
  readonly paint?: (text: string) => string;
}

/** Columns on a terminal, near enough: names are ASCII, and combining characters take none. */
function length(text: string): number {
  return text.replace(/\p{M}/gu, '').replace(/[\ud800-\udbff][\udc00-\udfff]/g, '_').length;
}

/** Breaks at spaces. A word longer than the line stays whole: a broken name cannot be copied. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && length(line) + 1 + length(word) > width) {
      lines.push(line);
      line = word;
    } else {
      line = line === '' ? word : `${line} ${word}`;
    }
  }
  return [...lines, line];
}

/** Wraps a sentence after a label, with what follows aligned under the first word. */
export function paragraph(indent: string, text: string, width: number): string[] {
  const hanging = ' '.repeat(length(indent));
  return wrap(text, width - length(indent)).map((line, index) => (index === 0 ? indent : hanging) + line);
}

/** Columns as wide as their widest cell; the last one wraps in the room that is left, or beneath where there is none. */
export function table(rows: readonly (readonly Cell[])[], width: number, indent = 2): string[] {
  return tableGroups(rows, width, indent).flat();
}

/** The same, with the lines of each row kept together. */
export function tableGroups(rows: readonly (readonly Cell[])[], width: number, indent = 0): string[][] {
  const columns = Math.max(0, ...rows.map((row) => row.length));
  const widths = Array.from({ length: Math.max(0, columns - 1) }, (_, column) =>
    Math.max(...rows.map((row) => length(row[column]?.text ?? ''))),
  );
  const offset = indent + widths.reduce((sum, column) => sum + column + 2, 0);
  const room = width - offset;
  return rows.map((row) => tableRow(row, { widths, indent, offset, room, width }));
}

interface Columns {
  readonly widths: readonly number[];
  readonly indent: number;
  readonly offset: number;
  readonly room: number;
  readonly width: number;
}

function tableRow(row: readonly Cell[], { widths, indent, offset, room, width }: Columns): string[] {
  const cells = widths.map((column, index) => {
    const cell = row[index] ?? { text: '' };
    return paint(cell, cell.text) + ' '.repeat(column - length(cell.text));
  });
  const start = ' '.repeat(indent) + cells.join('  ');
  const last = row[widths.length];
  if (last === undefined || last.text === '') return [start.trimEnd()];
  const beneath = last.text.split(' ').some((word) => length(word) > room);
  const lines = wrap(last.text, beneath ? width - indent - 2 : room).map((line) => paint(last, line));
  if (beneath) return [start.trimEnd(), ...lines.map((line) => ' '.repeat(indent + 2) + line)];
  return lines.map((line, index) => (index === 0 ? `${start}  ` : ' '.repeat(offset)) + line);
}

function paint(cell: Cell, text: string): string {
  return cell.paint === undefined ? text : cell.paint(text);
}

/** `0.4 s`, `12.0 s`, `2 min 5 s`. */
export function durationText(ms: number): string {
  if (ms < 99_950) return `${(ms / 1000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000);
  return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}
