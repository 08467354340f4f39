import { Option } from 'commander';

import { OperatorError } from '../errors.ts';
import { defaultLimit } from '../render/default-limit.ts';
import { plainFormats, type OutputFormat } from '../render/output-format.ts';
import { parseLimit } from './parse-arguments.ts';
import type { Registry } from './registry.ts';

interface AuditFlags {
  readonly baseline?: string;
}

export function declareAudit(registry: Registry): void {
  const command = registry
    .command('audit', 'find every missing Secret key and what each one blocks', 'c2l audit -n shop')
    .argument('[object]', 'explain one: deployment/NAME, a pod, or secret/NAME for who uses it')
    .option('--baseline <file>', 'fail only on what is not in this earlier report (-o json)')
    .addOption(
      new Option('--limit <n>', 'most roots, and rows beneath one, that the text shows; 0 for all')
        .argParser(parseLimit)
        .default(defaultLimit),
    );
  const formats = ([subject]: readonly string[]): readonly OutputFormat[] =>
    subject === undefined ? ['text', 'json', 'yaml', 'junit', 'markdown', 'html'] : plainFormats;
  registry.reports(command, { writes: false, formats }, ({ audit, auditOne, readBaseline }) => async (session) => {
    const [subject] = command.args;
    const { baseline } = command.opts<AuditFlags>();
    if (subject !== undefined && baseline !== undefined) {
      throw new OperatorError('usage', '--baseline compares whole reports, not that of one object', {
        hint: `c2l audit --baseline ${baseline}`,
      });
    }
    if (subject !== undefined) return { report: await auditOne(session, subject) };
    const earlier = baseline === undefined ? undefined : await readBaseline(session, baseline);
    return { report: await audit(session, earlier) };
  });
}
