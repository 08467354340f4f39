import { Option } from 'commander';

import { defaultLimit } from '../render/default-limit.ts';
import { parseLimit } from './parse-arguments.ts';
import type { Registry } from './registry.ts';

export function declareAudit(registry: Registry): void {
  const command = registry
    .command('audit', 'find every missing Secret key and what each one blocks', 'c2l audit -n shop')
    .addOption(
      new Option('--limit <n>', 'most roots, and rows beneath one, that the text shows; 0 for all')
        .argParser(parseLimit)
        .default(defaultLimit),
    );
  registry.reports(
    command,
    { writes: false, formats: ['text', 'json', 'yaml', 'junit', 'markdown', 'html'] },
    ({ audit }) =>
      async (session) => ({ report: await audit(session) }),
  );
}
