import type { ReadStream, WriteStream } from 'node:tty';
import type { Progress, Terminal } from '../../ports.ts';
import { shownIn } from '../../render/ascii-text.ts';
import { terminalSafe } from '../../render/printable.ts';
import { createStyle, type Style } from '../../render/style.ts';
import { toldLines } from '../../render/told-lines.ts';
import { typedProgram } from '../../render/typed-program.ts';
import { anyExit, stepVariable } from '../../runbook-ports.ts';
import { isAppendOnly, isPainted, isUnattended, type Look } from './look.ts';
import { pagerOf, showPaged } from './pager.ts';
import { appendedProgress, spinnerProgress } from './terminal-progress.ts';

/** A standard stream: a terminal's, a pipe's or a file's. */
export type OutputStream = NodeJS.WritableStream & Partial<Pick<WriteStream, 'isTTY' | 'columns' | 'rows'>>;

export interface NodeTerminalOptions extends Look {
  readonly stdin: NodeJS.ReadableStream & Partial<Pick<ReadStream, 'isTTY'>>;
  readonly stdout: OutputStream;
  readonly stderr: OutputStream;
  /** The file by which this program was started, such as that of a plugin of kubectl. */
  readonly startedAs?: string | undefined;
  /** Told when another program on the same terminal is to have Ctrl-C, and when that is over. */
  readonly yieldInterrupts: (isYielded: boolean) => void;
}

/**
 * The person's terminal, or what stands in its place. `NO_COLOR`, `CI`, a pipe, `TERM=dumb` and `--no-input` all give
 * plain lines that are only ever appended.
 */
export function createNodeTerminal(options: NodeTerminalOptions): Terminal {
  const { stdin, stdout, stderr, env } = options;
  const isAlone = isUnattended(options);
  const isOnScreen = stdout.isTTY === true && stdin.isTTY === true && !isAlone && env['TERM'] !== 'dumb';
  const colored = (stream: OutputStream): boolean => isPainted(options, stream);

  const style: Style = createStyle(colored(stderr));
  const shownAs = shownIn(env);
  const write = writer(stdout, stderr);
  /** An answer that goes to a file or to a program is UTF-8 in every locale. */
  const shown = (text: string): string => (stdout.isTTY === true ? shownAs(text, stdout.columns ?? 80) : text);
  const writeErr = (text: string): void => {
    const safe = shownAs(terminalSafe(text, colored(stderr)), stderr.columns ?? 80);
    // A log is searched for whole errors and warnings; what a drill does is for people, as progress is.
    const isWrapped = stderr.isTTY === true || safe.startsWith('drill: ');
    const lines = isWrapped ? toldLines(safe, stderr.columns ?? 80) : [safe];
    write(stderr, `${lines.join('\n')}\n`);
  };

  return {
    out: (text) => {
      write(stdout, shown(text));
    },
    show: async (answer) => {
      const text = shown(answer);
      const pager = isOnScreen && text.split('\n').length > (stdout.rows ?? Infinity) ? pagerOf(env) : undefined;
      if (pager === undefined) {
        write(stdout, text);
        return;
      }
      options.yieldInterrupts(true);
      if (!(await showPaged(text, pager, env))) write(stdout, text);
      options.yieldInterrupts(false);
    },
    err: writeErr,
    progress: (text): Progress =>
      stderr.isTTY === true && !isAppendOnly(options)
        ? spinnerProgress(text, { stream: stderr, style, env })
        : appendedProgress(text, { write: writeErr, style, width: stderr.columns ?? 80 }),
    isOneScreen: stdout.isTTY === true && stderr.isTTY === true,
    canPrompt: stdin.isTTY === true && stderr.isTTY === true && !isAlone,
    width: (stdout.isTTY === true ? stdout.columns : stderr.columns) ?? 80,
    color: colored(stdout),
    program: typedProgram(env, options.startedAs),
    goesOnAfter: goesOnAfter(env[stepVariable]),
  };
}

function goesOnAfter(exits: string | undefined): (exitCode: number) => boolean {
  return (exitCode) => exits === anyExit || exits?.split(',').includes(String(exitCode)) === true;
}

/** A reader that went away (`| head -1`) is no failure: the rest is dropped and the exit code stays what it is. */
function writer(...streams: readonly OutputStream[]): (stream: OutputStream, text: string) => void {
  const closed = new Set<OutputStream>();
  for (const stream of streams) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE' && error.code !== 'EIO') throw error;
      closed.add(stream);
    });
  }
  return (stream, text) => {
    if (!closed.has(stream)) stream.write(text);
  };
}
