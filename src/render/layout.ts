import { isCommand, replaceCommands, shellWord } from './commands-in-text.ts';
import type { Style } from './style.ts';
import { asTyped } from './typed-program.ts';

export { count } from '../core/list-text.ts';

export interface Cell {
  readonly text: string;
  readonly paint?: (text: string) => string;
}

/** Columns on a terminal, near enough: names are ASCII, and combining characters take none. */
function length(text: string): number {
  return text.replace(/\p{M}/gu, '').replace(/[\ud800-\udbff][\udc00-\udfff]/g, '_').length;
}

/**
 * Breaks at spaces. A word longer than the line stays whole: a broken name cannot be copied. So does a command; one that
 * is longer than the line breaks as a shell joins it again.
 */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  const begin = (unit: string): void => {
    const broken = length(unit) > width ? shellLines(unit.replaceAll(boundSpace, ' '), width) : [unit];
    lines.push(...broken.slice(0, -1));
    line = broken.at(-1) ?? '';
  };
  for (const unit of units(text)) {
    if (line === '') begin(unit);
    else if (length(line) + 1 + length(unit) <= width) line = `${line} ${unit}`;
    else {
      lines.push(line);
      begin(unit);
    }
  }
  return [...lines, line].map((each) => each.replaceAll(boundSpace, ' '));
}

/** What no line may end within. */
function units(text: string): string[] {
  return replaceCommands(text, (command) => command.replaceAll(' ', boundSpace)).split(' ');
}

const boundSpace = '\u0000';

/** Not within quotes nor between a flag and its value. */
function shellLines(command: string, width: number): string[] {
  const words = shellWords(command).map((word) => word.replaceAll(' ', boundSpace));
  const withValues = words.join(' ').replace(/(?<= )(--?[a-z-]+) (?=[^-| ])/g, `$1${boundSpace}`);
  const lines: string[] = [];
  let line = '';
  for (const word of withValues.split(' ')) {
    if (line === '') line = word;
    else if (length(line) + 1 + length(word) <= width - length(' \\')) line = `${line} ${word}`;
    else {
      lines.push(`${line} \\`);
      line = word;
    }
  }
  return [...lines, line].map((each) => each.replaceAll(boundSpace, ' '));
}

function shellWords(command: string): string[] {
  return command.match(new RegExp(shellWord, 'g')) ?? [];
}

/** What fits in one row of a terminal; an ellipsis stands for the rest. */
export function oneRow(text: string, width: number): string {
  const room = Math.max(1, width);
  return length(text) <= room ? text : `${text.slice(0, room - 1)}…`;
}

/** Wraps a sentence after a label, with what follows aligned under the first word. */
export function paragraph(indent: string, text: string, width: number): string[] {
  return hung(indent, wrap(text, width - length(indent)));
}

function hung(indent: string, lines: readonly string[]): string[] {
  return lines.map((line, index) => (index === 0 ? indent : ' '.repeat(length(indent))) + line);
}

/** What is to be typed, after its label: a command, or a sentence that leads to one. */
export function commandLines(
  indent: string,
  named: string,
  { width, program }: Pick<Style, 'width' | 'program'>,
): string[] {
  const typed = asTyped(named, program);
  const room = width - length(indent);
  if (isSentence(typed) || length(typed) <= room) return paragraph(indent, typed, width);
  return hung(indent, shellLines(typed, room));
}

function isSentence(typed: string): boolean {
  if (isCommand(typed)) return false;
  const words = shellWords(typed);
  return words.join(' ') !== typed || words.some((word) => /[,:;]$/.test(word));
}

/**
 * Columns as wide as their widest cell; the last one wraps in the room that is left, or beneath where there is none. A
 * row that would leave no room to the others does not count: what it has to say stands beneath it.
 */
export function table(rows: readonly (readonly Cell[])[], width: number, indent = 2): string[] {
  return tableGroups(rows, width, indent).flat();
}

/** The same, with the lines of each row kept together. */
export function tableGroups(rows: readonly (readonly Cell[])[], width: number, indent = 0): string[][] {
  const columns = Math.max(0, ...rows.map((row) => row.length));
  const widths = columnWidths(rows, Math.max(0, columns - 1), width - indent);
  const offset = indent + offsetOf(widths);
  const room = width - offset;
  return rows.map((row) => tableRow(row, { widths, indent, offset, room, width }));
}

/** What a last column has at least, if it has that much to say. */
const leastRoom = 28;

function columnWidths(rows: readonly (readonly Cell[])[], columns: number, width: number): number[] {
  const cells = rows.map((row) => Array.from({ length: columns }, (_, column) => length(row[column]?.text ?? '')));
  const wanted = Math.min(leastRoom, Math.max(0, ...rows.map((row) => length(row[columns]?.text ?? ''))));
  const widest = cells.toSorted((left, right) => offsetOf(right) - offsetOf(left));
  const fitting = widest.findIndex((_, index) => width - offsetOf(maxima(widest.slice(index), columns)) >= wanted);
  // Where most rows are that long, they are the rule, and stay in line with each other.
  const isRule = fitting === -1 || fitting > rows.length / 2;
  return maxima(isRule ? cells : widest.slice(fitting), columns);
}

function maxima(rows: readonly (readonly number[])[], columns: number): number[] {
  return Array.from({ length: columns }, (_, column) => Math.max(0, ...rows.map((row) => row[column] ?? 0)));
}

function offsetOf(widths: readonly number[]): number {
  return widths.reduce((sum, column) => sum + column + 2, 0);
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
    return paint(cell, cell.text) + ' '.repeat(Math.max(0, column - length(cell.text)));
  });
  const start = ' '.repeat(indent) + cells.join('  ');
  const last = row[widths.length];
  if (last === undefined || last.text === '') return [start.trimEnd()];
  const isOverlong = widths.some((column, index) => length(row[index]?.text ?? '') > column);
  const beneath = isOverlong || units(last.text).some((unit) => length(unit) > room);
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
