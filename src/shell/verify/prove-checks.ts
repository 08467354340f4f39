import type { Snapshot } from '../../core/cluster/snapshot.ts';
import type { Finding } from '../../core/findings/findings.ts';
import type { PlannedCheck } from '../../core/verify/checks.ts';
import { obstacles, type ProvenCheck } from '../../core/verify/verify-findings.ts';
import type { CheckResult } from '../../core/verify/verify-report.ts';
import type { Clock } from '../../ports.ts';
import { attemptInTime } from './attempt-check.ts';
import type { Attempt, CheckWorld } from './attempt.ts';
import { SteadyWatch } from './prove-steady.ts';
import type { ReadySightings } from './ready-sightings.ts';
import type { RefusedLogins } from './refused-logins.ts';
import type { Timeline } from './timeline.ts';
import type { WaitingLine } from './waiting-line.ts';

export interface ProvingRun {
  readonly world: CheckWorld;
  readonly diagnosis: readonly Finding[];
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly deadline: number;
  readonly line: WaitingLine;
  readonly timeline: Timeline;
  /** Of earlier rounds, where there are any. */
  readonly refused?: RefusedLogins;
  readonly first: Snapshot;
  readonly sightings: ReadySightings;
}

const retryMs = 250;

/** A first try is made on what was seen in this run a moment ago: a green stack is not read again for each check. */
const firstLook = { maxAgeMs: 1000 };

/** How long Argo CD is waited for: a refresh after a change takes it seconds, and a stale answer minutes. */
const applicationPatienceMs = 5000;

interface UnderWay {
  /** Resolves to whether it holds up what hangs on it, as soon as that can be told. */
  readonly holds: Promise<boolean>;
  readonly proven: Promise<ProvenCheck>;
}

/** Checks come such that none stands before what it hangs on, so that each finds those already under way. */
export async function proveAll(checks: readonly PlannedCheck[], run: ProvingRun): Promise<ProvenCheck[]> {
  const underWay = new Map<string, UnderWay>();
  for (const check of checks) {
    const needs = check.needs.flatMap((id) => underWay.get(id) ?? []);
    underWay.set(check.id, begin(check, needs, run));
  }
  return Promise.all([...underWay.values()].map(({ proven }) => proven));
}

function begin(check: PlannedCheck, needs: readonly UnderWay[], run: ProvingRun): UnderWay {
  let tellHolds: (holds: boolean) => void = () => undefined;
  const holds = new Promise<boolean>((resolve) => (tellHolds = resolve));
  const proven = prove(check, needs, run, tellHolds).then((entry) => {
    tellHolds(entry.result.outcome === 'pass');
    run.line.settled(check);
    run.timeline.note(check, entry.result.outcome, entry.result.detail);
    return entry;
  });
  return { holds, proven };
}

async function prove(
  check: PlannedCheck,
  needs: readonly UnderWay[],
  run: ProvingRun,
  tellHolds: (holds: boolean) => void,
): Promise<ProvenCheck> {
  const held = await Promise.all(needs.map(({ holds }) => holds));
  if (held.includes(false)) return skipped(check, await failedOf(needs), run);

  const begun = run.clock.monotonic();
  const { attempt, causes } = await repeat(check, run, begun, tellHolds);
  const durationMs = run.clock.monotonic() - begun;
  if (attempt.outcome !== 'pass') {
    // What it hangs on was ready when it began, and may not have stayed so.
    const failed = await failedOf(needs);
    if (failed !== undefined) return skipped(check, failed, run);
  }
  return { check, causes, result: resultOf(check, attempt, durationMs) };
}

async function failedOf(needs: readonly UnderWay[]): Promise<ProvenCheck | undefined> {
  const proven = await Promise.all(needs.map((need) => need.proven));
  return proven.find(({ result }) => result.outcome !== 'pass');
}

interface Proof {
  readonly attempt: Attempt;
  /** Ids of findings. */
  readonly causes: readonly string[];
}

async function repeat(
  check: PlannedCheck,
  run: ProvingRun,
  begun: number,
  tellHolds: (holds: boolean) => void,
): Promise<Proof> {
  const { clock, timeline } = run;
  const patience = check.kind === 'application' ? begun + applicationPatienceMs : Infinity;
  const deadline = Math.min(run.deadline, patience);
  const { retries = Infinity, intervalMs = retryMs } = check.pace ?? {};
  const attemptOnce = attempting(check, run, deadline, tellHolds);
  for (let tries = 0; ; tries += 1) {
    const proof = explained(check, await attemptOnce(), run);
    const { attempt, causes } = proof;
    const isOver = tries >= retries || clock.monotonic() >= deadline;
    if (attempt.outcome === 'pass' || causes.length > 0 || !attempt.canHeal || isOver) return proof;
    run.line.waits(check, attempt.detail);
    timeline.note(check, 'waiting', attempt.detail);
    await clock.sleep(Math.min(intervalMs, Math.max(deadline - clock.monotonic(), 0)), run.signal);
  }
}

/** One try after the other, each of readiness judged in the light of those before. */
function attempting(
  check: PlannedCheck,
  run: ProvingRun,
  deadline: number,
  tellHolds: (holds: boolean) => void,
): () => Promise<Attempt> {
  const { clock, sightings } = run;
  const steady = check.kind === 'ready' ? new SteadyWatch(check, { clock, sightings, deadline }) : undefined;
  let world: CheckWorld = { ...run.world, view: (options) => run.world.view({ ...firstLook, ...options }) };
  return async () => {
    const tried = world;
    world = run.world;
    const tryNow = (): Promise<Attempt> => attemptInTime(check, tried, run);
    const before = { snapshot: run.first, at: run.clock.monotonic() };
    const attempt = await (run.refused?.attempt(check, before, tryNow) ?? tryNow());
    // What hangs on it need not wait until it was ready for a while.
    if (attempt.outcome === 'pass') tellHolds(true);
    return steady === undefined ? attempt : steady.judge(attempt, tried);
  };
}

function explained(check: PlannedCheck, attempt: Attempt, { diagnosis }: ProvingRun): Proof {
  if (attempt.outcome === 'pass' || check.kind !== 'ready') return { attempt, causes: [] };
  const causes = obstacles(diagnosis, check.object);
  return { attempt: { ...attempt, detail: because(attempt, causes) }, causes: idsOf(causes) };
}

function because({ detail }: Attempt, [first, ...rest]: readonly Finding[]): string {
  if (first === undefined) return detail;
  const more = rest.length === 0 ? '' : ` and ${rest.length} more`;
  return `${detail}; ${first.message}${more}`;
}

function idsOf(findings: readonly Finding[]): string[] {
  return findings.map(({ id }) => id);
}

/** Names the check that really failed, also where several were skipped in between. */
function skipped(check: PlannedCheck, failed: ProvenCheck | undefined, run: ProvingRun): ProvenCheck {
  const root = failed?.skippedFor ?? failed?.check.id ?? '';
  const attempt = { outcome: 'skipped' as const, detail: `because "${root}" did not pass` };
  const causes = check.kind === 'ready' ? idsOf(obstacles(run.diagnosis, check.object)) : [];
  return { check, causes, skippedFor: root, result: resultOf(check, attempt, 0) };
}

function resultOf(
  { name, component, critical }: PlannedCheck,
  { outcome, detail, likely }: Pick<CheckResult, 'outcome' | 'detail'> & Pick<Attempt, 'likely'>,
  durationMs: number,
): CheckResult {
  const common = { name, component, outcome, critical, detail, durationMs: Math.round(durationMs) };
  return likely === undefined ? common : { ...common, likely };
}
