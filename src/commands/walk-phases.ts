import { compareFindings, type Finding, type FindingCode } from '../core/findings/findings.ts';
import type { Report } from '../core/reports/any-report.ts';
import { exitCodeOf, type Verdict } from '../core/reports/report.ts';
import type { Phase, PhaseName, ReportedError, WalkReport } from '../core/reports/walk-report.ts';
import type { TakenFrom } from '../core/sources/source-option.ts';
import { OperatorError } from '../errors.ts';
import { ExitCode } from '../exit-codes.ts';
import type { OutputFormat } from '../render/output-format.ts';
import { renderReport } from '../render/report.ts';
import { createStyle } from '../render/style.ts';
import { summaryOf } from '../render/summary.ts';
import { reportHead, type Session } from '../shell/session.ts';
import type { CommandResult } from './run-report.ts';

export type PhaseReport = NonNullable<Phase['report']>;

export interface WalkStep {
  readonly name: PhaseName;
  readonly body: () => Promise<PhaseReport>;
}

export interface WalkOptions {
  readonly command: WalkReport['command'];
  readonly output: OutputFormat;
  readonly verbose: boolean;
  readonly taken?: TakenFrom & Pick<WalkReport, 'manifests'>;
  /** Whether the next phase has something to stand on. */
  readonly leadsOn: (phase: Phase) => boolean;
  /** Ends what a phase left open for those after it, and puts into its report what became of that. */
  readonly settle?: (phases: readonly Phase[]) => Promise<readonly Phase[]>;
}

interface Walk {
  readonly phases: readonly Phase[];
  readonly failure: OperatorError | undefined;
}

/**
 * A guided walk. Each phase begins from what is true in the cluster at that moment, so a walk that was interrupted goes on
 * where it is needed when it is run again.
 */
export async function walkThrough(
  session: Session,
  steps: readonly WalkStep[],
  options: WalkOptions,
): Promise<CommandResult> {
  const takenAt = session.deps.clock.now().toISOString();
  const walked = await walkPhases(session, steps, options);
  const walk = { ...walked, phases: (await options.settle?.(walked.phases)) ?? walked.phases };
  const last = walk.phases.findLast(({ report }) => report !== undefined)?.report;
  const unmended = walk.failure === undefined ? unmendedIn(walk.phases, last) : [];
  const verdict = walk.failure === undefined ? endVerdict(walk.phases, last, unmended) : failedVerdict(walk);
  const report: WalkReport = {
    ...reportHead(session, { namespaces: last?.namespaces ?? session.scope.namespaces, takenAt }),
    command: options.command,
    verdict,
    findings: [...unmended, ...(last?.findings ?? [])].sort(compareFindings),
    phases: walk.phases,
    ...options.taken,
    ...(walk.failure === undefined ? {} : { error: reportedError(walk.failure) }),
  };
  return { report, exitCode: exitCode(walk, verdict) };
}

/** The last phase tells how it ended, unless an earlier one left something undone. */
function endVerdict(phases: readonly Phase[], last: PhaseReport | undefined, unmended: readonly Finding[]): Verdict {
  if (phases.some(({ verdict }) => verdict === 'partial')) return 'partial';
  const end = last?.verdict ?? 'ok';
  return unmended.length > 0 && (end === 'ok' || end === 'unreadable') ? 'problems' : end;
}

const wrongCodes: ReadonlySet<FindingCode> = new Set(['secret-value-placeholder', 'secret-value-invalid']);

/** Wrong values that were left as they are: who runs with the ones before passes every check until its next start. */
function unmendedIn(phases: readonly Phase[], last: PhaseReport | undefined): readonly Finding[] {
  const told = new Set(last?.findings.map(({ id }) => id));
  return phases
    .flatMap(({ report }) => (report?.command === 'fix-secrets' ? report.findings : []))
    .filter(({ id, code, severity }) => wrongCodes.has(code) && severity === 'error' && !told.has(id));
}

