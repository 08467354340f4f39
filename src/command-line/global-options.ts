import { Option, type Command } from 'commander';

import { colorChoices, scenarios } from '../commands/options.ts';
import { outputFormats } from '../render/output-format.ts';
import { collectNamespace, parseDuration, parseSpeed } from './parse-arguments.ts';

/** Flags that every command takes, under the same names and with the same meaning. */
export function addGlobalOptions(program: Command): void {
  program
    .optionsGroup('Which cluster, namespaces and stack:')
    .option('--kubeconfig <file>', 'kubeconfig to use (default: $KUBECONFIG, else ~/.kube/config)')
    .option('--context <name>', 'context of the kubeconfig (default: its current one)')
    .option('-n, --namespace <name>', 'look at exactly this namespace; may be repeated', collectNamespace)
    .addOption(new Option('-A, --all-namespaces', 'look at all namespaces').conflicts('namespace'))
    .option('--config <file>', 'stack file (default: c2l.yaml here or above)')
    .option('--stack <name>', 'stack that ships with c2l, such as cloudtolocalllm')
    .option('--sandbox', 'work on an embedded cluster that is gone afterwards; needs nothing installed')
    .addOption(
      new Option('--scenario <name>', 'state that the sandbox starts in').choices(scenarios).default('incident'),
    )
    .addOption(
      new Option('--speed <factor>', 'how much faster than real time the sandbox works')
        .argParser(parseSpeed)
        .default(2),
    )
    .optionsGroup('Answers and questions:')
    .addOption(new Option('-o, --output <format>', 'form of the answer').choices(outputFormats).default('text'))
    .option('--read-only', 'refuse whatever would change the cluster')
    .option('--no-input', 'never ask; fail where consent or a value is needed')
    .addOption(new Option('--color <when>', 'paint the answer').choices(colorChoices).default('auto'))
    .addOption(
      new Option(
        '--request-timeout <duration>',
        'longest wait for one API request; durations are 500ms, 90s, 5m or 1h, or seconds without a unit',
      )
        .argParser(parseDuration)
        .default(15_000, '15s'),
    )
    .option('-v, --verbose', 'name what is otherwise only counted')
    .optionsGroup('');
}

/** Beneath the page of a command: what `c2l --help` tells of is only named there. */
export function globalOptionsText(program: Command, typed: string): string {
  const named = program.options
    .filter(({ long }) => long !== '--version')
    .map(({ short, long }) => (short ? `${short}/${long}` : long));
  return `Also ${named.join(', ')}: ${typed} --help tells of them.`;
}
