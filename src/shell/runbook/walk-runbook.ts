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
import type { ProgressFile, RunbookWorld } from '../../runbook-ports.ts';

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
      progress = await repeatLast(walk, progress);
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
  const word = await prompter.text('r run, s skip, h done by hand, a the last step again, q stop:', (typed) =>
    chosen(typed) === undefined ? 'type one of r, s, h, a, q' : undefined,
  );
  return chosen(word) ?? 'stop';
}

async function repeatLast(walk: Walk, progress: RunbookProgress): Promise<RunbookProgress> {
  const title = progress.steps.at(-1)?.title;
  const step = walk.runbook.steps.find((each) => each.title === title);
  if (step !== undefined) return runStep(walk, step, progress);
  walk.deps.terminal.err('no step has run yet');
  return progress;
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
  } else terminal.err(`ok: exit ${exitCode}`);
  return keep(walk, progress, { title: step.title, outcome, exitCode, output: redact(told, []) });
}

async function runCommands(
  { world, env, signal, deps: { terminal } }: Walk,
  commands: string,
  { consent, exits }: { readonly consent: string | undefined; readonly exits: readonly number[] },
): Promise<{ exitCode: number; output: string }> {
  const printed: string[] = [];
  const held = holdingNext((line) => {
    terminal.err(line);
  });
  const exitCode = await world.runScript(commands, {
    env: { ...env, C2L_CONSENT: consent ?? '' },
    onLine: (line) => {
      printed.push(line);
      held.onLine(line);
    },
    signal,
  });
  if (!exits.includes(exitCode)) held.release();
  return { exitCode, output: printed.join('\n') };
}

/** What a command names as its next is told where its step failed: otherwise the next step is what comes next. */
function holdingNext(tell: (line: string) => void): { onLine(line: string): void; release(): void } {
  let held: string[] = [];
  const release = (): void => {
    held.forEach(tell);
    held = [];
  };
  return {
    onLine: (line) => {
      const isMore = held.length > 0 && line.startsWith(' '.repeat('next: '.length));
      if (!isMore) release();
      if (isMore || line.startsWith('next: ')) held.push(line);
      else tell(line);
    },
    release,
  };
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
