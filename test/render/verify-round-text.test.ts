import { expect, test } from '@jest/globals';

import { checkChanges, checkId } from '../../src/core/verify/check-changes.ts';
import type { CheckResult } from '../../src/core/verify/verify-report.ts';
import { createStyle } from '../../src/render/style.ts';
import { roundLines } from '../../src/render/verify-round-text.ts';

type Outcome = CheckResult['outcome'];

const check = (component: string, name: string, outcome: Outcome, detail = '', critical = true): CheckResult => ({
  component,
  name,
  outcome,
  critical,
  detail,
  durationMs: 1,
});

const held = 'because "postgres-auth: ready" did not pass';
const lacks = 'postgres-auth-0 is CreateContainerConfigError; secret/shop lacks key postgres-auth-password';
const outage = [
  check('postgres-auth', 'ready', 'fail', lacks),
  check('postgres-auth', 'login over TCP', 'skipped', held),
  check('api', 'ready', 'skipped', held),
  check('api', 'GET /health', 'skipped', held),
  check('redis', 'ready', 'pass', '1 of 1 pod is ready'),
  check('argocd/shop', 'Healthy and Synced', 'fail', 'Progressing, Synced', false),
];
const recovered = outage.map((each) => ({ ...each, outcome: 'pass' as const, detail: 'seen' }));

const lines = (checks: readonly CheckResult[], before: readonly CheckResult[], ...notes: string[]): string[] => {
  const known = new Map(before.map((each) => [checkId(each), each.outcome]));
  const at = new Date('2026-01-02T16:02:22.400Z');
  return roundLines({ at, changes: checkChanges(checks, known), notes }, createStyle(false, { width: 80 }));
};

test('of the first round all that does not pass is told, what hangs on one failure in one breath', () => {
  expect(lines(outage, [], '1 of 6 checks pass, watching on')).toEqual([
    '16:02:22  FAIL  postgres-auth: ready: postgres-auth-0 is',
    '                CreateContainerConfigError; secret/shop lacks key',
    '                postgres-auth-password',
    '16:02:22  SKIP  3 checks of postgres-auth and api: because "postgres-auth:',
    '                ready" did not pass',
    '16:02:22  WARN  argocd/shop: Healthy and Synced: Progressing, Synced',
    '16:02:22  1 of 6 checks pass, watching on',
  ]);
});

test('of a later one what changed, and a component that came right in one line', () => {
  expect(lines(recovered, outage)).toEqual([
    '16:02:22  PASS  postgres-auth: ready (was fail): seen',
    '16:02:22  PASS  postgres-auth: login over TCP (was skipped): seen',
    '16:02:22  PASS  api: ready and GET /health (was skipped)',
    '16:02:22  PASS  argocd/shop: Healthy and Synced (was fail): seen',
  ]);
  expect(lines(recovered, recovered)).toEqual([]);
});
