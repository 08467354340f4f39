import type { GlobalFlags } from '../commands/options.ts';
import type { Registry } from './registry.ts';
import type { Settings } from './settings.ts';

export function declareConfig(registry: Registry): void {
  const parent = registry.command(
    'config',
    'your own defaults: what holds, and what made it so',
    'c2l config show --origin',
  );
  const show = parent
    .command('show')
    .description('every setting that holds here')
    .option('--origin', 'name the flag, variable, or place in the file that each comes from');
  registry.runs(show, async (flags, deps) => {
    const { showSettings } = await import('../commands/config.ts');
    const { origin, settings } = show.optsWithGlobals<GlobalFlags & { origin?: boolean; settings: Settings }>();
    return showSettings(settings, { withOrigin: origin === true }, flags, deps);
  });
  const path = parent.command('path').description('where the file of your settings lies, whether it is there or not');
  registry.runs(
    path,
    (_, deps) => {
      deps.terminal.out(`${deps.settings.file.path}\n`);
      return Promise.resolve(0);
    },
    { formats: ['text'] },
  );
}
