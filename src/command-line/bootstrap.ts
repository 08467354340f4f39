import { Option } from 'commander';

import type { BootstrapCommandOptions } from '../commands/bootstrap.ts';
import type { GlobalFlags, WriteFlags } from '../commands/options.ts';
import { collect, parseDuration } from './parse-arguments.ts';
import type { Registry } from './registry.ts';
import {
  addKeepOption,
  addSourceOptions,
  addWriteOptions,
  consent,
  valueOptions,
  type KeepFlags,
  type SourceFlags,
} from './shared-options.ts';

type Flags = GlobalFlags & WriteFlags & SourceFlags & KeepFlags & { manifests?: readonly string[]; timeout: number };

export function declareBootstrap(registry: Registry): void {
  const command = registry
    .command(
      'bootstrap',
      'fill an empty cluster: namespaces, Secrets, then the workloads in their order, and prove it',
      'c2l bootstrap --manifests k8s --from azure-key-vault:VAULT',
    )
    .option('--manifests <path>', 'file or folder with manifests, or -; default: what Argo CD has', collect)
    .addOption(
      new Option('--timeout <duration>', 'longest wait in each phase').argParser(parseDuration).default(300_000, '5m'),
    );
  addKeepOption(addSourceOptions(addWriteOptions(command)));
  registry.reports(
    command,
    { writes: true, formats: () => ['text', 'json', 'yaml', 'markdown'], adjust },
    ({ bootstrap }) => {
      const flags = command.optsWithGlobals<Flags>();
      const options: BootstrapCommandOptions = {
        ...consent(flags),
        ...valueOptions(flags),
        keep: flags.keep,
        manifests: flags.manifests ?? [],
        timeoutMs: flags.timeout,
        output: flags.output,
        verbose: flags.verbose === true,
      };
      return (session) => bootstrap(session, options);
    },
  );

  /** A sandbox that is filled is empty before, unless another one is named. */
  function adjust(flags: GlobalFlags): GlobalFlags {
    const isNamed = command.parent?.getOptionValueSource('scenario') === 'cli';
    return isNamed ? flags : { ...flags, scenario: 'empty' };
  }
}
