import { arch, cpus, platform, release, totalmem } from 'node:os';

/** One line of the table. */
export interface Row {
  readonly measured: string;
  readonly value: number;
  readonly unit: 'ms' | 's' | 'MB' | 'requests' | '% of a core';
  /** What it is held against, where the limit is a ratio. */
  readonly against?: { readonly name: string; readonly value: number };
  /** The target: a ratio where `against` is given, else a number of units. */
  readonly limit: number;
  /** What CI fails at; times vary too much on shared machines to fail at the target. Absent: never. */
  readonly gate?: number;
}

export function score({ value, against }: Row): number {
  return against === undefined ? value : value / against.value;
}

const digits = { ms: 0, s: 2, MB: 0, requests: 0, '% of a core': 1 } as const;

function cells(row: Row): string[] {
  const { measured, value, unit, against, limit } = row;
  const number = (amount: number): string => `${amount.toFixed(digits[unit])} ${unit}`;
  const ratio = against === undefined ? '' : score(row).toFixed(2);
  return [
    measured,
    number(value),
    against === undefined ? '' : `${against.name} ${number(against.value)}`,
    ratio,
    against === undefined ? number(limit) : limit.toFixed(2),
    score(row) <= limit ? 'met' : 'missed',
  ];
}

/** A Markdown table, so that it can stand in the README as printed. */
export function table(rows: readonly Row[]): string {
  const lines = [['measured', 'c2l', 'against', 'ratio', 'at most', ''], ...rows.map(cells)];
  const widths = lines[0]!.map((_, column) => Math.max(...lines.map((line) => line[column]!.length)));
  const line = (texts: readonly string[]): string =>
    `| ${texts.map((text, column) => text.padEnd(widths[column]!)).join(' | ')} |`;
  const rule = `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`;
  return [line(lines[0]!), rule, ...lines.slice(1).map(line)].join('\n');
}

export function machine(): string {
  const processors = cpus();
  const memory = Math.round(totalmem() / 2 ** 30);
  const model = processors[0]?.model.trim() ?? arch();
  return `${String(processors.length)} × ${model}, ${String(memory)} GB, ${platform()} ${release()}, Node ${process.version}`;
}
