import { hasChangedNothing, stepsLeft, untilByHand, type RunbookProgress } from '../core/runbook/runbook-progress.ts';
import type { Runbook } from '../core/runbook/runbook.ts';
import { utcText } from '../core/utc-text.ts';
import { OperatorError } from '../errors.ts';
import { ExitCode } from '../exit-codes.ts';
import type { Deps } from '../ports.ts';
import { paragraph } from '../render/layout.ts';
import { renderRunbookLog } from '../render/runbook-log.ts';
import {
  fileLines,
  outcomeWords,
  renderRun,
  renderRunbook,
  renderRunbookList,
  renderRunbooksAnswer,
} from '../render/runbook-text.ts';
import type { Style } from '../render/style.ts';
import type { ProgressFile, RunbookWorld } from '../runbook-ports.ts';
import { openRunbookPlace, type RunbookPlace } from '../shell/runbook/open-runbook-place.ts';
import { proveKubectl } from '../shell/runbook/prove-kubectl.ts';
import { runbookValues } from '../shell/runbook/runbook-values.ts';
import { replayInSandbox, walkRunbook, type Walk } from '../shell/runbook/walk-runbook.ts';
import type { GlobalFlags } from './options.ts';
import { styleFor } from './run-report.ts';

export interface RunRunbookOptions {
  readonly yes: boolean;
  /** `NAME=VALUE` of the runbook. */
  readonly set: readonly string[];
  readonly progress: string | undefined;
  /** From the first step, whatever was done before. */
  readonly anew: boolean;
  /** What starts it, where that is not `c2l runbook run`. */
  readonly command?: string;
  /** What comes after its last step, where that is no incident review. */
  readonly afterwards?: string;
  /** What to type where it cannot be walked, if not to read it. */
  readonly otherwise?: string;
}

export async function listRunbooks(flags: GlobalFlags, deps: Deps): Promise<ExitCode> {
  const runbooks = await (await deps.openRunbookWorld()).list();
  await deps.terminal.show(
    flags.output === 'text'
      ? renderRunbookList(runbooks, styleFor(flags, deps))
      : await renderRunbooksAnswer(runbooks, flags.output),
  );
  return ExitCode.ok;
}

/** `-o markdown` gives the text as it is written. */
export async function showRunbook(name: string, flags: GlobalFlags, deps: Deps): Promise<ExitCode> {
  const world = await deps.openRunbookWorld();
  const runbook = await world.read(name);
  await deps.terminal.show(flags.output === 'markdown' ? runbook.text : renderRunbook(runbook, styleFor(flags, deps)));
  return ExitCode.ok;
}

/** Walks a runbook on the cluster of the flags, or in a sandbox of its own. */
export async function runRunbook(
  name: string,
  options: RunRunbookOptions,
  flags: GlobalFlags,
  deps: Deps,
): Promise<ExitCode> {
  const { terminal, operator, clock, signal } = deps;
  const world = await deps.openRunbookWorld();
  const runbook = await world.read(name);
  await proveWalkable(runbook, { ...options, name, world, isSandbox: flags.sandbox === true }, deps);
  const place = await openRunbookPlace(runbook, flags, deps);
  const file = await world
    .openProgress(`${runbook.name}-${place.slug}`, options.progress, whereHeld(options))
    .catch(async (error: unknown) => {
      await place.close();
      throw error;
    });
  try {
    const found = options.anew ? undefined : leftToGoOn(runbook, file, place);
    const style = styleFor(flags, deps);
    tellBeginning(runbook, { place, file, style }, deps);
    if (found !== undefined) tellFound(found, { file, tellsValues: options.yes && !place.isSandbox }, deps);
    const { isSandbox } = place;
    const valuesOptions = { ...options, known: place.values, earlier: found?.values, isSandbox };
    const values = await runbookValues(runbook, valuesOptions, deps);
    const walk: Walk = {
      runbook,
      world,
      file,
      deps,
      style,
      env: { ...place.env, ...values },
      yes: options.yes,
      changeable: changeableOf(values, place),
      isSandbox,
    };
    if (found !== undefined && isSandbox) await replayInSandbox(walk, found);
    const fresh = { version: 1 as const, runbook: runbook.name, context: place.context, startedBy: operator };
    const begun = { ...(found ?? { ...fresh, startedAt: clock.now().toISOString(), steps: [] }), values };
    const again = commandAgain(name, options, walk);
    const progress = await walkRunbook(walk, begun).catch((error: unknown) => {
      throw sayingHowToGoOn(error, again);
    });
    const isComplete = stepsLeft(runbook, progress).length === 0;
    const next = isComplete ? (options.afterwards ?? 'attach the log to the incident review') : again;
    terminal.out(
      flags.output === 'markdown'
        ? renderRunbookLog(runbook, progress)
        : renderRun(runbook, progress, { logPath: file.logPath, next, style: walk.style }),
    );
    return signal.aborted ? ExitCode.interrupted : exitOf(runbook, progress, options);
  } finally {
    await file.release();
    await place.close();
  }
}

