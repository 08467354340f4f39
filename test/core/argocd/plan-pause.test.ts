import { describe, expect, test } from '@jest/globals';
import { allPaused, pauseSteps, plannedPause, type PausesBySecret } from '../../../src/core/argocd/plan-pause.ts';
import type { PausableRef } from '../../../src/core/argocd/sync-pause.ts';
import type { SecretPlan } from '../../../src/core/fix/plan-secrets.ts';
import { namespace } from '../../support/builders.ts';

const object = { kind: 'Secret', namespace, name: 'app' };

const applicationRef: PausableRef = { kind: 'Application', namespace: 'argocd', name: 'shop' };

const externalRef: PausableRef = { kind: 'ExternalSecret', namespace, name: 'app' };

describe('a planned pause', () => {
  const plan = (
    name: string,
    action: SecretPlan['action'],
    changes: readonly ('ADD' | 'CHANGE' | 'SAME')[] = ['ADD'],
  ): SecretPlan => ({
    object: { ...object, name },
    action,
    current: undefined,
    type: 'Opaque',
    values: new Map(),
    keys: changes.map((change) => ({ key: change.toLowerCase(), change })),
  });
  const pauses = (...entries: readonly (readonly [string, readonly PausableRef[]])[]): PausesBySecret =>
    new Map(entries.map(([name, refs]) => [`Secret/${namespace}/${name}`, refs]));
  const planned = (plans: readonly SecretPlan[], by: PausesBySecret, left: ReadonlySet<string> = new Set()) => {
    const { objects, secrets, keys, durationMs } = plannedPause(plans, by, { durationMs: 60_000, left });
    return { objects: objects.map(({ name }) => name), secrets: secrets.map(({ name }) => name), keys, durationMs };
  };

  test('is of the Secrets that are written, once for each who would undo it', () => {
    const by = pauses(['app', [applicationRef, externalRef]], ['other', [applicationRef]], ['idle', [externalRef]]);
    const plans = [
      plan('app', 'patch', ['ADD', 'CHANGE', 'SAME']),
      plan('other', 'create'),
      plan('idle', 'none'),
      plan('free', 'patch'),
    ];
    const found = planned(plans, by);
    expect(found).toEqual({
      objects: ['shop', 'app'],
      secrets: ['app', 'other'],
      keys: ['add', 'change'],
      durationMs: 60_000,
    });
    expect(allPaused(by)).toEqual([applicationRef, externalRef]);
  });

  test('goes on where a run that was killed had written already', () => {
    const by = pauses(['app', [applicationRef]]);
    expect(planned([plan('app', 'none')], by).secrets).toEqual([]);
    expect(planned([plan('app', 'none')], by, new Set(['Application/argocd/shop'])).secrets).toEqual(['app']);
    expect(planned([plan('app', 'none')], by, new Set(['Application/argocd/other'])).secrets).toEqual([]);
  });

  test('is told as steps', () => {
    expect(pauseSteps({ objects: [applicationRef], secrets: [], keys: [], durationMs: 90_000 })).toEqual([
      {
        action: 'pause-sync',
        object: applicationRef,
        outcome: 'planned',
        detail: 'for 90 s, while what it would undo is written',
      },
    ]);
  });
});
