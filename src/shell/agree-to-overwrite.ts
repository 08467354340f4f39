import { OperatorError } from '../errors.ts';
import type { Deps } from '../ports.ts';
import { agree } from './confirm.ts';

/** Consent before files that c2l did not make are replaced. Throws `output-foreign`, or `declined` on No. */
export async function agreeToOverwrite(
  files: readonly string[],
  yes: boolean,
  { terminal, prompter }: Pick<Deps, 'terminal' | 'prompter'>,
): Promise<void> {
  if (files.length === 0 || yes) return;
  const what = files.length === 1 ? `${files.join('')} was` : `${files.join(', ')} were`;
  if (!terminal.canPrompt) {
    throw new OperatorError('output-foreign', `${what} not made by c2l, and nothing was written`, {
      hint: 'give --out another folder, or replace with --yes',
    });
  }
  await agree(prompter, `${what} not made by c2l. Replace?`);
}
