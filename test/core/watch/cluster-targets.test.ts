import { describe, expect, test } from '@jest/globals';
import type { PlannedCheck } from '../../../src/core/verify/checks.ts';
import type { Finding } from '../../../src/core/findings/findings.ts';
import { newFinding } from '../../../src/core/findings/new-finding.ts';
import type { SecretNeed } from '../../../src/core/secrets/secret-needs.ts';
import { checkTargets, gapTargets, secretTargets } from '../../../src/core/watch/cluster-targets.ts';
import { gap, namespace } from '../../support/builders.ts';

describe('targets of the cluster', () => {
  const need = (name: string, more: Partial<SecretNeed> = {}): SecretNeed =>
    ({ namespace, name, references: [], keys: [], ...more }) as unknown as SecretNeed;
  const web = { kind: 'Deployment', namespace, name: 'web' };

  test('of a check hang on what it needs, on the Secrets that its workload takes, and on the API server', () => {
    const check = { id: 'web: ready', component: 'web', critical: false, needs: ['db'], object: web };
    const secrets = [
      need('app', { references: [{ ...web, via: 'env', optional: false }] as never }),
      need('other', { references: [{ ...web, name: 'api', via: 'env', optional: false }] as never }),
    ];
    expect(checkTargets([check as unknown as PlannedCheck], secrets)).toEqual([
      {
        id: 'web: ready',
        group: 'web',
        critical: false,
        place: 'cluster',
        needs: ['db', 'secret shop/app', 'api-server'],
      },
    ]);
  });

  const about = (name: string, more: Partial<Finding> = {}): Finding => ({
    ...newFinding('secret-missing', {
      object: { kind: 'Secret', namespace, name },
      message: `${name} is gone`,
      fix: 'c2l fix-secrets',
    }),
    ...more,
  });

  test.each<[string, readonly Finding[], string, string]>([
    ['passes', [], 'pass', 'has what is needed of it'],
    ['fails by its finding', [about('app')], 'fail', 'app is gone'],
    ['fails by its first finding', [about('app'), about('app'), about('app')], 'fail', 'app is gone; 2 more findings'],
    ['passes with a warning', [about('app', { severity: 'warning' })], 'pass', 'has what is needed of it'],
    [
      'passes whatever else is wrong',
      [
        about('other'),
        about('app', { object: { kind: 'Secret', namespace: 'elsewhere', name: 'app' } }),
        about('app', { object: { kind: 'Deployment', namespace, name: 'app' } }),
      ],
      'pass',
      'has what is needed of it',
    ],
  ])('of a Secret that something needs: %s', (_, diagnosis, outcome, detail) => {
    const { targets, observations } = secretTargets([need('app'), need('hidden', { gap: gap('secrets') })], diagnosis);
    const id = 'secret shop/app';
    expect(targets).toEqual([{ id, group: id, needs: ['api-server'], critical: true, place: 'cluster' }]);
    expect(observations).toEqual([{ id, durationMs: 0, outcome, detail }]);
  });

  test('stand for what could not be listed, as that must not read as nothing failed', () => {
    const { targets, observations } = gapTargets([gap('pods'), gap('nodes', '')]);
    expect(targets.map(({ id, group, needs }) => [id, group, needs])).toEqual([
      ['list pods of shop', 'list pods of shop', ['api-server']],
      ['list nodes', 'list nodes', ['api-server']],
    ]);
    expect(observations).toEqual([
      { id: 'list pods of shop', durationMs: 0, outcome: 'unreadable', detail: 'listing pods is forbidden' },
      { id: 'list nodes', durationMs: 0, outcome: 'unreadable', detail: 'listing nodes is forbidden' },
    ]);
  });
});
