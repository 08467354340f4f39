import { describe, expect, test } from '@jest/globals';

import type { Stack } from '../../../src/core/stack/stack.ts';
import { watchProblems } from '../../../src/core/watch/watch-problems.ts';
import { watchSchema } from '../../../src/core/watch/watch-schema.ts';
import { stackOf } from '../../support/builders.ts';

const base = stackOf({ components: [{ name: 'web', workload: 'Deployment/web' }] });
const url = 'https://shop.example.test';
const hook = { kind: 'webhook', name: 'hook', url: { env: 'HOOK' } };
const mail = { kind: 'email', name: 'mail', host: 'mail.example.test', from: 'a@example.test', to: ['b@example.test'] };

function told(watch: object): string[] {
  const stack: Stack = { ...base, watch: watchSchema.parse(watch) };
  return watchProblems(stack).map(({ path, message }) => `${path.join('.')}: ${message}`);
}

describe('what is wrong with the section watch', () => {
  test('is nothing where there is none', () => {
    expect(watchProblems(base)).toEqual([]);
  });

  test.each<[string, object, readonly string[]]>([
    [
      'is nothing where all names are known',
      {
        endpoints: [
          { name: 'shop', url, dependsOn: ['web', 'api-server'] },
          { name: 'front', url, dependsOn: ['shop'] },
        ],
        maintenance: [
          { name: 'n', at: '02:00', for: '1h', targets: ['shop', 'web'] },
          { name: 'all', at: '02:00', for: '1h' },
        ],
        notify: [hook, { ...mail, user: 'u', password: { env: 'P' } }],
      },
      [],
    ],
    [
      'is a name of a component',
      { endpoints: [{ name: 'web', url }] },
      ['watch.endpoints.0.name: the name web is taken already'],
    ],
    [
      'is the name of the API server',
      { endpoints: [{ name: 'api-server', url }] },
      ['watch.endpoints.0.name: the name api-server is taken already'],
    ],
    [
      'is a name that comes twice',
      {
        endpoints: [
          { name: 'shop', url },
          { name: 'shop', url },
        ],
        notify: [hook, { ...mail, name: 'hook' }],
      },
      ['watch.endpoints.1.name: the name shop is taken already', 'watch.notify.1.name: the name hook is taken already'],
    ],
    [
      'is a slip in a dependency',
      { endpoints: [{ name: 'shop', url, dependsOn: ['web', 'wbe'] }] },
      ['watch.endpoints.0.dependsOn.1: no endpoint and no component is called wbe; did you mean web?'],
    ],
    [
      'is a window of what nobody knows',
      { maintenance: [{ name: 'n', at: '02:00', for: '1h', targets: ['database'] }] },
      ['watch.maintenance.0.targets.0: no endpoint and no component is called database; there are api-server, web'],
    ],
    [
      'is an endpoint that waits for itself',
      {
        endpoints: [
          { name: 'a', url, dependsOn: ['b'] },
          { name: 'b', url, dependsOn: ['web', 'a'] },
        ],
      },
      ['watch.endpoints.1.dependsOn: b depends on itself, by way of web, a'],
    ],
    [
      'is a window that ends before it begins, or as it begins',
      {
        maintenance: [
          { name: 'a', from: '2026-12-01T02:00:00Z', to: '2026-12-01T01:00:00Z' },
          { name: 'b', from: '2026-12-01T02:00:00Z', to: '2026-12-01T02:00:00Z' },
          { name: 'c', from: '2026-12-01T02:00:00Z', to: '2026-12-01T02:00:01Z' },
        ],
      },
      [
        'watch.maintenance.0.to: 2026-12-01T01:00:00Z is not after 2026-12-01T02:00:00Z',
        'watch.maintenance.1.to: 2026-12-01T02:00:00Z is not after 2026-12-01T02:00:00Z',
      ],
    ],
    [
      'is half of a login',
      {
        notify: [
          { ...mail, user: 'u' },
          { ...mail, name: 'm2', password: { env: 'P' } },
          { ...mail, name: 'm3' },
        ],
      },
      ['watch.notify.0: needs user and password, or neither', 'watch.notify.1: needs user and password, or neither'],
    ],
    [
      'is a field that no notice has',
      { notify: [{ ...hook, body: '{"t":"{{titel}}"}' }] },
      ['watch.notify.0.body: no notice has a field {{titel}}'],
    ],
    [
      'is a body that is no JSON',
      {
        notify: [
          { ...hook, body: '{"t":{{title}}}' },
          { ...hook, name: 'h2', body: '{"t":"{{title}}"}' },
        ],
      },
      ['watch.notify.0.body: is no JSON: placeholders stand inside of texts'],
    ],
  ])('%s', (_, watch, problems) => {
    expect(told(watch)).toEqual(problems);
  });
});
