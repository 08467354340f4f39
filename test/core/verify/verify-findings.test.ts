import { describe, expect, test } from '@jest/globals';

import type { ObjectRef } from '../../../src/core/cluster/kubernetes.ts';
import type { Finding, FindingCode } from '../../../src/core/findings/findings.ts';
import { newFinding } from '../../../src/core/findings/new-finding.ts';
import type { PlannedCheck } from '../../../src/core/verify/checks.ts';
import { obstacles, runningGaps, verifyFindings, type ProvenCheck } from '../../../src/core/verify/verify-findings.ts';
import { verifyTroubles, type CheckResult } from '../../../src/core/verify/verify-report.ts';
import { gap, namespace, snapshotOf } from '../../support/builders.ts';

const ref = (name: string): ObjectRef => ({ kind: 'Deployment', namespace, name });

interface Proven {
  readonly outcome?: CheckResult['outcome'];
  readonly critical?: boolean;
  readonly causes?: readonly string[];
  readonly skippedFor?: string;
  readonly likely?: CheckResult['likely'];
}

function proven(
  name: string,
  { outcome = 'pass', critical = true, causes = [], skippedFor, likely }: Proven = {},
): ProvenCheck {
  const id = `${name}: ready`;
  return {
    check: { id, component: name, critical, object: ref(name), needs: [] } as unknown as PlannedCheck,
    result: {
      name: 'ready',
      component: name,
      outcome,
      critical,
      detail: `${name} says ${outcome}`,
      durationMs: 1,
      ...(likely && { likely }),
    },
    causes,
    ...(skippedFor === undefined ? {} : { skippedFor }),
  };
}

function finding(code: FindingCode, more: Partial<Finding> = {}): Finding {
  const object = { kind: 'Secret', namespace, name: 'app' };
  return { ...newFinding(code, { object, message: 'm', fix: 'f' }), ...more };
}

describe('the findings of a verification', () => {
  const lacking = finding('secret-key-missing', { id: 'lacking', causes: ['more'] });
  const told = (all: readonly ProvenCheck[], diagnosis: readonly Finding[] = [], snapshot = snapshotOf()) =>
    verifyFindings(all, diagnosis, snapshot).map(({ id, severity, message }) => `${severity} ${id}: ${message}`);

  test('are none where everything passes, whatever a diagnosis says', () => {
    expect(told([proven('web')], [lacking])).toEqual([]);
  });

  test('are each failed check with its cause, and what was skipped for it', () => {
    const all = [
      proven('web', { outcome: 'fail', causes: ['lacking'] }),
      proven('api', { outcome: 'skipped', skippedFor: 'web: ready' }),
      proven('api', { outcome: 'skipped', skippedFor: 'web: ready' }),
      proven('web', { outcome: 'skipped', skippedFor: 'web: ready' }),
      proven('db', { outcome: 'skipped', skippedFor: 'other: ready' }),
    ];
    const found = verifyFindings(all, [lacking, finding('secret-missing', { id: 'other' })], snapshotOf());
    expect(found).toHaveLength(2);
    expect(found).toContainEqual({ ...lacking, causes: [] });
    expect(found).toContainEqual({
      id: 'check-failed/web: ready',
      code: 'check-failed',
      severity: 'error',
      object: ref('web'),
      message: 'web: ready: web says fail',
      causes: ['lacking'],
      blocks: [ref('api')],
      fix: 'c2l audit',
    });
  });

  test('of a check that is not critical are warnings, and its likely cause has the command', () => {
    const likely = { cause: 'the password was changed', ways: [{ what: 'undo', command: 'c2l rollback' }] };
    expect(
      verifyFindings([proven('web', { outcome: 'fail', critical: false, likely })], [], snapshotOf()),
    ).toMatchObject([
      { severity: 'warning', message: 'web: ready: web says fail; the password was changed', fix: 'c2l rollback' },
    ]);
  });

  test('of a check that could not be made are warnings in its own words', () => {
    expect(verifyFindings([proven('web', { outcome: 'unreadable' })], [], snapshotOf())).toEqual([
      {
        id: 'unreadable/web: ready',
        code: 'unreadable',
        severity: 'warning',
        object: ref('web'),
        message: 'web: ready: could not be checked: web says unreadable',
        causes: [],
        blocks: [],
        fix: 'c2l audit',
      },
    ]);
  });

  test('are the errors of a diagnosis where nothing could be checked', () => {
    const warning = finding('secret-missing', { id: 'w', severity: 'warning' });
    expect(verifyFindings([], [lacking, warning], snapshotOf())).toEqual([{ ...lacking, causes: [] }]);
  });

  test.each(['pods', 'deployments', 'statefulsets', 'daemonsets'])(
    'tell that %s could not be listed, as that must not read as nothing failed',
    (resource) => {
      const snapshot = snapshotOf({ gaps: [gap(resource)] });
      expect(runningGaps(snapshot)).toEqual([gap(resource)]);
      expect(verifyFindings([proven('web')], [], snapshot)).toEqual([
        {
          id: `unreadable/${resource}/shop`,
          code: 'unreadable',
          severity: 'warning',
          object: { kind: 'Namespace', namespace: '', name: 'shop' },
          message: `${resource} in namespace shop: listing ${resource} is forbidden`,
          causes: [],
          blocks: [],
          fix: `kubectl auth can-i list ${resource} -n shop`,
        },
      ]);
    },
  );

  test('say nothing of what else could not be listed', () => {
    expect(told([proven('web')], [], snapshotOf({ gaps: [gap('secrets'), gap('services')] }))).toEqual([]);
  });

  test('tell what a closer look was refused only where something fails', () => {
    const closer = { gaps: [gap('nodes', '')] } as never;
    const snapshot = { ...snapshotOf(), closer };
    expect(told([proven('web')], [], snapshot)).toEqual([]);
    const [, refused] = verifyFindings([proven('web', { outcome: 'fail' })], [], snapshot);
    expect([refused?.message, refused?.fix]).toEqual([
      'nodes: listing nodes is forbidden',
      'kubectl auth can-i list nodes -A',
    ]);
  });
});

