import { redact } from '../../core/redact.ts';
import {
  isOpen,
  lastRecords,
  outcomeOfExit,
  stepsLeft,
  type RunbookProgress,
  type StepOutcome,
} from '../../core/runbook/runbook-progress.ts';
import type { Runbook, RunbookStep } from '../../core/runbook/runbook.ts';
import type { Deps } from '../../ports.ts';
import { renderRunbookLog } from '../../render/runbook-log.ts';
import { outcomeWords, prose, stepHead } from '../../render/runbook-text.ts';
import type { Style } from '../../render/style.ts';
import { anyExit, stepVariable, type ProgressFile, type RunbookWorld } from '../../runbook-ports.ts';

export interface Walk {
  readonly runbook: Runbook;
  readonly world: RunbookWorld;
  readonly file: ProgressFile;
  readonly deps: Pick<Deps, 'terminal' | 'prompter' | 'clock' | 'operator' | 'signal'>;
  readonly style: Style;
  /** For the commands: where the cluster is, and the values of the runbook. */
  readonly env: Readonly<Record<string, string>>;
  /** Run every step without asking, as a script does. */
  readonly yes: boolean;
  /** The values that whoever starts it can set otherwise. */
  readonly changeable?: readonly string[];
  /** What its commands name as their next reaches the sandbox from nowhere else. */
  readonly isSandbox?: boolean;
  /** Ends the commands too, which then have no terminal. */
  readonly signal?: AbortSignal;
}

type Choice = 'run' | 'skip' | 'by-hand' | 'again' | 'stop';

const choices: Readonly<Record<string, Choice>> = {
  r: 'run',
  run: 'run',
  s: 'skip',
  skip: 'skip',
  h: 'by-hand',
  hand: 'by-hand',
  a: 'again',
  again: 'again',
  q: 'stop',
  stop: 'stop',
};

/** Walks the steps that are left; after each the progress is kept. Gives what is known at the end, or at a stop. */
export async function walkRunbook(walk: Walk, begun: RunbookProgress): Promise<RunbookProgress> {
  const { runbook, deps, style } = walk;
  let progress = begun;
  for (const step of stepsLeft(runbook, begun)) {
    const number = runbook.steps.indexOf(step) + 1;
    const isTakenUp = progress === begun && begun.steps.length > 0;
    for (const line of introduction(isTakenUp ? withSection(runbook, step) : step.explanation, style)) {
      deps.terminal.err(line);
    }
    for (const line of stepHead(step, { number, of: runbook.steps.length }, style)) deps.terminal.err(line);
    const settled = await settle(walk, step, progress);
    progress = settled.progress;
    if (settled.isStopped) break;
  }
  return progress;
}

function introduction(explanation: string, style: Style): string[] {
  return explanation === '' ? [''] : ['', ...prose(explanation, style), ''];
}

/** Whoever goes on where somebody left off reads first which part this is. */
function withSection({ steps }: Runbook, step: RunbookStep): string {
  const upToHere = steps.slice(0, steps.indexOf(step) + 1).flatMap(({ explanation }) => explanation.split('\n'));
  const heading = upToHere.findLast((line) => line.startsWith('#'));
  if (heading === undefined || step.explanation.startsWith(heading)) return step.explanation;
  return [heading, step.explanation].filter((part) => part !== '').join('\n\n');
}

/** One step until it is done, skipped or done by hand, or somebody stops. */
async function settle(
  walk: Walk,
  step: RunbookStep,
  before: RunbookProgress,
): Promise<{ progress: RunbookProgress; isStopped: boolean }> {
  let progress = before;
  for (;;) {
    const choice = walk.yes ? 'run' : await ask(walk);
    if (choice === 'stop') return { progress, isStopped: true };
    if (choice === 'again') {
      progress = await repeatBefore(walk, step, progress);
      continue;
    }
    progress = await (choice === 'run'
      ? runStep(walk, step, progress)
      : keep(walk, progress, { title: step.title, outcome: choice === 'skip' ? 'skipped' : choice, output: '' }));
    const isSettled = !isOpen(lastRecords(progress).get(step.title));
    if (walk.deps.signal.aborted || (!isSettled && walk.yes)) return { progress, isStopped: true };
    if (isSettled) return { progress, isStopped: false };
  }
}