/** Where somebody is at it already. */
function whereHeld({ command }: RunRunbookOptions): string {
  return command === undefined
    ? 'go on there, or end it and type this again; to walk beside it: --progress FILE'
    : `go on there, or end it by Ctrl-C: ${command} then goes on from where it was`;
}

/** A sandbox decides its own. */
function changeableOf(values: Readonly<Record<string, string>>, { isSandbox, values: known }: RunbookPlace): string[] {
  return isSandbox ? [] : Object.keys(values).filter((name) => known[name] === undefined);
}

interface WalkableOptions extends Pick<RunRunbookOptions, 'yes' | 'otherwise'> {
  /** As it was typed. */
  readonly name: string;
  readonly world: RunbookWorld;
  readonly isSandbox: boolean;
}

/** What would stop it between its steps is said before the first. */
async function proveWalkable(runbook: Runbook, options: WalkableOptions, deps: Deps): Promise<void> {
  const { name, yes, world, isSandbox, otherwise = `c2l runbook show ${name}` } = options;
  if (!yes && !deps.terminal.canPrompt) {
    throw new OperatorError('confirmation-needed', `runbook ${name} asks at each step and nobody can be asked here`, {
      hint: `c2l runbook show ${name}, or add --yes`,
    });
  }
  await proveKubectl(runbook, { world, isNeeded: yes || isSandbox, otherwise }, deps);
}

function commandAgain(name: string, { command }: RunRunbookOptions, { style }: Walk): string {
  return command ?? ['c2l runbook run', name, style.flags].join(' ').trim();
}

/** What was done before Ctrl-C is kept. */
function sayingHowToGoOn(error: unknown, again: string): unknown {
  if (!(error instanceof OperatorError) || error.code !== 'interrupted') return error;
  return new OperatorError(error.code, error.message, {
    exitCode: error.exitCode,
    hint: `${again} goes on from here`,
    cause: error,
  });
}

/** Whoever leaves before anything was changed has declined it; a script stops only at what failed. */
function exitOf(runbook: Runbook, progress: RunbookProgress, { yes }: RunRunbookOptions): ExitCode {
  if (stepsLeft(runbook, progress).length === 0) return ExitCode.ok;
  return !yes && hasChangedNothing(runbook, progress) ? ExitCode.declined : ExitCode.partial;
}

/** What an earlier run left to do; undefined where there is none, or it came to its end. */
function leftToGoOn(runbook: Runbook, { found, path }: ProgressFile, place: RunbookPlace): RunbookProgress | undefined {
  if (found === undefined) return undefined;
  if (found.runbook !== runbook.name || found.context !== place.context) {
    throw new OperatorError('runbook-invalid', `${path} is the progress of ${found.runbook} on ${found.context}`, {
      hint: 'name another one with --progress FILE, or start over with --anew',
    });
  }
  if (found.steps.length === 0 || stepsLeft(runbook, found).length === 0) return undefined;
  return place.isSandbox ? untilByHand(found) : found;
}

interface Beginning {
  readonly place: RunbookPlace;
  readonly file: ProgressFile;
  readonly style: Style;
}

function tellBeginning(
  { title }: Runbook,
  { place: { context, server, isSandbox }, file, style }: Beginning,
  { terminal }: Deps,
): void {
  const told = [
    title,
    `context ${context}, server ${server}`,
    ...(isSandbox ? ['the sandbox begins minutes after its stack was installed: so old are its pods'] : []),
  ];
  for (const line of told.flatMap((text) => paragraph('', text, style.width))) terminal.err(line);
  for (const line of fileLines('progress is kept in', file.path, style)) terminal.err(line);
}

function tellFound(
  left: RunbookProgress,
  { file: { found = left }, tellsValues }: { readonly file: ProgressFile; readonly tellsValues: boolean },
  { terminal }: Deps,
): void {
  const { steps, startedAt, startedBy } = found;
  terminal.err(`going on with what ${startedBy} began at ${utcText(startedAt)}; --anew starts over`);
  const last = steps.at(-1);
  if (last !== undefined)
    terminal.err(`last: ${last.title} (${outcomeWords[last.outcome]}) by ${last.by} at ${utcText(last.at)}`);
  const lost = steps[left.steps.length];
  if (lost !== undefined) terminal.err(`what was done by hand went with the old sandbox: on from ${lost.title}`);
  const values = tellsValues ? Object.entries(found.values) : [];
  for (const [name, value] of values) terminal.err(`with ${name}=${value}`);
}
