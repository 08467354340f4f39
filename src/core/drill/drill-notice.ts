import type { Notice } from '../watch/watch-state.ts';

export interface DrillNews {
  /** The stack, or where there is none its namespace. */
  readonly source: string;
  readonly namespace: string;
  readonly scenario: string;
  readonly at: string;
  readonly end: 'passed' | 'failed' | 'interrupted';
  /** One line. */
  readonly summary: string;
  readonly wrong: readonly string[];
}

/**
 * What the receivers of watch are told of a drill. One that passes ends what an earlier one raised; one that was
 * interrupted raises nothing, and leaves alone what an earlier one raised.
 */
export function drillNotice({ source, namespace, scenario, at, end, summary, wrong }: DrillNews): Notice {
  const incident = `drill-${namespace}-${scenario}${end === 'interrupted' ? '-interrupted' : ''}`;
  return {
    id: `${incident}/${at.replace(/\D/g, '')}`,
    kind: `drill-${end}`,
    incident,
    at,
    severity: end === 'failed' ? 'error' : 'warning',
    source,
    startedAt: at,
    durationMs: 0,
    roots: [{ id: scenario, detail: summary }],
    beneath: wrong.map((detail) => ({ id: scenario, detail })),
  };
}
