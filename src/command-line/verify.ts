import { Option } from 'commander';

import type { GlobalFlags } from '../commands/options.ts';
import { parseDuration } from './parse-arguments.ts';
import type { Registry } from './registry.ts';
import type { WaitFlags } from './shared-options.ts';

export function declareVerify(registry: Registry): void {
  const command = registry
    .command(
      'verify',
      'prove that every component works: logins and answers, not only readiness',
      'c2l verify --timeout 2m',
    )
    .addOption(
      new Option('--timeout <duration>', 'how long checks may take to pass')
        .argParser(parseDuration)
        .default(60_000, '60s'),
    );
  registry.reports(
    command,
    { writes: false, formats: () => ['text', 'json', 'yaml', 'junit', 'markdown'] },
    ({ verify }) => {
      const flags = command.optsWithGlobals<GlobalFlags & WaitFlags>();
      return (session) => verify(session, { timeoutMs: flags.timeout });
    },
  );
}
