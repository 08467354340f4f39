import type { Ora } from 'ora';
import type { Progress } from '../../ports.ts';
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

function finished(outcome: Outcome, text: string, style: Style): string {
  const paint = { ok: style.good, failed: style.bad, stopped: style.caution }[outcome];
  return `${paint(marks[outcome])}  ${text}`;
}

/** What changes more often is not told each time: many checks that end at once would fill a log. */
const quietMs = 1000;

/** For logs and pipes: a line for a change, at most one a second, and one every ten seconds that says it still waits. */
export function appendedProgress(
  first: string,
  { write, style }: { readonly write: (line: string) => void; readonly style: Style },
): Progress {
  const start = performance.now();
  let current = first;
  let told = first;
  let toldAt = start;
  let timer: NodeJS.Timeout | undefined;
  const tellIn = (ms: number): void => {
    clearTimeout(timer);
    timer = setTimeout(tell, ms).unref();
  };
  const tell = (): void => {
    write(`${marks.waiting}  ${current} ${elapsed(start)}`);
    told = current;
    toldAt = performance.now();
    tellIn(heartbeatMs);
  };
  write(`${marks.waiting}  ${first}`);
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
      write(`${finished(outcome, text, style)} ${elapsed(start)}`);
    },
  };
}

/** For a terminal: one row that is drawn anew, with the time that has passed. What goes on in a second row is not wiped whole. */
export function spinnerProgress(
  first: string,
  { stream, style }: { readonly stream: NodeJS.WritableStream & { readonly columns?: number }; readonly style: Style },
): Progress {
  const start = performance.now();
  let current = first;
  let spinner: Ora | undefined;
  let isFinished = false;
  const line = (): string => {
    const time = elapsed(start);
    // The terminal echoes Ctrl-C after it.
    const room = (stream.columns ?? 80) - '⠋  '.length - time.length - '^C '.length;
    return `${oneRow(terminalSafe(current, false), room)} ${style.dim(time)}`;
  };
  const draw = (): void => {
    if (spinner !== undefined) spinner.text = line();
  };
  const timer = setInterval(draw, 1000).unref();

  void import('ora').then(({ default: ora }) => {
    if (isFinished) return;
    spinner = ora({ text: line(), stream, isEnabled: true, discardStdin: false, color: style.isColored && 'cyan' });
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
      const [row = '', ...more] = paragraph(
        `${marks[outcome]}  `,
        `${terminalSafe(text, false)} ${elapsed(start)}`,
        stream.columns ?? 80,
      );
      const told = finished(outcome, row.slice(marks[outcome].length + 2), style);
      stream.write(`${[told, ...more].join('\n')}\n`);
    },
  };
}
