import { expect, test } from '@jest/globals';

import { publicHosts } from '../../../src/core/verify/ingress-endpoints.ts';

test('each host is asked once, over TLS where an Ingress names it there, and wildcards not at all', () => {
  const ingress = (name: string, spec: object) => ({ metadata: { name, namespace: 'shop' }, spec });
  expect(
    publicHosts([
      ingress('a', { rules: [{ host: 'shop.example' }, { host: 'plain.example' }, {}] }),
      ingress('b', { tls: [{ hosts: ['shop.example', '*.example'] }], rules: [{ host: '*.example' }] }),
    ]),
  ).toEqual([
    { name: 'plain.example', url: 'http://plain.example/' },
    { name: 'shop.example', url: 'https://shop.example/' },
  ]);
});