/** Enter alone chooses nothing: a step is run because somebody said so. */
async function ask({ deps: { prompter } }: Walk): Promise<Choice> {
  const chosen = (word: string): Choice | undefined => choices[word.trim().toLowerCase()];
  const word = await prompter.text('r run, s skip, h done by hand, a the step before again, q stop:', (typed) =>
    chosen(typed) === undefined ? 'type one of r, s, h, a, q' : undefined,
  );
  return chosen(word) ?? 'stop';
}

/** Not the one that is asked about: that is what `r` repeats. */
async function repeatBefore(walk: Walk, current: RunbookStep, progress: RunbookProgress): Promise<RunbookProgress> {
  const { runbook, style, deps } = walk;
  const title = progress.steps.findLast((record) => record.title !== current.title)?.title;
  const index = runbook.steps.findIndex((each) => each.title === title);
  const step = runbook.steps[index];
  if (step === undefined) {
    deps.terminal.err('no step came before this one');
    return progress;
  }
  for (const line of stepHead(step, { number: index + 1, of: runbook.steps.length }, style)) deps.terminal.err(line);
  return runStep(walk, step, progress);
}

async function runStep(walk: Walk, step: RunbookStep, progress: RunbookProgress): Promise<RunbookProgress> {
  const { terminal } = walk.deps;
  const consent = walk.yes ? step.consent : undefined;
  const { exitCode, output } = await runCommands(walk, step.commands, { consent, exits: step.exits });
  let outcome = outcomeOfExit(step, exitCode);
  let told = output;
  if (outcome === 'failed') terminal.err(`FAILED: exit ${exitCode}, expected ${step.exits.join(' or ')}`);
  else if (outcome !== 'done') terminal.err(`${outcomeWords[outcome]}: the step is still to do`);
  else if (step.check !== undefined) {
    const checked = await runCommands(walk, step.check, { consent: undefined, exits: [0] });
    told = `${output}\n$ ${step.check}\n${checked.output}`;
    if (checked.exitCode !== 0) outcome = 'failed';
    terminal.err(checked.exitCode === 0 ? 'ok: checked' : `FAILED: the check ended with exit ${checked.exitCode}`);
  } else terminal.err(`${exitCode === 0 ? 'ok' : 'as expected'}: exit ${exitCode}`);
  if (outcome === 'failed') tellChangeable(walk, step);
  return keep(walk, progress, { title: step.title, outcome, exitCode, output: redact(told, []) });
}

/** A wrong value fails again and again: it is named, with the way to another. */
function tellChangeable({ changeable = [], env, deps: { terminal } }: Walk, { commands }: RunbookStep): void {
  for (const name of changeable.filter((each) => new RegExp(`\\$\\{?${each}\\b`).test(commands))) {
    terminal.err(`${name} is ${env[name] ?? ''}`);
    terminal.err(`for another answer q, then go on with --set ${name}=VALUE`);
  }
}

async function runCommands(
  { world, env, signal, isSandbox = false, deps: { terminal } }: Walk,
  commands: string,
  { consent, exits }: { readonly consent: string | undefined; readonly exits: readonly number[] },
): Promise<{ exitCode: number; output: string }> {
  const printed: string[] = [];
  const goesOnAfter = isSandbox ? anyExit : exits.join(',');
  const exitCode = await world.runScript(commands, {
    env: { ...env, C2L_CONSENT: consent ?? '', [stepVariable]: goesOnAfter },
    onLine: (line) => {
      printed.push(line);
      terminal.err(line);
    },
    signal,
  });
  return { exitCode, output: printed.join('\n') };
}

async function keep(
  { deps: { clock, operator }, file, runbook }: Walk,
  progress: RunbookProgress,
  record: { title: string; outcome: StepOutcome; exitCode?: number; output: string },
): Promise<RunbookProgress> {
  const next = { ...progress, steps: [...progress.steps, { ...record, by: operator, at: clock.now().toISOString() }] };
  await file.save(next, renderRunbookLog(runbook, next));
  return next;
}

/** A sandbox is gone with the run that made it: what was done there is done again in the new one, without asking. */
export async function replayInSandbox(walk: Walk, progress: RunbookProgress): Promise<void> {
  const records = lastRecords(progress);
  for (const step of walk.runbook.steps.filter(({ title }) => records.get(title)?.outcome === 'done')) {
    walk.deps.terminal.err(`again in the new sandbox: ${step.title}`);
    const quiet = { env: { ...walk.env, C2L_CONSENT: step.consent ?? '' }, onLine: () => undefined };
    await walk.world.runScript(step.commands, quiet);
  }
}
