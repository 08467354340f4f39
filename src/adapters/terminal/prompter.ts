import { setTimeout as delay } from 'node:timers/promises';
import type { ReadStream, WriteStream } from 'node:tty';

import { SecretValue } from '../../core/secrets/secret-value.ts';
import { OperatorError } from '../../errors.ts';
import { ExitCode } from '../../exit-codes.ts';
import type { Prompter } from '../../ports.ts';
import { isAsciiAlone, shownIn } from '../../render/ascii-text.ts';
import { paragraph } from '../../render/layout.ts';
import { printable } from '../../render/printable.ts';
import { isAppendOnly, isPainted, type Look } from './look.ts';
import { readLine } from './read-line.ts';

/** The environment says which characters are shown here, and how. */
export interface PrompterOptions extends Look {
  readonly input: NodeJS.ReadableStream;
  /** Standard error: standard output is kept for the answer. */
  readonly output: NodeJS.WritableStream & Partial<Pick<WriteStream, 'isTTY' | 'columns'>>;
  readonly signal: AbortSignal;
}

/** What inquirer is asked with; its own types tie the answer to a literal and are of no help to a wrapper. */
type Question = { readonly message: string } & (
  { readonly type: 'password' } | { readonly type: 'input'; readonly validate: (text: string) => true | string }
);

type TerminalInput = PrompterOptions['input'] & Partial<Pick<ReadStream, 'setRawMode'>>;

/** Prompts on standard error; the library is loaded with the first question. */
export function createPrompter(options: PrompterOptions): Prompter {
  return {
    async confirm(question) {
      // Not the library's own confirmation: it takes whatever begins with a "y" for consent.
      const validate = (text: string): true | string => answerOf(text) !== undefined || 'type y or n; Enter means no';
      await dropTypedAhead(options.input);
      const answer = await ask(options, { type: 'input', message: `${shown(question, options)} (y/N)`, validate });
      return answerOf(String(answer)) === 'yes';
    },
    async secret(question, check) {
      // Not checked by the library: it keeps what it refuses in the line, and what is typed next is added to it unseen.
      for (;;) {
        hideTyping(options.input);
        const value = SecretValue.fromText(
          String(await ask(options, { type: 'password', message: shown(question, options) })),
        );
        const wrong = check(value);
        if (wrong === undefined) return value;
        options.output.write(`not taken: ${shown(wrong, options)}\n`);
      }
    },
    async text(question, check = () => undefined) {
      const validate = (text: string): true | string => check(text) ?? true;
      return String(await ask(options, { type: 'input', message: shown(question, options), validate }));
    },
  };
}

function shown(text: string, { env }: PrompterOptions): string {
  return shownIn(env)(printable(text), Infinity);
}

function answerOf(text: string): 'yes' | 'no' | undefined {
  const word = text.trim().toLowerCase();
  if (word === 'y' || word === 'yes') return 'yes';
  return word === '' || word === 'n' || word === 'no' ? 'no' : undefined;
}

/** What was refused would otherwise stay in the line, and be a part of what is typed next. */
const paintedTheme = { validationFailureMode: 'clear' };
/** The library's tick and its spinner are no characters of every terminal. */
const asciiTheme = { ...paintedTheme, prefix: '?', spinner: { interval: 80, frames: ['-', '\\', '|', '/'] } };
const asIs = (text: string): string => text;
const unpainted = { style: { answer: asIs, message: asIs, error: (text: string) => `> ${text}`, help: asIs } };

function themeOf(options: PrompterOptions): object {
  const theme = isAsciiAlone(options.env) ? asciiTheme : paintedTheme;
  // Its own prefix and spinner are painted, whatever its style is.
  return isPainted(options, options.output) ? theme : { ...asciiTheme, ...unpainted };
}

/** The library draws its question anew with each key; where lines are only appended it stands once. */
async function ask(options: PrompterOptions, question: Question): Promise<unknown> {
  return isAppendOnly(options) ? askOnce(options, question) : askDrawn(options, question);
}

async function askOnce(options: PrompterOptions, question: Question): Promise<string> {
  const { output } = options;
  for (;;) {
    const lines = paragraph('? ', question.message, (output.columns ?? 80) - 1);
    output.write(`${lines.join('\n')} `);
    const typed = await readLine(options, { isHidden: question.type === 'password' });
    if (typed === undefined) throw interrupted();
    const wrong = question.type === 'password' || question.validate(typed);
    if (wrong === true) return typed;
    output.write(`not taken: ${shown(wrong, options)}\n`);
  }
}

async function askDrawn(options: PrompterOptions, question: Question): Promise<unknown> {
  const { input, output, signal } = options;
  const look = { theme: themeOf(options) };
  const { createPromptModule } = await import('inquirer');
  const hangUp = new AbortController();
  const onEnd = (): void => {
    hangUp.abort();
  };
  // Ctrl-D closes the library's line reader without settling its promise, and Node would end in the middle.
  const onKey = (_: string | undefined, key: { readonly ctrl?: boolean; readonly name?: string } | undefined): void => {
    if (key?.ctrl === true && key.name === 'd') hangUp.abort();
  };
  input.on('end', onEnd);
  input.on('keypress', onKey);
  try {
    const prompt = createPromptModule({ input, output, signal: AbortSignal.any([signal, hangUp.signal]) });
    const answers: { readonly answer?: unknown } = await prompt([{ ...question, ...look, name: 'answer' }]);
    return answers.answer;
  } catch (cause) {
    if (!isStop(cause)) throw cause;
    throw interrupted(cause);
  } finally {
    input.off('end', onEnd);
    input.off('keypress', onKey);
  }
}

function interrupted(cause?: unknown): OperatorError {
  const message = 'interrupted at a question; nothing was changed by it';
  return new OperatorError('interrupted', message, { exitCode: ExitCode.interrupted, cause });
}

/** At once: until the library is loaded and asks, a terminal would show what somebody is typing already. */
function hideTyping(input: TerminalInput): void {
  input.setRawMode?.(true);
}

/** How long a terminal takes to give what lies ready. */
const typedAheadMs = 20;
const ctrlC = '\u0003';
const ctrlD = '\u0004';

/** What was typed before a question stood there is no answer to it. */
async function dropTypedAhead(input: TerminalInput): Promise<void> {
  const seen = { text: '', isGone: false };
  const onEnd = (): void => {
    seen.isGone = true;
  };
  const onData = (chunk: Buffer | string): void => {
    seen.text += chunk.toString();
  };
  // Without it a line that was not ended yet would lie there until it is.
  input.setRawMode?.(true);
  input.on('data', onData);
  input.on('end', onEnd);
  await delay(typedAheadMs);
  input.off('data', onData);
  input.off('end', onEnd);
  input.pause();
  input.setRawMode?.(false);
  if (seen.isGone || seen.text.includes(ctrlC) || seen.text.includes(ctrlD)) throw interrupted();
}

function isStop(error: unknown): boolean {
  return error instanceof Error && ['ExitPromptError', 'AbortPromptError', 'CancelPromptError'].includes(error.name);
}
