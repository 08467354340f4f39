import type { InitFlags } from '../commands/init.ts';
import { collect } from './parse-arguments.ts';
import type { Registry } from './registry.ts';

export function declareInit(registry: Registry): void {
  const command = registry
    .command('init', 'write a stack file, c2l.yaml, from a cluster or from manifests', 'c2l init -n shop')
    .option(
      '--from-manifests <path>',
      'read files or folders instead of a cluster, - for standard input; may be repeated',
      collect,
    )
    .option('--out <file>', 'stack file to write; - is standard output', 'c2l.yaml')
    .option('-y, --yes', 'replace a stack file that is there');
  registry.runs(command, async (flags, deps) => {
    const { init } = await import('../commands/init.ts');
    return init(flags as InitFlags, deps);
  });
}
