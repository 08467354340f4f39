import { InvalidArgumentError, Option, type Command } from 'commander';

import type { GenerateFlags } from '../commands/generate.ts';
import type { GenerateKind } from '../core/generate/generate-kind.ts';
import { generateKinds } from '../core/generate/kinds.ts';
import { nearestNames } from '../core/nearest.ts';
import { OperatorError } from '../errors.ts';
import { declareSealedSecrets, sealedSecretsName } from './generate-sealed-secrets.ts';
import type { Registry } from './registry.ts';

export function declareGenerate(registry: Registry): void {
  const parent = registry
    .command('generate', 'print manifests and units that are made from the stack', 'c2l generate rbac --for audit')
    .argument('[kind]', 'what to make')
    .option('--all', 'every kind that the stack holds something for, each in a folder of its own')
    .option('--out <folder>', 'folder to write to; - is standard output', parseFolder, '-')
    .option('--check', 'change nothing, and fail where the files in the folder differ')
    .option('-y, --yes', 'also replace files that c2l did not make');
  registry.runs(parent, async (flags, deps) => {
    const [word] = parent.args;
    if (word !== undefined) throw unknownKind(word);
    if (parent.opts<{ all?: boolean }>().all !== true) throw noKind();
    const { runGenerateAll } = await import('../commands/generate.ts');
    return runGenerateAll(flags as GenerateFlags, deps);
  });
  for (const kind of generateKinds) declareKind(kind, parent, registry);
  declareSealedSecrets(parent, registry);
}

/** An empty one is a variable of a script that was not set, and would be the working directory. */
function parseFolder(text: string): string {
  if (text.trim() === '') throw new InvalidArgumentError('expected a folder, or - for standard output.');
  return text;
}

function declareKind(kind: GenerateKind, parent: Command, registry: Registry): void {
  const command = parent
    .command(kind.name)
    .description(kind.description)
    .addHelpText('after', `\nExample:\n  ${kind.example}`);
  if (kind.option !== undefined) command.addOption(optionOf(kind.option));
  registry.runs(
    command,
    async (flags, deps) => {
      if (parent.opts<{ all?: boolean }>().all === true) throw bothSaid(kind.name);
      const { runGenerate } = await import('../commands/generate.ts');
      const [choice = ''] = Object.values(command.opts<Record<string, string>>());
      return runGenerate(kind, choice, flags as GenerateFlags, deps);
    },
    { name: parent.name() },
  );
}

function optionOf({ flags, description, choices, default: usual }: NonNullable<GenerateKind['option']>): Option {
  const option = new Option(flags, description).choices(choices);
  return usual === undefined ? option.makeOptionMandatory() : option.default(usual);
}

const kindNames = [...generateKinds.map(({ name }) => name), sealedSecretsName];

function unknownKind(word: string): OperatorError {
  const meant = nearestNames(word, kindNames);
  const [first] = meant;
  return new OperatorError(
    'usage',
    `unknown kind ${word}${first === undefined ? '' : `, did you mean ${meant.join(' or ')}?`}`,
    {
      hint: first === undefined ? `kinds: ${kindNames.join(', ')}` : `c2l generate ${first}`,
    },
  );
}

function noKind(): OperatorError {
  return new OperatorError('usage', 'generate needs a kind, or --all', {
    hint: `kinds: ${kindNames.join(', ')}; c2l generate --help`,
  });
}

function bothSaid(name: string): OperatorError {
  return new OperatorError('usage', `--all makes ${name} too`, { hint: `c2l generate --all, or c2l generate ${name}` });
}
