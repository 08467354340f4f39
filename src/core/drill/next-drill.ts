import { refText } from '../cluster/kubernetes.ts';
import type { Finding } from '../findings/findings.ts';
import { listText } from '../list-text.ts';
import { storeAgain } from '../sources/backup.ts';
import { spokenDuration } from '../watch/duration.ts';
import type { DrillPhaseName, DrillReport } from './drill-report.ts';
import { hasRecovered } from './drill-trend.ts';

/** What is worth doing before the next drill, most urgent first. */
export function beforeNextDrill(report: DrillReport): string[] {
  const { outcome, verdict, data, noticed, kept, spared, findings, drill, earlier, backup } = report;
  const isBrokenOff = outcome === 'not-recovered' && verdict === 'interrupted';
  const lost = data.filter(({ state }) => state === 'lost').map(({ component }) => component);
  const untried = data.filter(({ state }) => state === 'not-tried').map(({ component }) => component);
  const pods = listText(kept.map(({ pod }) => pod.name));
  const notStarted = outcome === 'not-started' ? findings.map(obstacleText) : [];
  return [
    ...new Set(notStarted),
    ...when(lost.length > 0, `find out why ${listText(lost)} lost data before anything else is rehearsed`),
    ...when(isBrokenOff, 'run the same scenario again: whether it recovers is not known'),
    ...when(
      !isBrokenOff && (outcome === 'not-recovered' || outcome === 'recovered-with-trouble'),
      'repair what went wrong, then run the same scenario again',
    ),
    ...slowPhase(report),
    ...when(isTooOld(backup), 'make the backup anew, c2l backup --to, and have that done by a schedule'),
    ...unnoticed(noticed),
    ...when(
      untried.length > 0,
      `prove by hand that ${listText(untried)} keeps its data: no row could be written there`,
    ),
    ...when(
      spared.length > 0,
      `lose ${listText(spared.map(({ object }) => refText(object)))} too, by total-secret-loss: this drill spared what is immutable`,
    ),
    ...when(kept.length > 0, `prove by hand that what was left running would start again: ${pods}`),
    ...when(
      hasRecovered(outcome) &&
        earlier.length > 0 &&
        earlier.every(({ operator }) => operator === drill.operator) &&
        !drill.manual,
      'let somebody else run it once, with --manual',
    ),
  ];
}

function exactly(ms: number): string {
  return ms < 10_000 ? `${(ms / 1000).toFixed(1)} s` : spokenDuration(ms);
}

/**
 * A source that differs from what runs keeps a drill from starting. Where verify has just passed it would tell nothing
 * new: what runs works, and the source is what is to be corrected.
 */
export function outOfDoubt(findings: readonly Finding[], from: readonly string[]): Finding[] {
  const isSteady = findings.every(({ code, severity }) => isOfSource(code) || severity !== 'error');
  return findings.map((finding) =>
    isSteady && isOfSource(finding.code) ? { ...finding, fix: storeAgain(from) } : finding,
  );
}

function obstacleText({ code, fix }: Finding): string {
  return fix.startsWith('c2l backup --to ') && isOfSource(code)
    ? `correct the source, or store in one what runs: ${fix}`
    : `repair what kept it from starting: ${fix}`;
}

function isOfSource(code: Finding['code']): boolean {
  return code === 'backup-value-unusable';
}

function unnoticed(noticed: DrillReport['noticed']): string[] {
  const blind = noticed.filter(({ afterMs }) => afterMs === undefined).map(({ by }) => by);
  const first = noticed.flatMap(({ by, afterMs }) => (afterMs === undefined ? [] : [{ by, afterMs }]));
  if (blind.length === 0) return [];
  const seen = first.map(({ by, afterMs }) => `${by} did after ${exactly(afterMs)}`);
  const others = seen.length === 0 ? '' : `, ${listText(seen)}`;
  return [`${listText(blind)} noticed nothing${others}: whoever waits for the former learns of it from users`];
}

/** A source that does not tell how old its values are keeps no objective. */
export function isTooOld(backup: DrillReport['backup']): boolean {
  if (backup?.objectiveMs === undefined) return false;
  return backup.ageMs === undefined || backup.ageMs > backup.objectiveMs;
}

function when(holds: boolean, text: string): string[] {
  return holds ? [text] : [];
}

const advice: Readonly<Record<DrillPhaseName, string>> = {
  detect: 'let c2l watch or an alert look more often',
  decide: 'give c2l less to look at: a stack file, one namespace',
  values: 'ask a source that answers faster first',
  write: 'look at what slows the API server or its admission webhooks down',
  'first-pod': 'look at images, probes and initContainers of what starts first',
  'all-verified': 'look at readiness probes and at what waits for what along the chain',
};

function slowPhase({ outcome, recovery }: DrillReport): string[] {
  const [slowest] = [...(recovery?.phases ?? [])].sort((left, right) => right.durationMs - left.durationMs);
  if (outcome !== 'too-late' || slowest === undefined) return [];
  return [`most of the time went into ${slowest.name}: ${advice[slowest.name]}`];
}
