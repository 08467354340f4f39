import { describe, expect, test } from '@jest/globals';

import { checkRules } from '../../../src/core/generate/rbac-check-rules.ts';
import { stackOf } from '../../support/builders.ts';
import { webChecks } from '../../support/web-checks.ts';

const db = { name: 'db', workload: 'StatefulSet/db' };

describe('rights for the checks of a stack are those of what they do', () => {
  const login = { kind: 'postgres-login', user: { value: 'a' }, password: { secret: 'app', key: 'p' } };
  const [authenticated, ...open] = webChecks;
  const inside = 'what the stack has looked at from inside a pod';
  const endpointslices = 'list endpointslices: whether Services lead to ready pods';
  const stream = '; a WebSocket needs get, from Kubernetes 1.35 on create as well';
  const exec = (what: string): string => `get,create pods/exec: ${what}${stream}`;
  const proxy = (names: string): string =>
    `get services/proxy ${names}: HTTP checks go through the proxy of the API server`;

  test.each<[string, readonly object[], readonly string[]]>([
    ['none', [], []],
    ['of a Service', [{ kind: 'endpoints', service: 'web' }], []],
    ['by HTTP', open, [proxy('web:80,web:81,web:8443')]],
    [
      'by HTTP with a login',
      [authenticated!],
      ['get secrets s: the logins that are tried', `get,create pods/portforward: logins by HTTP${stream}`],
    ],
    [
      'at a database',
      [login],
      ['get secrets app: the logins that are tried', exec('logins at a database, with its own client')],
    ],
    ['by TCP', [{ kind: 'tcp', port: 80 }], [exec(inside)]],
    ['of a host name', [{ kind: 'dns', host: 'db' }], [exec(inside)]],
    [
      'by a command',
      [
        { kind: 'command', command: ['true'] },
        { kind: 'endpoints', service: 'web' },
      ],
      [exec(inside)],
    ],
    [
      'of both sorts',
      [login, { kind: 'tcp', port: 80 }],
      ['get secrets app: the logins that are tried', exec(`logins at a database, with its own client, and ${inside}`)],
    ],
  ])('%s', (_, checks, rights) => {
    const stack = stackOf({
      components: [
        { ...db, checks },
        { name: 'far', workload: 'Deployment/far', checks: [login] },
      ],
    });
    const [near, far] = stack.components;
    const placed = { ...stack, components: [near!, { ...far!, namespace: 'elsewhere' }] };
    const told = checkRules('shop', placed).map(({ why, verbs, resources, resourceNames }) =>
      [verbs, resources, ...(resourceNames ? [resourceNames] : [])].join(' ').concat(`: ${why}`),
    );
    expect(told).toEqual([...rights, endpointslices]);
  });

  test('none without a stack', () => {
    expect(checkRules('shop', undefined)).toEqual([]);
  });
});