describe('what keeps a workload from starting, however long one waits', () => {
  const reference = { ...ref('web'), via: 'env', optional: false } as const;
  test.each<[string, Finding, boolean]>([
    ['a key that it takes', finding('secret-key-missing', { references: [reference] }), true],
    ['a Secret', finding('secret-missing', { references: [reference] }), true],
    ['a ConfigMap', finding('configmap-missing', { references: [reference] }), true],
    ['a key of a ConfigMap', finding('configmap-key-missing', { references: [reference] }), true],
    [
      'a key that it can do without',
      finding('secret-key-missing', { references: [{ ...reference, optional: true }] }),
      false,
    ],
    ['what another lacks', finding('secret-key-missing', { references: [{ ...reference, name: 'api' }] }), false],
    ['what nobody refers to', finding('secret-key-missing'), false],
    ['what is only a warning', finding('secret-key-missing', { severity: 'warning', references: [reference] }), false],
    ['what may pass', finding('image-pull-failed', { references: [reference] }), false],
    [
      'its namespace',
      finding('namespace-missing', { object: { kind: 'Namespace', namespace: '', name: 'shop' } }),
      true,
    ],
    [
      'another namespace',
      finding('namespace-missing', { object: { kind: 'Namespace', namespace: '', name: 'x' } }),
      false,
    ],
  ])('is %s: %#', (_, obstacle, isOne) => {
    expect(obstacles([obstacle], ref('web'))).toEqual(isOne ? [obstacle] : []);
  });
});

test('a verification that did not end well says how it ended, and each error', () => {
  const error = finding('secret-missing', { message: 'app is gone', severity: 'error' });
  const findings = [error, finding('unreadable', { message: 'hidden', severity: 'warning' })];
  expect(verifyTroubles({ verdict: 'failed', findings } as never)).toEqual(['verify ended with failed', 'app is gone']);
  expect(verifyTroubles({ verdict: 'ok', findings: [] } as never)).toEqual([]);
});
