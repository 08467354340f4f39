import { describe, expect, test } from '@jest/globals';
import { troublesTold } from '../../../src/core/drill/onlookers.ts';
import { namespace } from '../../support/builders.ts';

describe('what an onlooker says is wrong', () => {
  const metrics = (...lines: readonly string[]) => ['c2l_watch_build_info{version="1"} 1', ...lines].join('\n');
  const up = (target: string, value: number) => `c2l_watch_target_up{target="${target}"} ${value}`;
  const alert = (fingerprint: string, labels: Readonly<Record<string, string>>) => ({ fingerprint, labels });

  test.each<['watch' | 'alertmanager', string, string, readonly string[] | undefined]>([
    [
      'watch',
      'targets that are down',
      metrics(up('shop', 0), up('api', 1), up('a "b"', 0).replaceAll('"b"', '\\"b\\"')),
      ['shop', 'a \\"b\\"'],
    ],
    ['watch', 'nothing where all are up', metrics(up('shop', 1), up('api', 10)), []],
    ['watch', 'nothing known on another page', up('shop', 0), undefined],
    [
      'alertmanager',
      'alerts of the namespace, and of none',
      JSON.stringify([alert('a', { namespace }), alert('b', { namespace: 'elsewhere' }), alert('c', {})]),
      ['a', 'c'],
    ],
    ['alertmanager', 'nothing known on another page', '<html>', undefined],
    ['alertmanager', 'nothing known in another document', '[{"labels":{}}]', undefined],
  ])('%s: %s', (kind, _, page, told) => {
    const found = troublesTold(kind, page, namespace);
    expect(found && [...found]).toEqual(told);
  });
});