async function walkPhases(session: Session, steps: readonly WalkStep[], options: WalkOptions): Promise<Walk> {
  const phases: Phase[] = [];
  let failure: OperatorError | undefined;
  let isStopped = false;

  for (const [index, { name, body }] of steps.entries()) {
    if (isStopped) {
      phases.push(skipped(session, name, reasonToSkip(phases)));
      continue;
    }
    session.deps.terminal.err(`\n${index + 1}/${steps.length} ${name}`);
    const outcome = await runPhase(session, { name, body, earlier: phases, command: options.command });
    phases.push(outcome.phase);
    failure = outcome.failure;
    isStopped = failure !== undefined || !options.leadsOn(outcome.phase);
    await show(session, options, outcome.phase.report);
  }
  return { phases, failure };
}

interface PhaseStep extends WalkStep {
  readonly command: WalkReport['command'];
  readonly earlier: readonly Phase[];
}

async function runPhase(
  session: Session,
  { name, body, earlier, command }: PhaseStep,
): Promise<{ phase: Phase; failure?: OperatorError }> {
  const { clock } = session.deps;
  const startedAt = clock.now().toISOString();
  const start = clock.monotonic();
  const time = (): { startedAt: string; durationMs: number } => ({
    startedAt,
    durationMs: Math.round(clock.monotonic() - start),
  });
  try {
    const report = await body();
    return { phase: { name, verdict: report.verdict, ...time(), summary: summaryOf(report), report } };
  } catch (error) {
    if (!(error instanceof OperatorError)) throw error;
    const failure = hasWritten(earlier) ? asPartOfTheWalk(error, command) : error;
    const verdict = error.code === 'declined' || error.code === 'interrupted' ? error.code : 'error';
    return { phase: { name, verdict, ...time(), summary: failure.message }, failure };
  }
}

/** "Nothing was changed" is true of the phase that was stopped, not of a walk that has written before. */
function asPartOfTheWalk(error: OperatorError, command: string): OperatorError {
  const { code, exitCode } = error;
  if (code !== 'declined' && code !== 'interrupted') return error;
  const hint = `c2l ${command} goes on from here`;
  return new OperatorError(code, `${code}; what earlier phases wrote stays`, { exitCode, hint });
}

function skipped({ deps }: Session, name: PhaseName, summary: string): Phase {
  return { name, verdict: 'skipped', startedAt: deps.clock.now().toISOString(), durationMs: 0, summary };
}

function reasonToSkip(earlier: readonly Phase[]): string {
  const because = earlier.findLast(({ verdict }) => verdict !== 'skipped');
  const report = because?.report;
  if (report !== undefined && 'dryRun' in report && report.dryRun) {
    return 'skipped: a dry run writes nothing that it could follow';
  }
  return `skipped because ${because?.name ?? 'an earlier phase'} did not end well`;
}

/** People see each phase's answer as it comes; programs get it inside the one document at the end. */
async function show({ deps }: Session, options: WalkOptions, report: Report | undefined): Promise<void> {
  if (report === undefined || options.output !== 'text') return;
  const style = createStyle(deps.terminal.color, {
    width: deps.terminal.width,
    verbose: options.verbose,
    embedded: true,
  });
  deps.terminal.err((await renderReport(report, 'text', style)).trimEnd());
}

function hasWritten(phases: readonly Phase[]): boolean {
  return phases.some(
    ({ report }) =>
      report !== undefined && 'outcomes' in report && report.outcomes.some(({ outcome }) => outcome === 'done'),
  );
}

/** "Declined" promises that nothing changed; once something was written, stopping is `partial`. */
function failedVerdict({ phases, failure }: Walk): WalkReport['verdict'] {
  if (failure?.code === 'interrupted') return 'interrupted';
  if (hasWritten(phases)) return 'partial';
  return failure?.code === 'declined' ? 'declined' : 'error';
}

function exitCode({ failure }: Walk, verdict: WalkReport['verdict']): ExitCode {
  if (verdict === 'error') return failure?.exitCode ?? ExitCode.usage;
  return exitCodeOf(verdict);
}

function reportedError({ code, message, hint }: OperatorError): ReportedError {
  return { code, message, ...(hint === undefined ? {} : { hint }) };
}
