import * as z from 'zod';

import type { Runbook, RunbookStep } from './runbook.ts';

const outcomes = ['done', 'failed', 'declined', 'broken-off', 'skipped', 'by-hand'] as const;

export type StepOutcome = (typeof outcomes)[number];

const stepRecordSchema = z.object({
  title: z.string(),
  outcome: z.enum(outcomes),
  exitCode: z.number().optional(),
  by: z.string(),
  at: z.iso.datetime(),
  /** What it printed, without what looks like a value. */
  output: z.string(),
});

export type StepRecord = z.infer<typeof stepRecordSchema>;

/** What is kept of a run between its steps, so that somebody else can take over. */
export const runbookProgressSchema = z.object({
  version: z.literal(1),
  runbook: z.string(),
  startedAt: z.iso.datetime(),
  startedBy: z.string(),
  /** Where it runs: what was done on one cluster is not done on another. */
  context: z.string(),
  values: z.record(z.string(), z.string()),
  steps: z.array(stepRecordSchema),
});

export type RunbookProgress = z.infer<typeof runbookProgressSchema>;

/** What became of each step last; a repeated one has several records. */
export function lastRecords({ steps }: RunbookProgress): ReadonlyMap<string, StepRecord> {
  return new Map(steps.map((record) => [record.title, record]));
}

/** What a new sandbox can be brought to: what was done by hand went with the old one, and what came next rests on it. */
export function untilByHand(progress: RunbookProgress): RunbookProgress {
  const index = progress.steps.findIndex(({ outcome }) => outcome === 'by-hand');
  return index === -1 ? progress : { ...progress, steps: progress.steps.slice(0, index) };
}

/** The steps that nobody has done, skipped or taken over by hand. */
export function stepsLeft(runbook: Runbook, progress: RunbookProgress): readonly RunbookStep[] {
  const records = lastRecords(progress);
  return runbook.steps.filter(({ title }) => isOpen(records.get(title)));
}

const openOutcomes: ReadonlySet<StepOutcome> = new Set(['failed', 'declined', 'broken-off']);

/** Whether a step is still to do. */
export function isOpen(record: Pick<StepRecord, 'outcome'> | undefined): boolean {
  return record === undefined || openOutcomes.has(record.outcome);
}

const interruptedExit = 130;
/** As c2l ends where the person said No; of other programs it says nothing. */
const declinedExit = 5;

/** c2l so called looks alone: its other commands write, or ask whether they shall. */
const looking = /^c2l (?:audit|explain|validate|verify)\b[^;&|]*$|^c2l [^;&|]* --dry-run\b[^;&|]*$/;
const oneC2l = /^c2l [^;&|\n]*$/;
/** As c2l ends where it could not begin. */
const usageExit = 2;

/** Whether the cluster is surely as it was before the first step. */
export function hasChangedNothing({ steps }: Pick<Runbook, 'steps'>, progress: RunbookProgress): boolean {
  const commandsOf = new Map(steps.map(({ title, commands }) => [title, commands.replaceAll('\\\n', '')]));
  return progress.steps.every(({ title, outcome, exitCode }) => {
    const commands = commandsOf.get(title) ?? '';
    if (outcome === 'skipped' || outcome === 'declined') return true;
    if (outcome === 'by-hand') return false;
    return (
      commands.split('\n').every((line) => looking.test(line)) || (exitCode === usageExit && oneC2l.test(commands))
    );
  });
}

/** What a step came to by the exit code of its commands: what its person did not want has not failed. */
export function outcomeOfExit({ commands, exits }: Pick<RunbookStep, 'commands' | 'exits'>, exit: number): StepOutcome {
  if (exits.includes(exit)) return 'done';
  if (exit === interruptedExit) return 'broken-off';
  return exit === declinedExit && /\bc2l\b/.test(commands) ? 'declined' : 'failed';
}
