import { SecretValue } from '../../src/core/secrets/secret-value.ts';
import { OperatorError } from '../../src/errors.ts';
import { ExitCode } from '../../src/exit-codes.ts';
import type { Progress, Prompter, Terminal } from '../../src/ports.ts';

export interface TestTerminal extends Terminal {
  /** All that was written to standard output so far. */
  readonly stdout: string;
  /** All that was written to standard error so far; progress stands in it as `waiting|ok|failed|stopped: TEXT`. */
  readonly stderr: string;
}

export interface TestTerminalOptions {
  readonly canPrompt?: boolean;
  readonly width?: number;
  readonly isOneScreen?: boolean;
  readonly onOutput?: ((text: string) => void) | undefined;
}

/** A terminal that records; without color, so that tests read words. */
export function createTestTerminal({
  canPrompt = false,
  width = 80,
  isOneScreen = false,
  onOutput,
}: TestTerminalOptions = {}): TestTerminal {
  let stdout = '';
  let stderr = '';
  const err = (line: string): void => {
    stderr += `${line}\n`;
    onOutput?.(`${line}\n`);
  };
  const out = (text: string): void => {
    stdout += text;
    onOutput?.(text);
  };
  return {
    out,
    show: (text) => {
      out(text);
      return Promise.resolve();
    },
    err,
    progress(text): Progress {
      err(`waiting: ${text}`);
      return {
        update: (changed) => {
          err(`waiting: ${changed}`);
        },
        finish: (outcome, last) => {
          err(`${outcome}: ${last}`);
        },
      };
    },
    canPrompt,
    isOneScreen,
    width,
    color: false,
    program: 'c2l',
    get stdout() {
      return stdout;
    },
    get stderr() {
      return stderr;
    },
  };
}

/** The person presses Ctrl-C instead of answering. */
export const ctrlC = Symbol('Ctrl-C');

/** What a person answers to one question. */
export type ScriptedAnswer = boolean | string | typeof ctrlC;

export interface ScriptedPrompter extends Prompter {
  readonly questions: readonly string[];
  readonly unused: number;
}

/** Answers questions in order; a question too many is a failure of the test, and so is an answer of the wrong kind. */
export function createScriptedPrompter(
  answers: readonly ScriptedAnswer[] = [],
  beforeAnswer = (): Promise<void> => Promise.resolve(),
): ScriptedPrompter {
  const left = [...answers];
  const questions: string[] = [];
  const next = (question: string, kind: 'boolean' | 'string'): boolean | string => {
    questions.push(question);
    const answer = left.shift();
    if (answer === ctrlC) {
      throw new OperatorError('interrupted', 'interrupted at a question', { exitCode: ExitCode.interrupted });
    }
    if (answer === undefined || typeof answer !== kind) {
      throw new Error(`no ${kind} is scripted for the question "${question}"`);
    }
    return answer;
  };
  return {
    questions,
    get unused() {
      return left.length;
    },
    confirm: (question) => beforeAnswer().then(() => next(question, 'boolean') === true),
    text: async (question, check = () => undefined) => {
      for (;;) {
        const text = await beforeAnswer().then(() => String(next(question, 'string')));
        if (check(text) === undefined) return text;
      }
    },
    secret: async (question, check) => {
      for (;;) {
        const value = SecretValue.fromText(await beforeAnswer().then(() => String(next(question, 'string'))));
        if (check(value) === undefined) return value;
      }
    },
  };
}
