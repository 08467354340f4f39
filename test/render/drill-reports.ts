import type { DrillReport, DrillResult } from '../../src/core/drill/drill-report.ts';
import { head, ref, secret } from './reports.ts';

/** A drill that went well, on a stack of two components. */
export const drilled: DrillReport = {
  ...head,
  command: 'dr-drill',
  verdict: 'ok',
  findings: [],
  drill: {
    id: '20260301t040506000z',
    scenario: 'total-secret-loss',
    description: 'every Secret is gone',
    manual: false,
    operator: 'ann@laptop',
    version: '0.1.0',
    journalNamespace: 'c2l-drill',
    journalDigest: `sha256:${'ab'.repeat(32)}`,
  },
  dryRun: false,
  outcome: 'recovered',
  sources: ['env:backup.env'],
  faults: [{ object: secret, does: 'lost', keys: ['jwt-secret'] }],
  spared: [],
  evicted: [ref('Pod', 'postgres-auth-0')],
  kept: [],
  recovery: {
    tookMs: 4000,
    objectiveMs: 300_000,
    phases: [
      { name: 'detect', durationMs: 400 },
      { name: 'write', durationMs: 600 },
      { name: 'all-verified', durationMs: 3000 },
    ],
  },
  backup: { required: 12, equal: 12 },
  data: [{ component: 'postgres-auth', state: 'kept', detail: 'the row is there' }],
  noticed: [{ by: 'c2l audit', afterMs: 400 }, { by: 'Argo CD' }],
  timeline: [{ at: '2026-03-01T04:05:07.000Z', step: 'fault', detail: 'secret/cloudtolocalllm-secrets is deleted' }],
  components: [
    {
      component: 'postgres-auth',
      spans: [
        { state: 'stuck', detail: 'CreateContainerConfigError', fromMs: 0, toMs: 1000 },
        { state: 'ready', detail: '1 of 1 pod is ready', fromMs: 1000, toMs: 4000 },
      ],
    },
    { component: 'web', spans: [{ state: 'waiting', detail: '<waits> & "sees"', fromMs: 2000, toMs: 4000 }] },
  ],
  earlier: [],
  wrong: [],
};

/** Kept of a drill some days before. */
export function earlierResult(day: string, tookMs: number, more: Partial<DrillResult> = {}): DrillResult {
  return {
    id: `2026${day.replace('-', '')}t000000000z`,
    scenario: 'total-secret-loss',
    namespace: 'cloudtolocalllm',
    outcome: 'recovered',
    verdict: 'ok',
    takenAt: `2026-${day}T00:00:00.000Z`,
    operator: 'ben@desk',
    version: '0.1.0',
    manual: false,
    recovery: { tookMs, objectiveMs: 300_000, phases: [] },
    wrong: [],
    ...more,
  };
}
