import { builtInDrills } from '../core/drill/built-in-drills.ts';
import { flagsAgain } from '../core/drill/drill-command.ts';
import { scenarioDocument, type DrillScenario } from '../core/drill/drill-schema.ts';
import { lookedUp, type DrillsAnswer } from '../core/reports/answers.ts';
import { OperatorError } from '../errors.ts';
import { ExitCode } from '../exit-codes.ts';
import type { Deps } from '../ports.ts';
import { describeDrill, listDrills } from '../render/drill/drill-scenario-text.ts';
import { printableJson } from '../render/printable.ts';
import { drillHistory, type DrillHistoryOptions } from '../shell/drill/drill-history.ts';
import type { DrillOptions } from '../shell/drill/drill-options.ts';
import { keepResult } from '../shell/drill/drill-results.ts';
import { drillsUnderWay } from '../shell/drill/drills-under-way.ts';
import { finishDrill, type FinishOptions } from '../shell/drill/finish-drill.ts';
import { rehearseDrills, type RehearseOptions } from '../shell/drill/rehearse-drills.ts';
import { runDrill } from '../shell/drill/run-drill.ts';
import type { Session } from '../shell/session.ts';
import { sessionOptions, type GlobalFlags } from './options.ts';
import { openDrillPublisher, type DrillOutputs } from './publish-drill.ts';
import { styleFor, type CommandResult } from './run-report.ts';

/** Breaks what a scenario says, and proves the recovery. */
export async function drill(
  session: Session,
  { name, outputs, ...options }: Omit<DrillOptions, 'scenario'> & { name: string; outputs: DrillOutputs },
): Promise<CommandResult> {
  const scenario = await session.deps.drillFiles.read(name);
  // What is rehearsed in the sandbox says nothing of the cluster that the environment is set for.
  const pushTo = outputs.pushTo ?? (options.isRehearsal ? undefined : session.deps.pushGateway);
  const publisher = await openDrillPublisher(session, { ...outputs, pushTo });
  try {
    const asked = { scenario, file: fileOf(name), flags: flagsAgain({ ...options, ...outputs }) };
    const report = await keepResult(session, await runDrill(session, { ...options, ...asked }));
    const isTold = await publisher.tell(report);
    return { report, ...(isTold || report.verdict !== 'ok' ? {} : { exitCode: ExitCode.partial }) };
  } catch (error) {
    if (error instanceof OperatorError) await publisher.tellRefusal(scenario.name, error);
    throw error;
  }
}

function fileOf(name: string): string | undefined {
  return builtInDrills.includes(name) ? undefined : name;
}

/** Ends a drill that was not finished. */
export async function endedDrill(session: Session, options: FinishOptions): Promise<CommandResult> {
  return { report: await keepResult(session, await finishDrill(session, options)) };
}

/** What was kept of earlier drills. */
export async function drillsBefore(session: Session, options: DrillHistoryOptions): Promise<CommandResult> {
  return { report: await drillHistory(session, options) };
}

/** Many random drills in sandboxes. */
export async function rehearsal(session: Session, options: RehearseOptions): Promise<CommandResult> {
  return { report: await rehearseDrills(session, options) };
}

/** Tells which scenarios there are, or all of one; a cluster is asked for unfinished drills alone, and need not be there. */
export async function tellDrills(name: string | undefined, flags: GlobalFlags, deps: Deps): Promise<ExitCode> {
  const names = name === undefined ? builtInDrills : [name];
  const scenarios: DrillScenario[] = [];
  for (const each of names) scenarios.push(await deps.drillFiles.read(each));
  const [only] = scenarios;
  // What is rehearsed in a sandbox ends with it.
  const unfinished =
    name === undefined && flags.sandbox !== true ? await drillsUnderWay(sessionOptions(flags), deps) : undefined;
  const { terminal } = deps;
  if (flags.output !== 'text') {
    const documents = scenarios.map(scenarioDocument);
    // One alone is the file that it is read from.
    const all: DrillsAnswer = {
      ...lookedUp,
      command: 'dr-drill list',
      ...(unfinished && { unfinished }),
      scenarios: documents,
    };
    const document = name === undefined ? all : documents[0];
    terminal.out(
      flags.output === 'json'
        ? `${printableJson(JSON.stringify(document, null, 2))}\n`
        : (await import('../render/yaml.ts')).toYaml(document),
    );
    return ExitCode.ok;
  }
  const style = styleFor(flags, deps);
  const isList = name === undefined || only === undefined;
  const lines = isList ? listDrills(scenarios, unfinished ?? [], style) : describeDrill(only, style);
  terminal.out(`${lines.join('\n')}\n`);
  return ExitCode.ok;
}
