import { describe, expect, test } from '@jest/globals';
import type { KubernetesEvent } from '../../../src/core/cluster/kubernetes.ts';
import type { ExternalSecret } from '../../../src/core/cluster/secret-writer-objects.ts';
import { entriesLacking } from '../../../src/core/owners/store-lacks.ts';

const metadata = { namespace: 'shop', name: 'app' };

const external: ExternalSecret = {
  metadata,
  spec: {
    dataFrom: [{ extract: { key: 'all' } }],
    data: [
      { secretKey: 'a', remoteRef: { key: 'app-a' } },
      { secretKey: 'b', remoteRef: { key: 'app-b' } },
    ],
  },
};

const absent = (entry: string): string => `error processing spec.data[0] (key: ${entry}), err: Secret does not exist`;

function event(message: string, at?: string, name = 'app'): KubernetesEvent {
  return {
    metadata: { namespace: 'shop', name: `${name}.${message.length}` },
    reason: 'UpdateFailed',
    message,
    ...(at !== undefined && { lastTimestamp: `2026-01-02T03:${at}Z` }),
    involvedObject: { kind: 'ExternalSecret', namespace: 'shop', name },
  };
}

describe('the entries that an ExternalSecret did not find', () => {
  test.each<[string, KubernetesEvent[], string[]]>([
    ['one', [event(absent('app-a'), '04:05')], ['app-a']],
    ['none of another', [event(absent('app-a'), '04:05', 'other')], []],
    ['of one time, both', [event(absent('app-b'), '04:05'), event(absent('app-a'), '04:05')], ['app-a', 'app-b']],
    [
      'not one that a later try got past',
      [event(absent('app-a'), '04:05'), event(absent('app-b'), '14:05')],
      ['app-b'],
    ],
    ['one whole', [event(absent('app-a'), '04:05'), event(absent('all'), '14:05')], ['all', 'app-a']],
    [
      'one that a later try did not come to',
      [event(absent('app-b'), '04:05'), event(absent('app-a'), '14:05')],
      ['app-a', 'app-b'],
    ],
    [
      'none where it fails for another reason since',
      [event(absent('app-a'), '04:05'), event('could not log in', '14:05')],
      [],
    ],
  ])('%s', (_, events, expected) => {
    expect(entriesLacking(external, events).names).toEqual(expected);
  });

  test('none of before it last succeeded', () => {
    const since = { ...external, status: { refreshTime: '2026-01-02T03:10:00Z' } };
    expect(entriesLacking(since, [event(absent('app-a'), '04:05')]).names).toEqual([]);
    expect(entriesLacking(since, [event(absent('app-a'), '14:05')]).names).toEqual(['app-a']);
  });

  test('with when that was last seen', () => {
    const events = [event(absent('app-b'), '04:05'), event(absent('app-a'), '14:05')];
    expect(entriesLacking(external, events).seenAt).toBe('2026-01-02T03:14:05Z');
  });
});
