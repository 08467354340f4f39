import { describe, expect, test } from '@jest/globals';

import type { StepOutcome } from '../../../src/core/reports/report.ts';
import { withNext } from '../../../src/core/restart/restart-next.ts';
import type { RestartReport } from '../../../src/core/restart/restart-report.ts';

const object = { kind: 'Deployment', namespace: 'shop', name: 'api' };

function step(action: StepOutcome['action'], outcome: StepOutcome['outcome'], detail = 'why'): StepOutcome {
  return { action, object, outcome, detail };
}

function ended(parts: Partial<RestartReport>): RestartReport {
  return withNext({
    schemaVersion: 1,
    command: 'restart',
    context: 'prod',
    server: 'https://prod',
    namespaces: ['shop'],
    takenAt: '2026-01-01T00:00:00Z',
    verdict: 'ok',
    findings: [],
    dryRun: false,
    outcomes: [],
    ...parts,
  });
}

describe('what to type next', () => {
  const planned = { dryRun: true, outcomes: [step('replace-pod', 'planned')] };
  const skipped = step('restart-workload', 'skipped');

  test.each<[string, Partial<RestartReport>, string]>([
    ['after all went well', {}, 'c2l verify'],
    ['after a dry run', planned, 'c2l restart'],
    ['after an interruption', { verdict: 'interrupted' }, 'c2l restart'],
    ['where something did not come up', { verdict: 'partial', outcomes: [step('wait-ready', 'failed')] }, 'c2l audit'],
    [
      'where a check kept a restart from what depends on it',
      { verdict: 'partial', outcomes: [step('restart-workload', 'done'), skipped] },
      'c2l verify',
    ],
  ])('%s', (_, parts, command) => {
    expect(ended(parts).next).toBe(command);
  });

  test('means the same consumers as this one did', () => {
    const affectedBy = 'secret/app:token';
    expect(ended({ ...planned, affectedBy }).next).toBe('c2l restart --affected-by secret/app:token');
    expect(ended({ verdict: 'interrupted', affectedBy }).next).toBe('c2l restart --affected-by secret/app:token');
  });
});

test('so does each restart that a step names, but for one that names its own', () => {
  const details = [
    'interrupted while 0 of 1 pod is ready; c2l restart goes on from here',
    'would be lost: change the value inside the database, or c2l restart --accept-data-loss statefulset/db',
    'if so, c2l restart --affected-by secret/other',
  ];
  const outcomes = details.map((detail) => step('keep-pod', 'kept', detail));
  const told = (parts: Partial<RestartReport>) => ended({ outcomes, ...parts }).outcomes.map(({ detail }) => detail);
  expect(told({})).toEqual(details);
  expect(told({ affectedBy: 'secret/app' })).toEqual([
    'interrupted while 0 of 1 pod is ready; c2l restart --affected-by secret/app goes on from here',
    'would be lost: change the value inside the database, or c2l restart --affected-by secret/app --accept-data-loss statefulset/db',
    'if so, c2l restart --affected-by secret/other',
  ]);
});
