import { Argument, type Command } from 'commander';

import { completionShells, type CompletionShell } from '../render/completion-shells.ts';
import type { Registry, World } from './registry.ts';

/** What the scripts of the shells ask; nobody types it, and help does not list it. */
export const completeWord = '__complete';

export function declareCompletion(registry: Registry): void {
  const command = registry
    .command(
      'completion',
      'print the script that completes command lines of c2l in a shell',
      'source <(c2l completion bash)',
    )
    .addArgument(new Argument('<shell>', 'of which shell').choices(completionShells));
  registry.runs(
    command,
    async (_, deps) => {
      const { printCompletion } = await import('../commands/complete.ts');
      return printCompletion(command.args[0] as CompletionShell, deps);
    },
    { formats: ['text'] },
  );
}

/** Prints what can stand at the cursor, one a line. A shell that asks is told nothing of what went wrong. */
export async function complete(program: Command, words: readonly string[], world: World): Promise<void> {
  const { completeLine } = await import('./complete-line.ts');
  const asked = completeLine(program, words);
  const { answerLines } = await import('../commands/complete.ts');
  const lines = await answerLines(asked, () => world.createDeps({ color: 'never', input: false }));
  if (lines.length > 0) world.print(`${lines.join('\n')}\n`);
}
