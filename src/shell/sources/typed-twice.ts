import type { SecretValue } from '../../core/secrets/secret-value.ts';
import type { Prompter, Terminal } from '../../ports.ts';

/**
 * Asks for something hidden twice. Where the two differ nobody can tell which one was mistyped, so that both are asked
 * for anew.
 */
export async function typedTwice(
  { prompter, terminal }: { readonly prompter: Prompter; readonly terminal: Pick<Terminal, 'err'> },
  questions: { readonly first: string; readonly again: string },
  check: Parameters<Prompter['secret']>[1],
): Promise<SecretValue> {
  for (;;) {
    const first = await prompter.secret(questions.first, check);
    const second = await prompter.secret(questions.again, () => undefined);
    if (second.equals(first)) return first;
    terminal.err('the two differ: type both anew');
  }
}
