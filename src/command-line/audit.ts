import { Option } from 'commander';

import type { GlobalFlags } from '../commands/options.ts';
import { OperatorError } from '../errors.ts';
import { defaultLimit } from '../render/default-limit.ts';
import type { OutputFormat } from '../render/output-format.ts';
import { parseDuration, parseLimit } from './parse-arguments.ts';
import type { Registry } from './registry.ts';

interface AuditFlags {
  readonly baseline?: string;
  readonly watch?: boolean;
  readonly interval: number;
}

export function declareAudit(registry: Registry): void {
  const command = registry
    .command('audit', 'find every missing Secret key and what each one blocks', 'c2l audit -n shop')
    .argument('[object]', 'explain one: deployment/NAME, a pod, or secret/NAME for who uses it')
    .option('--baseline <file>', 'fail only on what is not in this earlier report (-o json)')
    .option('--watch', 'look again and again, and tell what is new, gone or changed, until Ctrl-C')
    .addOption(
      new Option('--interval <duration>', 'from look to look with --watch')
        .argParser(parseDuration)
        .default(10_000, '10s'),
    )
    .addOption(
      new Option('--limit <n>', 'most roots, and rows beneath one, that the text shows; 0 for all')
        .argParser(parseLimit)
        .default(defaultLimit),
    )
    .hook('preAction', () => {
      if (command.getOptionValueSource('interval') === 'cli' && !isEndless())
        command.error('--interval is from look to look of --watch, which is not given');
    });
  const isEndless = (): boolean => command.opts<AuditFlags>().watch === true;
  const formats = (): readonly OutputFormat[] =>
    isEndless() ? ['text'] : ['text', 'json', 'yaml', 'junit', 'markdown', 'html'];
  registry.reports(command, { writes: false, isEndless, formats }, (commands, { args }) => async (session) => {
    const [subject] = args;
    // The end of the report tells it: on one screen that is what is left to be seen.
    if (session.deps.terminal.isOneScreen && !isEndless()) session.drillNotice.mute();
    const { baseline, interval } = command.opts<AuditFlags>();
    if (subject !== undefined && (baseline !== undefined || isEndless())) throw notOfOne(isEndless(), subject);
    if (subject !== undefined) return { report: await commands.auditOne(session, subject) };

    const earlier = baseline === undefined ? undefined : await commands.readBaseline(session, baseline);
    const look = (): ReturnType<typeof commands.audit> => commands.audit(session, earlier);
    if (!isEndless()) return { report: await look() };
    const style = commands.styleFor(command.optsWithGlobals<GlobalFlags>(), session.deps);
    return { report: await commands.watchAudit(session, look, { intervalMs: interval, style }), isTold: true };
  });
}

function notOfOne(isWatch: boolean, subject: string): OperatorError {
  const flag = isWatch ? '--watch looks at' : '--baseline compares';
  return new OperatorError('usage', `${flag} whole reports, not that of one object`, { hint: `c2l audit ${subject}` });
}
