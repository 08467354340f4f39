import { refText } from '../../core/cluster/kubernetes.ts';
import type { DrillPhase } from '../../core/drill/drill-report.ts';
import type { FixReport } from '../../core/fix/secret-reports.ts';
import type { StepOutcome, Verdict } from '../../core/reports/report.ts';
import { verifyTroubles } from '../../core/verify/verify-report.ts';
import { OperatorError } from '../../errors.ts';
import type { Deps, Progress, Terminal } from '../../ports.ts';
import type { ValueSource } from '../../value-ports.ts';
import { runFix } from '../fix/fix-secrets.ts';
import { lookUntil } from '../look-until.ts';
import { runRestart } from '../restart/restart.ts';
import type { Session } from '../session.ts';
import { runVerify } from '../verify/verify.ts';
import type { Rival } from './drill-rival.ts';
import { Stopwatch } from './drill-stopwatch.ts';

export interface RecoveryOptions {
  readonly from: readonly string[];
  readonly identity?: string | undefined;
  readonly overwrite: readonly string[];
  /** Kinds of source that refuse. */
  readonly refused: readonly string[];
  readonly timeoutMs: number;
  /** What must be there before the Secrets can be looked at; gives what went wrong. */
  readonly before: () => Promise<readonly string[]>;
  /** Is told of the Secrets that were written as soon as they are. */
  readonly onWritten: (secrets: readonly string[]) => Promise<void>;
  /** Who undoes the repair. */
  readonly rival?: Rival | undefined;
}

export interface Recovery {
  readonly isRecovered: boolean;
  /** Between the moments of the recovery itself. */
  readonly phases: readonly DrillPhase[];
  /** What failed, whether or not everything came back. */
  readonly troubles: readonly string[];
  readonly wrong: readonly string[];
}

/** So many revisions stay that none of those from before is pruned. */
const keepAll = 100_000;

/** The path that an operator takes, with nobody to ask: fix-secrets, restart, verify; again where it was undone. */
export async function recover(session: Session, options: RecoveryOptions): Promise<Recovery> {
  const times = new Stopwatch(session.deps.clock);
  const { rival } = options;
  const alone = unattended(session, { refused: options.refused, times });
  const wrong: string[] = [...(await options.before())];
  for (;;) {
    const undone = rival?.nextUndo();
    const round = await walk(undone === undefined ? alone : stoppedBy(alone, undone), options, times);
    if (undone?.aborted === true) wrong.push('somebody else broke the Secrets again: the recovery was begun again');
    else if (rival?.isTired !== false) return { ...round, phases: times.phases, wrong: [...wrong, ...round.wrong] };
    if (session.deps.signal.aborted) return { ...round, isRecovered: false, phases: times.phases, wrong };
  }
}

/** Whoever sees that all was in vain does not wait for what cannot come. */
function stoppedBy(session: Session, undone: AbortSignal): Session {
  const { deps } = session;
  return { ...session, deps: { ...deps, signal: AbortSignal.any([deps.signal, undone]) } };
}

async function walk(
  alone: Session,
  { from, identity, overwrite, timeoutMs, onWritten }: RecoveryOptions,
  times: Stopwatch,
): Promise<Omit<Recovery, 'phases'>> {
  const troubles: string[] = [];
  const write = { yes: true, dryRun: false };
  const tell = (phase: string, verdict: Verdict): void => {
    if (verdict === 'partial' || verdict === 'interrupted') troubles.push(`${phase} ended with ${verdict}`);
  };
  try {
    const fixed = await runFix(alone, { ...write, from, identity, overwrite, keep: keepAll });
    times.lap('write');
    const written = writtenSecrets(fixed);
    if (written.length > 0) await onWritten(written);
    tell('fix-secrets', fixed.verdict);
    const restarted = await runRestart(alone, { ...write, waitOnly: false, timeoutMs });
    tell('restart', restarted.verdict);
    const verified = await runVerify(alone, { timeoutMs });
    times.lap('all-verified');
    return { isRecovered: verified.verdict === 'ok', troubles, wrong: verifyTroubles(verified) };
  } catch (error) {
    if (!(error instanceof OperatorError)) throw error;
    // Why it ended is told of the drill as a whole.
    if (error.code === 'interrupted') return { isRecovered: false, troubles, wrong: [] };
    return { isRecovered: false, troubles, wrong: [error.message] };
  }
}

const writing: ReadonlySet<StepOutcome['action']> = new Set([
  'create-secret',
  'patch-secret',
  'recreate-secret',
  'sync-external-secret',
  'fill-store',
]);

function writtenSecrets({ outcomes }: FixReport): string[] {
  const writes = outcomes.filter(({ action, outcome }) => outcome === 'done' && writing.has(action));
  return writes.map(({ object }) => refText(object));
}

function unattended(
  session: Session,
  { refused, times }: { readonly refused: readonly string[]; readonly times: Stopwatch },
): Session {
  const { deps } = session;
  const openSource: Deps['openSource'] = async (spec, options) => {
    const source = await deps.openSource(spec, options);
    const isRefused = refused.some((kind) => spec.startsWith(`${kind}:`));
    return timed(isRefused ? refusing(source) : source, times);
  };
  return { ...session, deps: { ...deps, openSource, terminal: mute(deps.terminal) } };
}

function timed(source: ValueSource, times: Stopwatch): ValueSource {
  return {
    label: source.label,
    warnings: source.warnings,
    nameOf: (wanted) => source.nameOf(wanted),
    lookUp: async (wanted, signal) => {
      times.lap('decide');
      const answers = await source.lookUp(wanted, signal);
      times.lap('values');
      return answers;
    },
  };
}

/** A vault that is there and does not answer. */
function refusing(source: ValueSource): ValueSource {
  return {
    label: source.label,
    warnings: [],
    nameOf: (wanted) => source.nameOf(wanted),
    lookUp: (wanted) =>
      Promise.resolve(wanted.map(() => ({ state: 'failed', reason: 'refuses, as the drill has it' }))),
  };
}

function mute(terminal: Terminal): Terminal {
  return {
    canPrompt: false,
    isOneScreen: terminal.isOneScreen,
    width: terminal.width,
    color: terminal.color,
    program: terminal.program,
    out: (text) => {
      terminal.out(text);
    },
    show: (text) => terminal.show(text),
    err: (line) => {
      terminal.err(line);
    },
    progress: (text) => terminal.progress(text),
  };
}

const lookEveryMs = 2000;

/** A timed exercise: people recover with whatever tool, and c2l looks on until everything is proven. */
export async function waitForOthers(session: Session, isBack: () => Promise<boolean>): Promise<Recovery> {
  const { clock, terminal } = session.deps;
  const times = new Stopwatch(clock);
  const progress = terminal.progress('people recover');
  let seen = 'nothing was checked';
  const looks: Progress = {
    update: () => undefined,
    finish: (_, text) => {
      seen = text;
      progress.update(`people recover: ${text}`);
    },
  };
  const quiet = { ...session, deps: { ...session.deps, terminal: { ...mute(terminal), progress: () => looks } } };
  let isRecovered = false;
  try {
    isRecovered = await lookUntil(
      session.deps,
      { everyMs: lookEveryMs, deadline: Infinity },
      async () => (await runVerify(quiet, { timeoutMs: lookEveryMs })).verdict === 'ok' && (await isBack()),
      (isNow) => isNow,
    );
  } finally {
    progress.finish(isRecovered ? 'ok' : 'stopped', seen);
  }
  times.lap('all-verified');
  return { isRecovered: true, phases: times.phases, troubles: [], wrong: [] };
}
