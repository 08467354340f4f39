import type { Command } from 'commander';

import type { GlobalFlags, WriteFlags } from '../commands/options.ts';
import {
  collect,
  parseDuration,
  parseHttpUrl,
  parseNamespace,
  parsePositiveCount,
  parseSeed,
} from './parse-arguments.ts';
import { defaultJournalNamespace } from '../core/drill/drill-command.ts';
import type { Onlooker } from '../core/drill/onlookers.ts';
import { plainFormats } from '../render/output-format.ts';
import type { Registry } from './registry.ts';

interface DrillFlags {
  readonly from?: readonly string[];
  readonly identity?: string;
  readonly journalNamespace: string;
  readonly journalFile?: string;
  readonly limit?: number;
  readonly manual?: boolean;
  readonly report?: readonly string[];
  readonly pushMetrics?: string;
  readonly watch?: string;
  readonly alertmanager?: string;
  readonly notify?: boolean;
  readonly repeat?: number;
  readonly seed?: number;
}

const journalNamespace = ['--journal-namespace <name>', 'where journal, copies and results are kept'] as const;
const journalFile = '--journal-file <file>';
const drillFormats = ['text', 'json', 'yaml', 'markdown', 'html', 'junit'] as const;

export function declareDrDrill(registry: Registry): void {
  const parent = registry.command(
    'dr-drill',
    'lose Secrets on purpose, and prove that they come back',
    'c2l dr-drill run total-secret-loss --sandbox --yes',
  );
  declareTelling(registry, parent);
  declareRun(registry, parent);
  declareEnding(registry, parent);
  declareHistory(registry, parent);
}

function declareTelling(registry: Registry, parent: Command): void {
  const list = parent.command('list').description('the scenarios that ship with c2l');
  registry.runs(list, async (flags, deps) =>
    (await import('../commands/dr-drill.ts')).tellDrills(undefined, flags, deps),
  );
  const describe = parent
    .command('describe')
    .description('what a scenario does, step by step')
    .argument('<scenario>', 'its name, or the path of a file');
  registry.runs(describe, async (flags, deps) =>
    (await import('../commands/dr-drill.ts')).tellDrills(describe.args[0], flags, deps),
  );
}

function declareRun(registry: Registry, parent: Command): void {
  const command = parent
    .command('run')
    .description('break what the scenario says, recover from it, and put everything back')
    .argument('[scenario]', 'its name, or the path of a file; none with --repeat')
    .option('-y, --yes', 'go ahead without asking; enough in the sandbox alone')
    .option('--confirm <context>', 'name of the context, instead of typing it')
    .option('--dry-run', 'prove what can be proven before, and show what would be broken')
    .option('--from <source>', 'where the recovery takes the values from; repeat in order of precedence', collect)
    .option('--identity <file>', 'file of an age identity, for an encrypted backup (default: $C2L_AGE_IDENTITY)')
    .option(...journalNamespace, parseNamespace, defaultJournalNamespace)
    .option(journalFile, 'keep journal and copies here too, encrypted to --identity')
    .option('--limit <duration>', 'after which the way back begins (default: of the scenario)', parseDuration)
    .option('--manual', 'break and time alone: people recover, with whatever tool')
    .option('--watch <url>', 'a running c2l watch: when it notices is timed too', parseHttpUrl)
    .option('--alertmanager <url>', 'likewise, as it is reached from here', parseHttpUrl)
    .option('--report <file>', 'also write it to a file: .html .json .md .prom .txt .xml .yaml; repeat', collect)
    .option('--push-metrics <url>', 'send last run, success and phases to a Pushgateway (default: $C2L_PUSH_METRICS)')
    .option('--notify', 'tell the receivers of watch how it went')
    .option(
      '--repeat <count>',
      'in the sandbox: so many drills with random faults, interrupted at random',
      parsePositiveCount,
    )
    .option('--seed <number>', 'of the first of them; each has the next (default: any)', parseSeed)
    .addHelpText('after', '\nExample:\n  c2l dr-drill run total-secret-loss -n shop --from env:backup.env');
  const options = {
    name: 'dr-drill',
    writes: true,
    formats: () => (isRehearsal(command) ? plainFormats : drillFormats),
    adjust: (flags: GlobalFlags) => ({ ...flags, scenario: sandboxState(flags, command.args[0]) }),
  };
  command.hook('preAction', () => {
    refuseMixture(command);
  });
  registry.reports(command, options, async () => {
    const { drill, rehearsal } = await import('../commands/dr-drill.ts');
    const flags = command.optsWithGlobals<GlobalFlags & WriteFlags & DrillFlags>();
    const { repeat, seed } = flags;
    const speed = registry.program.getOptionValueSource('speed') === 'default' ? rehearsalSpeed : flags.speed;
    if (repeat !== undefined) return (session) => rehearsal(session, { repeat, seed, speed });
    return (session) =>
      drill(session, {
        name: command.args[0] ?? '',
        from: flags.from ?? [],
        identity: flags.identity,
        yes: flags.yes === true,
        confirm: flags.confirm,
        dryRun: flags.dryRun === true,
        journalNamespace: flags.journalNamespace,
        journalFile: flags.journalFile,
        limitMs: flags.limit,
        manual: flags.manual === true,
        onlookers: onlookersOf(flags),
        outputs: {
          reports: flags.report ?? [],
          pushTo: flags.pushMetrics,
          notify: flags.notify === true,
        },
        isRehearsal: flags.sandbox === true,
      });
  });
}

