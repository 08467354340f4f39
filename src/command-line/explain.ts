import type { Registry } from './registry.ts';

export function declareExplain(registry: Registry): void {
  const command = registry
    .command('explain', 'what a finding means, how to fix it, when to ignore it', 'c2l explain secret-key-missing')
    .argument('[code]', 'code of a finding; without one all are listed');
  registry.runs(
    command,
    async (flags, deps) => {
      const { explain } = await import('../commands/explain.ts');
      return explain(command.args[0], flags, deps);
    },
    { formats: ['text', 'json', 'yaml', 'markdown'] },
  );
}
