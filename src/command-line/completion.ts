import { Argument, type Command } from 'commander';

import type { Deps } from '../ports.ts';
import { completionShells, type CompletionShell } from '../render/completion-shells.ts';
import type { GivenFlags } from '../shell/sources/look-up-values.ts';
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
  const lines = await answerLines(
    asked,
    () => world.createDeps({ color: 'never', input: false }),
    (given, deps) => settled(program, given, deps),
  );
  if (lines.length > 0) world.print(`${lines.join('\n')}\n`);
}

/** As the command itself would take them: names of another cluster than its own would mislead. */
async function settled(program: Command, given: GivenFlags, deps: Deps): Promise<GivenFlags> {
  const { applySettings } = await import('./settings.ts');
  for (const [name, values] of given) program.setOptionValueWithSource(name, values, 'cli');
  if (given.has('sandbox')) program.setOptionValueWithSource('sandbox', true, 'cli');
  for (const name of ['kubeconfig', 'context']) {
    if (given.has(name)) program.setOptionValueWithSource(name, given.get(name)?.at(-1), 'cli');
  }
  await applySettings(program, deps);
  const filled = program.options
    .map((option) => option.attributeName())
    .filter((name) => program.getOptionValueSource(name) === 'config' && program.getOptionValue(name) !== false)
    .map((name): [string, readonly string[]] => [name, [program.getOptionValue(name)].flat().map(String)]);
  return new Map([...given, ...filled]);
}
