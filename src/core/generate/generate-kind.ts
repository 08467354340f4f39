import { OperatorError } from '../../errors.ts';
import { stackWithin } from '../stack/stack-scope.ts';
import type { Stack } from '../stack/stack.ts';
import type { GenerateSubject } from './generate-subject.ts';
import type { GeneratedFile } from './generated-file.ts';

/** Makes the files of one kind. Pure: the same subject and choice give the same files, in the same order. */
export type MakeFiles<Choice extends string = string> = (
  subject: GenerateSubject,
  choice: Choice,
) => readonly GeneratedFile[];

/** The one choice that a kind may leave to whoever asks, as an option with a fixed set of values. */
export interface KindOption<Choice extends string = string> {
  /** As commander takes it, such as `--for <command>`. */
  readonly flags: string;
  readonly description: string;
  readonly choices: readonly Choice[];
  /** Taken where nothing is said, and by `--all`. Without it one must be named, and `--all` makes the files of each. */
  readonly default?: Choice;
}

/** One kind of files that c2l makes. Its body is loaded when it is asked for. */
export interface GenerateKind<Choice extends string = string> {
  readonly name: string;
  readonly description: string;
  readonly example: string;
  readonly option?: KindOption<Choice>;
  load(): Promise<MakeFiles<Choice>>;
}

/** A field of the stack file without which there is nothing to make. */
export interface StackNeed {
  /** As its path is written, such as `watch.endpoints`. */
  readonly field: string;
  isMet(stack: Stack): boolean;
}

export const needsComponents: StackNeed = { field: 'components', isMet: ({ components }) => components.length > 0 };
export const needsSecrets: StackNeed = { field: 'secrets', isMet: ({ secrets }) => secrets.length > 0 };
export const needsApplications: StackNeed = {
  field: 'argocd.applications',
  isMet: ({ argocd }) => argocd.applications.length > 0,
};

/** The body of a kind that is made of a stack: of the part of it that `-n` names, and refused where a need is not met. */
export function madeOfStack<Choice extends string = string>(
  kind: string,
  needs: readonly StackNeed[],
  make: (stack: Stack, choice: Choice, subject: GenerateSubject) => readonly GeneratedFile[],
): MakeFiles<Choice> {
  return (subject, choice) => make(neededStack(kind, needs, subject), choice, subject);
}

/** The part of the stack that `-n` names. Throws where there is none, or where a need is not met. */
export function neededStack(
  kind: string,
  needs: readonly StackNeed[],
  { stack, namespaces, all }: GenerateSubject,
): Stack {
  if (stack === undefined) {
    throw new OperatorError('stack-lacks-field', `there is no stack file here, and ${kind} is made of one`, {
      hint: `c2l generate ${kind} --config FILE, or write one with c2l init`,
    });
  }
  const inside = all ? stack : stackWithin(stack, namespaces);
  if (inside === undefined) {
    throw new OperatorError('usage', `stack ${stack.name} has nothing in namespace ${namespaces.join(', ')}`, {
      hint: `its namespaces: ${stack.namespaces.join(', ')}`,
    });
  }
  const unmet = needs.find((need) => !need.isMet(inside));
  if (unmet === undefined) return inside;
  throw new OperatorError('stack-lacks-field', `stack ${stack.name} has no ${unmet.field}, and ${kind} is made of it`, {
    hint: `add ${unmet.field} to the stack file, or name another: c2l generate ${kind} --config FILE`,
  });
}
