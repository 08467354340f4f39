import type { Notice } from '../watch/watch-state.ts';

export interface DrillNews {
  /** The stack, or where there is none its namespace. */
  readonly source: string;
  readonly namespace: string;
  readonly scenario: string;
  readonly at: string;
  readonly hasPassed: boolean;
  /** One line. */
  readonly summary: string;
  readonly wrong: readonly string[];
}

/** What the receivers of watch are told of a drill. One that passes ends what an earlier one raised. */
export function drillNotice({ source, namespace, scenario, at, hasPassed, summary, wrong }: DrillNews): Notice {
  const incident = `drill-${namespace}-${scenario}`;
  return {
    id: `${incident}/${at.replace(/\D/g, '')}`,
    kind: hasPassed ? 'drill-passed' : 'drill-failed',
    incident,
    at,
    severity: hasPassed ? 'warning' : 'error',
    source,
    startedAt: at,
    durationMs: 0,
    roots: [{ id: scenario, detail: summary }],
    beneath: wrong.map((detail) => ({ id: scenario, detail })),
  };
}
