import { compareFindings, type Finding } from '../findings/findings.ts';
import type { Observation, Target } from '../watch/targets.ts';
import { endpointRef, offline, rootOf } from '../watch/watch-report.ts';
import type { CheckResult } from './verify-report.ts';

export interface OutsideResults {
  readonly checks: readonly CheckResult[];
  readonly findings: readonly Finding[];
}

/** What was last seen of each endpoint, as checks: one that hangs on another that failed is skipped for it. */
export function outsideResults(
  targets: readonly Target[],
  seen: ReadonlyMap<string, Observation>,
  { isOffline, urls }: { readonly isOffline: boolean; readonly urls: ReadonlyMap<string, string> },
): OutsideResults {
  const all = new Map(targets.map((target) => [target.id, target]));
  const failing = new Set([...seen.values()].filter(({ outcome }) => outcome !== 'pass').map(({ id }) => id));
  const told = targets.flatMap((target): { check: CheckResult; fix: string }[] => {
    const observation = seen.get(target.id);
    // Of a server that could not be spoken with nobody knows the certificate.
    if (observation === undefined) return [];
    const root = failing.has(target.id) ? rootOf(target.id, all, failing) : undefined;
    const check = resultOf(target, { observation, root, isOffline });
    return [{ check, fix: remedy(new URL(urls.get(target.group) ?? ''), observation) }];
  });
  const checks = told.map(({ check }) => check);
  return {
    checks,
    findings: isOffline ? [offline] : told.flatMap(findingOf).sort(compareFindings),
  };
}

/** `answers` or `certificate`. */
export function outsideName({ id, group }: Pick<Target, 'id' | 'group'>): string {
  return id === group ? 'answers' : id.slice(group.length + 2);
}

function resultOf(
  target: Target,
  seen: {
    readonly observation: Observation;
    readonly root: string | undefined;
    readonly isOffline: boolean;
  },
): CheckResult {
  const common = { name: outsideName(target), component: target.group, critical: target.critical };
  const { observation, root, isOffline } = seen;
  if (root !== undefined && !isOffline) {
    return { ...common, outcome: 'skipped', detail: `because "${root}" did not pass`, durationMs: 0 };
  }
  const { outcome, detail, durationMs } = observation;
  return { ...common, outcome: isOffline ? 'unreadable' : outcome, detail, durationMs: Math.round(durationMs) };
}

/** What tells more of a failure: of a name and of a certificate the public does, of the rest the cluster. */
function remedy({ hostname, port }: URL, { stage, certificateEnds }: Observation): string {
  if (stage === 'DNS') return `nslookup ${hostname}`;
  if (stage !== 'TLS' && certificateEnds === undefined) return 'c2l verify';
  return `openssl s_client -connect ${hostname}:${port === '' ? '443' : port} -servername ${hostname}`;
}

function findingOf({ check, fix }: { readonly check: CheckResult; readonly fix: string }): Finding[] {
  const { outcome, component, name, critical, detail } = check;
  if (outcome !== 'fail') return [];
  const id = `${component}: ${name}`;
  return [
    {
      id: `check-failed/${id}`,
      code: 'check-failed',
      severity: critical ? 'error' : 'warning',
      object: endpointRef(component),
      message: `${id}: ${detail}`,
      causes: [],
      blocks: [],
      fix,
    },
  ];
}
