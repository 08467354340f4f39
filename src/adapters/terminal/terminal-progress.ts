import type { Ora } from 'ora';
import type { Progress } from '../../ports.ts';
import { isAsciiAlone, shownIn } from '../../render/ascii-text.ts';
import { durationText, oneRow, paragraph } from '../../render/layout.ts';
import { terminalSafe } from '../../render/printable.ts';
import type { Style } from '../../render/style.ts';

type Outcome = Parameters<Progress['finish']>[0];

/** Words, all of one width, so that the lines of a log stand under each other. */
const marks: Record<Outcome | 'waiting', string> = {
  ok: 'ok     ',
  failed: 'failed ',
  stopped: 'stopped',
  waiting: 'waiting',
};

const heartbeatMs = 10_000;

function elapsed(since: number): string {
  return `(${durationText(performance.now() - since)})`;
}

/** The word, painted, and the text beside it in as many rows as it needs. */
function finished(
  outcome: Outcome,
  text: string,
  { width, style }: { readonly width: number; readonly style: Style },
): string {
  const paint = { ok: style.good, failed: style.bad, stopped: style.caution }[outcome];
  const [row = '', ...more] = paragraph(`${marks[outcome]}  `, text, width);
  return [`${paint(marks[outcome])}${row.slice(marks[outcome].length)}`, ...more].join('\n');
}

/** What changes more often is not told each time: many checks that end at once would fill a log. */
const quietMs = 1000;

/** For logs and pipes: a line for a change, at most one a second, and one every ten seconds that says it still waits. */
export function appendedProgress(
  first: string,
  { write, style, width }: { readonly write: (lines: string) => void; readonly style: Style; readonly width: number },
): Progress {
  const start = performance.now();
  let current = first;
  let told = first;
  let toldAt = start;
  let timer: NodeJS.Timeout | undefined;
  const writeWaiting = (text: string): void => {
    write(paragraph(`${marks.waiting}  `, text, width).join('\n'));
  };
  const tellIn = (ms: number): void => {
    clearTimeout(timer);
    timer = setTimeout(tell, ms).unref();
  };
  const tell = (): void => {
    writeWaiting(`${current} ${elapsed(start)}`);
    told = current;
    toldAt = performance.now();
    tellIn(heartbeatMs);
  };
  writeWaiting(first);
  tellIn(heartbeatMs);

  return {
    update(text) {
      if (text === current) return;
      current = text;
      const sinceMs = performance.now() - toldAt;
      if (text === told) tellIn(heartbeatMs - sinceMs);
      else if (sinceMs >= quietMs) tell();
      else tellIn(quietMs - sinceMs);
    },
    finish(outcome, text) {
      clearTimeout(timer);
      write(finished(outcome, `${text} ${elapsed(start)}`, { width, style }));
    },
  };
}

interface SpinnerOptions {
  readonly stream: NodeJS.WritableStream & { readonly columns?: number };
  readonly style: Style;
  /** Which characters are shown there. */
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** For a terminal: one row that is drawn anew, with the time that has passed. What goes on in a second row is not wiped whole. */
export function spinnerProgress(first: string, { stream, style, env }: SpinnerOptions): Progress {
  const start = performance.now();
  let current = first;
  let spinner: Ora | undefined;
  let isFinished = false;
  const shown = shownIn(env);
  const line = (): string => {
    const time = elapsed(start);
    // The terminal echoes Ctrl-C after it.
    const room = (stream.columns ?? 80) - '⠋  '.length - time.length - '^C '.length;
    return `${shown(oneRow(terminalSafe(current, false), room), room)} ${style.dim(time)}`;
  };
  const draw = (): void => {
    if (spinner !== undefined) spinner.text = line();
  };
  const timer = setInterval(draw, 1000).unref();

  void import('ora').then(({ default: ora }) => {
    if (isFinished) return;
    const look = { color: style.isColored && 'cyan', spinner: isAsciiAlone(env) ? 'line' : 'dots' } as const;
    spinner = ora({ text: line(), stream, isEnabled: true, discardStdin: false, ...look });
    spinner.start();
  });

  return {
    update(text) {
      current = text;
      draw();
    },
    finish(outcome, text) {
      isFinished = true;
      clearInterval(timer);
      spinner?.stop();
      const width = stream.columns ?? 80;
      const told = finished(outcome, `${terminalSafe(text, false)} ${elapsed(start)}`, { width, style });
      stream.write(`${shown(told, width)}\n`);
    },
  };
}