/** As fast as a machine of two cores follows. */
const rehearsalSpeed = 10;

function isRehearsal(command: Command): boolean {
  return command.opts<DrillFlags>().repeat !== undefined;
}

function refuseMixture(command: Command): void {
  const { sandbox, seed } = command.optsWithGlobals<GlobalFlags & DrillFlags>();
  const [scenario] = command.args;
  if (isRehearsal(command)) {
    if (sandbox !== true) command.error('--repeat breaks things at random: it needs --sandbox');
    if (scenario !== undefined) command.error(`--repeat draws its faults itself: leave ${scenario} out`);
    return;
  }
  if (seed !== undefined) command.error('--seed needs --repeat');
  if (scenario === undefined) command.error("missing required argument 'scenario'");
}

function onlookersOf({ watch, alertmanager }: DrillFlags): readonly Onlooker[] {
  return [
    ...(watch === undefined ? [] : [{ kind: 'watch', url: watch } as const]),
    ...(alertmanager === undefined ? [] : [{ kind: 'alertmanager', url: alertmanager } as const]),
  ];
}

/** What is broken on purpose must be whole before. */
function sandboxState({ scenario }: GlobalFlags, drill: string | undefined): string {
  return scenario === 'incident' && drill !== 'current-state' ? 'healthy' : scenario;
}

function declareEnding(registry: Registry, parent: Command): void {
  const endings = {
    abort: 'put back what an unfinished drill broke',
    resume: 'recover, then put back the rest',
  } as const;
  for (const action of ['abort', 'resume'] as const) {
    const command = parent
      .command(action)
      .description(endings[action])
      .option('-y, --yes', 'go ahead without asking')
      .option('--confirm <name>', 'name of the production context or namespace, where --yes alone is not consent')
      .option('--identity <file>', 'file of an age identity, for an encrypted backup (default: $C2L_AGE_IDENTITY)')
      .option(journalFile, 'of the run: for when the journal in the cluster is gone')
      .addHelpText('after', `\nExample:\n  c2l dr-drill ${action} -n shop`);
    const options = { name: 'dr-drill', writes: true, formats: () => drillFormats };
    registry.reports(command, options, async () => {
      const { endedDrill } = await import('../commands/dr-drill.ts');
      const flags = command.optsWithGlobals<GlobalFlags & WriteFlags & DrillFlags>();
      return (session) =>
        endedDrill(session, {
          action,
          yes: flags.yes === true,
          confirm: flags.confirm,
          identity: flags.identity,
          journalFile: flags.journalFile,
        });
    });
  }
}

function declareHistory(registry: Registry, parent: Command): void {
  const command = parent
    .command('history')
    .description('what was kept of earlier drills, and how their times stand to each other')
    .argument('[scenario]', 'its name; all where it is left out')
    .option(...journalNamespace, parseNamespace, defaultJournalNamespace)
    .addHelpText('after', '\nExample:\n  c2l dr-drill history -n shop -o html > drills.html');
  const options = { name: 'dr-drill history', writes: false, formats: () => ['text', 'json', 'yaml', 'html'] as const };
  registry.reports(command, options, async () => {
    const { drillsBefore } = await import('../commands/dr-drill.ts');
    const flags = command.optsWithGlobals<GlobalFlags & DrillFlags>();
    const [scenario] = command.args;
    return (session) => drillsBefore(session, { scenario, journalNamespace: flags.journalNamespace });
  });
}
