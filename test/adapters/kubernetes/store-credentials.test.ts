import { expect, test } from '@jest/globals';
import { listing } from '../../../src/adapters/kubernetes/kubernetes-resources.ts';

const { reduce } = listing('secretstores');

test.each<[string, object, object[]]>([
  [
    'kubernetes',
    {
      kubernetes: {
        server: { caProvider: { type: 'ConfigMap', name: 'ca', key: 'ca.crt' } },
        auth: { token: { bearerToken: { name: 'login', key: 'token' } } },
      },
    },
    [{ name: 'login', key: 'token' }],
  ],
  [
    'vault',
    {
      vault: {
        caProvider: { type: 'Secret', name: 'ca', key: 'ca.crt' },
        auth: {
          tokenSecretRef: { name: 'login', key: 'token' },
          kubernetes: { mountPath: 'm', role: 'r', serviceAccountRef: { name: 'account' } },
        },
      },
    },
    [
      { name: 'ca', key: 'ca.crt' },
      { name: 'login', key: 'token' },
    ],
  ],
  [
    'azurekv',
    {
      azurekv: { authSecretRef: { clientId: { name: 'sp', key: 'id' }, clientSecret: { name: 'sp', key: 'secret' } } },
    },
    [
      { name: 'sp', key: 'id' },
      { name: 'sp', key: 'secret' },
    ],
  ],
  [
    'aws',
    { aws: { auth: { secretRef: { accessKeyIDSecretRef: { name: 'aws', key: 'id', namespace: 'ops' } } } } },
    [{ name: 'aws', key: 'id', namespace: 'ops' }],
  ],
  ['one that logs in without a Secret', { azurekv: { serviceAccountRef: { name: 'account' } } }, []],
])('a store says which Secrets it logs in with: %s', (_, provider, credentials) => {
  const read = reduce({ metadata: { name: 'store', namespace: 'shop' }, spec: { provider } });
  expect(read).toMatchObject({ kept: { spec: { credentials } } });
});
