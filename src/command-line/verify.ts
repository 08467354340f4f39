import { Option } from 'commander';

import type { OutsideFlags } from '../commands/verify-outside.ts';
import { collect, parseDuration } from './parse-arguments.ts';
import type { Registry } from './registry.ts';

interface VerifyFlags extends OutsideFlags {
  readonly fromOutside?: boolean;
  readonly watch?: boolean;
}

/** A rollout and a back-off fit into it. */
const watchMs = 600_000;

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
    )
    .addOption(
      new Option(
        '--watch',
        'check everything again and again until all of it passes; 10m unless --timeout says otherwise, then exit 4',
      ).conflicts(['fromOutside']),
    )
    .option('--from-outside', "ask the stack's public URLs from here, else the hosts of its Ingresses")
    .addOption(
      new Option('--url <url>', 'one more URL that must answer 200 from outside; may be repeated')
        .argParser(collect)
        .implies({ fromOutside: true }),
    );
  const formats = ['text', 'json', 'yaml', 'junit', 'markdown'] as const;
  registry.runs(
    command,
    async (_, deps) => {
      const flags = command.optsWithGlobals<VerifyFlags>();
      if (flags.fromOutside === true) return (await import('../commands/verify-outside.ts')).verifyOutside(flags, deps);
      const { runReport, verify } = await import('../commands/report-commands.ts');
      const options = { name: 'verify', flags, changes: false, stopsItself: false, formats };
      const isWatching = flags.watch === true;
      const timeoutMs = isWatching && command.getOptionValueSource('timeout') === 'default' ? watchMs : flags.timeout;
      return runReport(options, deps, (session) => verify(session, { timeoutMs, isWatching }));
    },
    { formats },
  );
}
