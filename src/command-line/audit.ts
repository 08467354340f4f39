import { Option } from 'commander';

import { defaultLimit } from '../render/default-limit.ts';
import { plainFormats, type OutputFormat } from '../render/output-format.ts';
import { parseLimit } from './parse-arguments.ts';
import type { Registry } from './registry.ts';

export function declareAudit(registry: Registry): void {
  const command = registry
    .command('audit', 'find every missing Secret key and what each one blocks', 'c2l audit -n shop')
    .argument('[object]', 'explain one: deployment/NAME, a pod, or secret/NAME for who uses it')
    .addOption(
      new Option('--limit <n>', 'most roots, and rows beneath one, that the text shows; 0 for all')
        .argParser(parseLimit)
        .default(defaultLimit),
    );
  const formats = ([subject]: readonly string[]): readonly OutputFormat[] =>
    subject === undefined ? ['text', 'json', 'yaml', 'junit', 'markdown', 'html'] : plainFormats;
  registry.reports(command, { writes: false, formats }, ({ audit, auditOne }) => async (session) => {
    const [subject] = command.args;
    return { report: await (subject === undefined ? audit(session) : auditOne(session, subject)) };
  });
}
