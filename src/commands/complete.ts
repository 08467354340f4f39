import { OperatorError } from '../errors.ts';
import { ExitCode } from '../exit-codes.ts';
import type { Deps } from '../ports.ts';
import { completionScript } from '../render/completion-script.ts';
import type { CompletionShell } from '../render/completion-shells.ts';
import { lookUpValues, type GivenFlags, type LookedUp, type ValueKind } from '../shell/sources/look-up-values.ts';

/** One way to go on, and what it is about. */
export interface Candidate {
  readonly word: string;
  readonly about: string;
}

/** What can stand at the cursor. */
export interface Asked {
  /** What is typed of the word so far. */
  readonly typed: string;
  /** The part of it that stands before the value: `--context=`. */
  readonly before: string;
  /** What the tree of commands knows by itself. */
  readonly candidates: readonly Candidate[];
  /** What has to be looked up. */
  readonly kind: ValueKind;
  /** The values of the options before the cursor, by the names that commander gives them. */
  readonly given: GivenFlags;
}

export function printCompletion(shell: CompletionShell, deps: Deps): Promise<ExitCode> {
  deps.terminal.out(completionScript(shell));
  return Promise.resolve(ExitCode.ok);
}

/**
 * The words that fit what is typed, each with what it is about behind a tab, and last what the shell is to add itself:
 * `:files`, `:folders`, or `:nospace` where the word is not complete yet.
 */
export async function answerLines(
  asked: Asked,
  createDeps: () => Promise<Deps>,
  /** The flags before the cursor, and what the person's settings say where they are silent. */
  settled: (given: GivenFlags, deps: Deps) => Promise<GivenFlags>,
): Promise<readonly string[]> {
  const { candidates, kind, typed, before, given } = asked;
  const { values, rest } =
    kind === 'none' ? nothing : await looked(kind, await createDeps(), (deps) => settled(given, deps));
  const fitting = [...candidates, ...values.map((word) => ({ word, about: '' }))]
    .map(({ word, about }) => ({ word: `${before}${word}`, about }))
    .filter(({ word }) => word.startsWith(typed));
  return [...fitting.map(lineOf), ...(rest === undefined ? [] : [`:${rest}`])];
}

const nothing: LookedUp = { values: [], rest: undefined };

async function looked(kind: ValueKind, deps: Deps, settled: (deps: Deps) => Promise<GivenFlags>): Promise<LookedUp> {
  try {
    return await lookUpValues(kind, await settled(deps), deps);
  } catch (error) {
    // No kubeconfig, a cluster that is away, a stack file that is half written: there is nothing to offer.
    if (error instanceof OperatorError) return nothing;
    throw error;
  }
}

function lineOf({ word, about }: Candidate): string {
  return about === '' ? word : `${word}\t${about}`;
}
