/** One thing that is watched. */
export interface Target {
  /** `shop`, `shop: certificate`, `api-backend: GET /health`; unique. */
  readonly id: string;
  /** The endpoint or component that it belongs to, by which maintenance windows name it. */
  readonly group: string;
  /** Targets whose failure explains a failure of this one. */
  readonly needs: readonly string[];
  readonly critical: boolean;
  /** Who looks at it: where the API server does not answer, nothing is known of the cluster's. */
  readonly place: 'endpoint' | 'cluster';
}

/** How far a request came before it failed. */
export type Stage = 'DNS' | 'TCP' | 'TLS' | 'HTTP';

/** What one look at a target gave. */
export interface Observation {
  readonly id: string;
  readonly outcome: 'pass' | 'fail' | 'unreadable';
  readonly detail: string;
  readonly durationMs: number;
  /** A failure of the machine that looks: it has no route, or no name server answers. */
  readonly isLocal?: boolean;
  /** Of a request that was not answered. */
  readonly stage?: Stage;
  /** When the certificate that was shown ends. */
  readonly certificateEnds?: string;
}

/** Everything that a target hangs on, directly or not. A cycle ends where it began. */
export function needsOf(id: string, targets: ReadonlyMap<string, Pick<Target, 'needs'>>): ReadonlySet<string> {
  const found = new Set<string>();
  const waiting = [...(targets.get(id)?.needs ?? [])];
  for (let need = waiting.pop(); need !== undefined; need = waiting.pop()) {
    if (need === id || found.has(need)) continue;
    found.add(need);
    waiting.push(...(targets.get(need)?.needs ?? []));
  }
  return found;
}
