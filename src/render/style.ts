import { Chalk } from 'chalk';
import { defaultLimit } from './default-limit.ts';

type Paint = (text: string) => string;

/** How text is laid out and painted. Paint never carries a meaning that the words do not. */
export interface Style {
  readonly width: number;
  /** Names what is otherwise only counted. */
  readonly verbose: boolean;
  /** Most roots, and most rows beneath one, that are shown; what is left out is counted. */
  readonly limit: number;
  /** Flags that the next command needs to mean the same cluster, such as `--sandbox`. */
  readonly flags: string;
  /** How this program is typed here: `c2l`, or by npx. */
  readonly program: string;
  /** Part of a walk or of a runbook: the head was told before, and what comes next comes by itself. */
  readonly embedded: boolean;
  /** What was said before the report began, such as the place and the plan, stands above it. */
  readonly isOneScreen: boolean;
  readonly isColored: boolean;
  readonly bold: Paint;
  readonly dim: Paint;
  readonly good: Paint;
  readonly bad: Paint;
  readonly caution: Paint;
}

export interface Layout {
  readonly width?: number;
  readonly verbose?: boolean;
  readonly limit?: number;
  readonly flags?: string;
  readonly program?: string;
  readonly embedded?: boolean;
  readonly isOneScreen?: boolean;
}

export function createStyle(color: boolean, layout: Layout = {}): Style {
  const chalk = new Chalk({ level: color ? 1 : 0 });
  return {
    width: Math.max(layout.width ?? 80, 40),
    verbose: layout.verbose ?? false,
    limit: layout.limit ?? defaultLimit,
    flags: layout.flags ?? '',
    program: layout.program ?? 'c2l',
    embedded: layout.embedded ?? false,
    isOneScreen: layout.isOneScreen ?? false,
    isColored: color,
    bold: chalk.bold,
    dim: chalk.dim,
    good: chalk.green,
    bad: chalk.red,
    caution: chalk.yellow,
  };
}
