import { withDependency, withNote, type OpenQuestion, type StackDraft } from '../../core/init/stack-draft.ts';
import { count } from '../../core/list-text.ts';
import type { Deps } from '../../ports.ts';

/** More would be answered without being read. */
const mostQuestions = 10;

/** Asks a person about what could not be told; what is not asked stays open and is told in the file. */
export async function askAboutStack(
  draft: StackDraft,
  { questions, context }: { readonly questions: readonly OpenQuestion[]; readonly context: string | undefined },
  { terminal, prompter }: Pick<Deps, 'terminal' | 'prompter'>,
): Promise<StackDraft> {
  if (!terminal.canPrompt) return questions.reduce(withNote, draft);
  const asked = questions.slice(0, mostQuestions);
  const amount = asked.length + (context === undefined ? 0 : 1);
  if (amount > 0) terminal.err(`${count(amount, 'question')} that nothing there answers; Enter says No`);
  let answered = draft;
  if (context !== undefined && (await prompter.confirm(productionQuestion(context)))) {
    answered = { ...answered, productionContexts: [context] };
  }
  for (const question of asked) {
    if (await prompter.confirm(question.question)) answered = withDependency(answered, question);
  }
  return questions.slice(asked.length).reduce(withNote, answered);
}

function productionQuestion(context: string): string {
  return `Is context ${context} production? Each write to it must then be confirmed by typing its name`;
}
