import { Option, type Command } from 'commander';

import type { GenerateFlags } from '../commands/generate.ts';
import type { GeneratedFile } from '../core/generate/generated-file.ts';
import type { GenerateSubject } from '../core/generate/generate-subject.ts';
import { rbacPurposes, type RbacPurpose } from '../core/generate/rbac-purposes.ts';
import { watchRunners, type WatchRunner } from '../core/generate/watch-runners.ts';
import type { Registry } from './registry.ts';

/** One kind of files that c2l makes from a stack. `load` imports what makes them when it is asked for. */
interface GenerateKind {
  readonly name: string;
  readonly description: string;
  readonly example: string;
  readonly options?: readonly Option[];
  load(command: Command): Promise<(subject: GenerateSubject) => readonly GeneratedFile[]>;
}

const kinds: readonly GenerateKind[] = [
  {
    name: 'rbac',
    description: 'the smallest rights with which a command does its work: ServiceAccount, Roles, bindings',
    example: 'c2l generate rbac --for audit | kubectl apply -f -',
    options: [
      new Option('--for <command>', 'command that the rights are for').choices(rbacPurposes).makeOptionMandatory(),
    ],
    load: async (command) => {
      const { generateRbac } = await import('../core/generate/rbac.ts');
      const purpose = command.opts<{ for: RbacPurpose }>().for;
      return (subject) => generateRbac(purpose, subject);
    },
  },
  {
    name: 'watch',
    description: 'what runs c2l watch: a systemd unit, a line of cron, or a workflow that needs no server',
    example: 'c2l generate watch --as systemd',
    options: [new Option('--as <runner>', 'who is to run it').choices(watchRunners).makeOptionMandatory()],
    load: async (command) => {
      const { generateWatch } = await import('../core/generate/watch.ts');
      const runner = command.opts<{ as: WatchRunner }>().as;
      return (subject) => generateWatch(runner, subject);
    },
  },
];

export function declareGenerate(registry: Registry): void {
  const parent = registry.command(
    'generate',
    'print manifests and units that are made from the stack',
    'c2l generate rbac --for audit',
  );
  for (const kind of kinds) {
    const command = parent
      .command(kind.name)
      .description(kind.description)
      .option('--out <folder>', 'folder to write to; - is standard output', '-')
      .addHelpText('after', `\nExample:\n  ${kind.example}`);
    for (const option of kind.options ?? []) command.addOption(option);
    registry.runs(command, async (flags, deps) => {
      const [{ runGenerate }, generate] = await Promise.all([import('../commands/generate.ts'), kind.load(command)]);
      return runGenerate(kind.name, flags as GenerateFlags, deps, generate);
    });
  }
}
