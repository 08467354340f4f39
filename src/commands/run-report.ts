import type { Report, ReportPlace } from '../core/reports/any-report.ts';
import { exitCodeOf } from '../core/reports/report.ts';
import { quoted } from '../core/sources/source-option.ts';
import { OperatorError } from '../errors.ts';
import { ExitCode } from '../exit-codes.ts';
import type { Deps } from '../ports.ts';
import { commandsHere } from '../render/commands-here.ts';
import { renderError, type RenderedError } from '../render/error.ts';
import { formatsForPrograms, type OutputFormat } from '../render/output-format.ts';
import { renderReport } from '../render/report.ts';
import { createStyle } from '../render/style.ts';
import { refusedReadOnly } from '../shell/read-only.ts';
import { openSession, reportHead, type Session, type SessionOptions } from '../shell/session.ts';
import { untilInterrupted } from '../shell/until-interrupted.ts';
import { sessionOptions, type GlobalFlags } from './options.ts';
import { refuseFormat } from './refuse-format.ts';

/** What a command's body gives back: the one report, and an exit code where the verdict does not say it all. */
export interface CommandResult {
  readonly report: Report;
  /** Whether the body has told it as it came, so that only the exit code is left to give. */
  readonly isTold?: boolean;
  readonly exitCode?: ExitCode;
}

/** A command as a function of an open session; it asks and shows progress, and leaves the report to be printed once. */
export type CommandBody = (session: Session) => Promise<CommandResult>;

export interface RunOptions {
  readonly name: string;
  readonly flags: GlobalFlags;
  /**
   * A command that only reads is dropped at Ctrl-C. One that writes, or looks until then, is never cut off from outside:
   * it looks at the signal where it can still tell what was done.
   */
  readonly stopsItself: boolean;
  /** Whether these flags mean a change of the cluster. */
  readonly changes: boolean;
  /** Forms that its report can take. */
  readonly formats: readonly OutputFormat[];
  /** The answer of a command whose work is to tell what keeps any from being begun. */
  readonly unopened?: UnopenedBody | undefined;
}

export type UnopenedBody = (failure: OperatorError, options: SessionOptions, deps: Deps) => Promise<CommandResult>;

/** Opens the session, runs the body, prints the report or the error, and gives the exit code. */
export async function runReport(options: RunOptions, given: Deps, body: CommandBody): Promise<ExitCode> {
  const { flags } = options;
  const holdOn = (words: string): (() => void) => given.holdOn(commandsHere(words, { flags: repeatedFlags(flags) }));
  const deps = { ...tellingHere(given, flags), holdOn };
  let session: Session | undefined;
  try {
    refuseFormat(options);
    const opened = await open(options, deps);
    if ('report' in opened) return await printResult(opened, options, deps);
    session = opened;
    try {
      if (options.changes && session.policy.readOnly) throw refusedReadOnly(session.cluster.context);
      const result = await (options.stopsItself ? body(session) : untilInterrupted(body(session), deps.signal));
      return await printResult(result, options, deps);
    } finally {
      await session.close();
    }
  } catch (error) {
    if (!(error instanceof OperatorError)) throw error;
    return printError(error, { ...options, place: session && placeOf(session) }, given);
  }
}

async function open({ name, flags, unopened }: RunOptions, deps: Deps): Promise<Session | CommandResult> {
  const options = { ...sessionOptions(flags), tellsEnding: name === 'audit' };
  try {
    return await openSession(options, deps);
  } catch (error) {
    if (unopened === undefined || !(error instanceof OperatorError) || error.code === 'interrupted') throw error;
    return untilInterrupted(unopened(error, options, deps), deps.signal);
  }
}

/** Their answers can be long, and nothing that came before stands on the screen to be read with them. */
const onlyRead: ReadonlySet<Report['command']> = new Set(['audit', 'doctor', 'dr-drill history', 'history']);

async function printResult(
  { report, exitCode, isTold = false }: CommandResult,
  { flags }: RunOptions,
  deps: Deps,
): Promise<ExitCode> {
  if (report.verdict === 'error' && report.error !== undefined && !tellsItself(report, flags, deps)) {
    await printErrorLine(report.error, deps);
  }
  const ending = exitCode ?? (report.verdict === 'error' ? ExitCode.usage : exitCodeOf(report.verdict));
  if (!isTold) {
    const text = await renderReport(report, flags.output, styleFor(flags, deps, ending));
    if (onlyRead.has(report.command)) await deps.terminal.show(text);
    else deps.terminal.out(text);
  }
  return ending;
}

/** What keeps every command from being begun is a row of what doctor found: on one screen that is enough. */
function tellsItself({ command }: Report, { output }: GlobalFlags, { terminal }: Deps): boolean {
  return command === 'doctor' && output === 'text' && terminal.isOneScreen;
}

function placeOf(session: Session): ReportPlace {
  const takenAt = session.deps.clock.now().toISOString();
  return reportHead(session, { namespaces: session.scope.namespaces, takenAt });
}

/** Prints a failure where its reader looks: one line for people on standard error, one document for programs. */
export async function printError(
  error: OperatorError,
  { name, flags, place }: Pick<RunOptions, 'name' | 'flags'> & { readonly place?: ReportPlace | undefined },
  deps: Pick<Deps, 'terminal'>,
): Promise<ExitCode> {
  const { output } = flags;
  const rendered = { code: error.code, message: error.message, hint: error.hint };
  if (formatsForPrograms.includes(output))
    deps.terminal.out(await renderError(rendered, output, { command: name, place }));
  await printErrorLine(rendered, tellingHere(deps, flags));
  return error.exitCode;
}

async function printErrorLine(error: RenderedError, { terminal }: Pick<Deps, 'terminal'>): Promise<void> {
  terminal.err((await renderError(error, 'text', terminal)).trimEnd());
}

/** What is said beside the answer names commands as the answer does. */
function tellingHere<D extends Pick<Deps, 'terminal'>>(deps: D, flags: GlobalFlags): D {
  const { terminal } = deps;
  const err = (line: string): void => {
    terminal.err(commandsHere(line, { flags: repeatedFlags(flags) }));
  };
  return { ...deps, terminal: { ...terminal, err } };
}

export function styleFor(
  flags: GlobalFlags,
  { terminal }: Deps,
  ending: ExitCode = ExitCode.ok,
): ReturnType<typeof createStyle> {
  return createStyle(terminal.color, {
    width: terminal.width,
    verbose: flags.verbose === true,
    ...(flags.limit === undefined ? {} : { limit: flags.limit }),
    flags: repeatedFlags(flags),
    program: terminal.program,
    isOneScreen: terminal.isOneScreen,
    embedded: terminal.goesOnAfter?.(ending) === true,
  });
}

/** The flags that a next command needs to mean the same cluster and stack. */
function repeatedFlags(flags: GlobalFlags): string {
  const words: string[] = [];
  if (flags.sandbox === true) words.push('--sandbox');
  if (flags.kubeconfig !== undefined) words.push(`--kubeconfig ${quoted(flags.kubeconfig)}`);
  if (flags.context !== undefined) words.push(`--context ${quoted(flags.context)}`);
  if (flags.config !== undefined) words.push(`--config ${quoted(flags.config)}`);
  if (flags.stack !== undefined) words.push(`--stack ${flags.stack}`);
  for (const namespace of flags.namespace ?? []) words.push(`-n ${namespace}`);
  if (flags.allNamespaces === true) words.push('-A');
  return words.join(' ');
}
