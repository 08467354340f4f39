import { compareFindings, type Finding } from '../findings/findings.ts';
import { verdictOf, type ReportHead } from '../reports/report.ts';
import { maintenanceOf } from './maintenance.ts';
import { noticeTitle } from './notices.ts';
import type { Observation, Target } from './targets.ts';
import { needsOf } from './targets.ts';
import type { WatchSection } from './watch-schema.ts';
import type { Delivery, Notice, WatchState } from './watch-state.ts';

/** A target of watch as it was seen in one round. */
export interface WatchedTarget {
  readonly id: string;
  readonly critical: boolean;
  /** By the thresholds: one failure does not make it `down`. */
  readonly status: 'up' | 'down';
  readonly outcome: 'pass' | 'fail' | 'unreadable' | 'not-seen';
  readonly detail: string;
  readonly durationMs: number;
  /** What it hangs on and what fails too. */
  readonly beneath?: string;
  /** The window in which nobody is told of it. */
  readonly maintenance?: string;
  readonly certificateEnds?: string;
}

export interface OpenIncident {
  readonly id: string;
  readonly severity: 'error' | 'warning';
  readonly startedAt: string;
  readonly durationMs: number;
  readonly members: readonly string[];
  /** What it began with. */
  readonly roots: readonly { readonly id: string; readonly detail: string }[];
}

/** One round of watch. Context and server are empty where only endpoints are watched. */
export interface WatchReport extends ReportHead {
  readonly command: 'watch';
  /** The machine that looks has no connection. */
  readonly offline: boolean;
  readonly targets: readonly WatchedTarget[];
  readonly incidents: readonly OpenIncident[];
  /** What came of this round. */
  readonly notices: readonly { readonly id: string; readonly kind: string; readonly title: string }[];
  /** What was not delivered yet, and is kept. */
  readonly undelivered: readonly { readonly id: string; readonly to: string; readonly attempts: number }[];
}

export interface WatchReportParts {
  readonly head: Pick<WatchReport, 'schemaVersion' | 'context' | 'server' | 'namespaces' | 'takenAt' | 'stack'>;
  readonly targets: readonly Target[];
  readonly observations: readonly Observation[];
  readonly state: WatchState;
  /** Of this round. */
  readonly notices: readonly Notice[];
  readonly section: WatchSection;
  readonly isOffline: boolean;
}

/** The report of one round. Its verdict is of what was seen now; incidents wait for their threshold. */
export function watchReport(parts: WatchReportParts): WatchReport {
  const { head, state, notices, isOffline } = parts;
  const targets = watchedTargets(parts);
  const findings = isOffline ? [offline] : findingsOf(targets);
  return {
    ...head,
    command: 'watch',
    verdict: verdictOf(findings),
    findings,
    offline: isOffline,
    targets,
    incidents: state.incidents.map(({ id, severity, startedAt, durationMs, members, roots }) => ({
      id,
      severity,
      startedAt,
      durationMs: Math.round(durationMs),
      members,
      roots,
    })),
    notices: notices.map((notice) => ({ id: notice.id, kind: notice.kind, title: noticeTitle(notice) })),
    undelivered: state.queue.map(({ notice, to, attempts }: Delivery) => ({ id: notice.id, to, attempts })),
  };
}

export const endpointRef = (name: string): Finding['object'] => ({ kind: 'Endpoint', namespace: '', name });

export const offline: Finding = {
  id: 'unreadable/offline',
  code: 'unreadable',
  severity: 'warning',
  object: endpointRef('this machine'),
  message: 'this machine has no connection, so that nothing can be said of what it watches',
  causes: [],
  blocks: [],
  fix: 'ip route',
};

function watchedTargets({ targets, observations, state, section, head }: WatchReportParts): WatchedTarget[] {
  const seen = new Map(observations.map((observation) => [observation.id, observation]));
  const all = new Map(targets.map((target) => [target.id, target]));
  const failing = new Set(observations.filter(({ outcome }) => outcome !== 'pass').map(({ id }) => id));
  return targets.map((target) => {
    const window = maintenanceOf(target, new Date(head.takenAt), section.maintenance);
    const cause = failing.has(target.id) ? rootOf(target.id, all, failing) : undefined;
    return {
      id: target.id,
      critical: target.critical,
      status: state.targets[target.id]?.status ?? 'up',
      ...looked(seen.get(target.id)),
      ...(cause === undefined ? {} : { beneath: cause }),
      ...(window === undefined ? {} : { maintenance: window.name }),
    };
  });
}

/** Of the failing targets that one hangs on, one that hangs on no other. */
export function rootOf(id: string, all: ReadonlyMap<string, Target>, failing: ReadonlySet<string>): string | undefined {
  const causes = [...needsOf(id, all)].filter((need) => failing.has(need));
  return causes.find((cause) => ![...needsOf(cause, all)].some((need) => failing.has(need))) ?? causes[0];
}

type Looked = Pick<WatchedTarget, 'outcome' | 'detail' | 'durationMs' | 'certificateEnds'>;

function looked(observation: Observation | undefined): Looked {
  if (observation === undefined) {
    return { outcome: 'not-seen', detail: 'was not looked at in this round', durationMs: 0 };
  }
  const { outcome, detail, durationMs, certificateEnds } = observation;
  const ends = certificateEnds === undefined ? {} : { certificateEnds };
  return { outcome, detail, durationMs: Math.round(durationMs), ...ends };
}

function findingsOf(targets: readonly WatchedTarget[]): Finding[] {
  const ids = new Map(targets.map((target) => [target.id, findingId(target)]));
  return targets
    .filter(({ outcome }) => outcome === 'fail' || outcome === 'unreadable')
    .map((target): Finding => {
      const cause = ids.get(target.beneath ?? '');
      return {
        id: findingId(target),
        ...judgement(target),
        object: endpointRef(target.id),
        causes: cause === undefined ? [] : [cause],
        blocks: [],
        fix: 'c2l audit',
      };
    })
    .sort(compareFindings);
}

function findingId({ id, outcome }: WatchedTarget): string {
  return outcome === 'unreadable' ? `unreadable/${id}` : `check-failed/${id}`;
}

function judgement({
  id,
  outcome,
  critical,
  detail,
  maintenance,
}: WatchedTarget): Pick<Finding, 'code' | 'severity' | 'message'> {
  const when = maintenance === undefined ? '' : ` (in maintenance: ${maintenance})`;
  if (outcome === 'unreadable') {
    return { code: 'unreadable', severity: 'warning', message: `${id}: could not be checked: ${detail}${when}` };
  }
  const isError = critical && maintenance === undefined;
  return { code: 'check-failed', severity: isError ? 'error' : 'warning', message: `${id}: ${detail}${when}` };
}
