import { describe, expect, test } from '@jest/globals';
import {
  isSwitchedOff,
  pauseAnnotation,
  pauseOf,
  pausesIn,
  policyBefore,
  switchBack,
  switchOff,
  type SyncPause,
} from '../../../src/core/argocd/sync-pause.ts';
import { namespace } from '../../support/builders.ts';

describe('what an object says of its pause', () => {
  const pause: SyncPause = {
    id: 'p1',
    until: '2026-01-02T03:04:05.000Z',
    by: 'ann',
    command: 'fix-secrets',
    processId: 7,
    order: 1,
    was: { prune: true },
  };
  const bearing = (text: string) => ({ annotations: { [pauseAnnotation]: text } });

  test('is read as it was written, and what was before is known', () => {
    const metadata = bearing(JSON.stringify(pause));
    expect([pauseOf(metadata), policyBefore(metadata, 'now')]).toEqual([pause, { prune: true }]);
    expect(pauseOf(bearing(JSON.stringify({ ...pause, was: undefined })))).toEqual({ ...pause, was: null });
    expect([pauseOf({}), policyBefore({}, 'now')]).toEqual([undefined, 'now']);
  });

  test.each([
    '{',
    '[]',
    'null',
    ...Object.keys(pause)
      .filter((field) => field !== 'was')
      .map((field) => JSON.stringify({ ...pause, [field]: field === 'processId' || field === 'order' ? 'x' : 7 })),
    JSON.stringify({ ...pause, until: 'soon' }),
  ])('cannot be read where somebody made it %s', (text) => {
    expect([pauseOf(bearing(text)), policyBefore(bearing(text), 'now')]).toEqual(['unreadable', 'now']);
  });

  test('is found on every object, the innermost first', () => {
    const of = (order: number) => bearing(JSON.stringify({ ...pause, order }));
    const found = pausesIn({
      argocd: {
        applications: {
          items: [
            { metadata: { name: 'shop', namespace: 'argocd', ...of(0) } },
            { metadata: { name: 'inner', namespace: 'argocd', ...of(2) } },
          ],
          gaps: [],
        },
      },
      writers: {
        externalSecrets: {
          items: [
            { metadata: { name: 'free', namespace } },
            { metadata: { name: 'app', namespace, ...of(1) } },
            { metadata: { name: 'odd', namespace, ...bearing('{') } },
          ],
          gaps: [],
        },
      },
    });
    expect(found.map(({ object: { kind, name }, pause: seen }) => [kind, name, seen?.order])).toEqual([
      ['Application', 'inner', 2],
      ['ExternalSecret', 'app', 1],
      ['ExternalSecret', 'odd', undefined],
      ['Application', 'shop', 0],
    ]);
  });

  test('switches it off and back, in the place where each kind says whether it writes', () => {
    expect(switchOff('Application')).toEqual({ syncPolicy: { automated: null } });
    expect(switchOff('ExternalSecret')).toEqual({ target: { creationPolicy: 'None' } });
    expect(switchBack('Application', pause)).toEqual({ syncPolicy: { automated: { prune: true } } });
    expect([
      isSwitchedOff('Application', { syncPolicy: { automated: {} } }),
      isSwitchedOff('Application', { syncPolicy: [] }),
      isSwitchedOff('Application', {}),
      isSwitchedOff('ExternalSecret', { target: { creationPolicy: 'None' } }),
      isSwitchedOff('ExternalSecret', {}),
    ]).toEqual([false, true, true, true, false]);
  });
});
