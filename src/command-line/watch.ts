import { Option } from 'commander';

import type { WatchFlags } from '../commands/watch.ts';
import { collect, parseDuration, parseListenAddress } from './parse-arguments.ts';
import type { Registry } from './registry.ts';

export function declareWatch(registry: Registry): void {
  const command = registry
    .command(
      'watch',
      'look from outside, page once for each incident, and tell of the recovery',
      'c2l watch --once --url https://shop.example/health',
    )
    .option('--once', 'one round, with the state kept in a file: for cron and CI schedules')
    .addOption(
      new Option('--test', 'send a test message to everybody who is told, and end').conflicts(['once', 'listen']),
    )
    .option('--url <url>', 'endpoint that must answer 200, beside those of the stack; may be repeated', collect)
    .option('--state <file>', "where the state is kept (default: a file of the stack's name in the state folder)")
    .addOption(
      new Option('--interval <duration>', "from round to round (default: the stack's, else 60s)").argParser(
        parseDuration,
      ),
    )
    .addOption(
      new Option('--listen <[host:]port>', 'serve /metrics and /healthz; the host is 127.0.0.1 unless given')
        .argParser(parseListenAddress)
        .conflicts('once'),
    )
    .option('--cluster', 'watch the cluster too: its API server and the checks of verify')
    .option('--no-cluster', 'watch the endpoints alone');
  registry.runs(command, async (flags: WatchFlags, deps) => {
    const { watch } = await import('../commands/watch.ts');
    return watch(flags, deps);
  });
}
