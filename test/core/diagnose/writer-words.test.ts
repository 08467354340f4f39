import { expect, test } from '@jest/globals';
import type { ExternalSecret } from '../../../src/core/cluster/secret-writer-objects.ts';
import { diagnose } from '../../../src/core/diagnose/diagnose.ts';
import {
  container,
  deployment,
  keyEnv,
  namespace,
  secret,
  secretWith,
  snapshotOf,
  stackOf,
  type Parts,
} from '../../support/builders.ts';
import { told } from '../../support/told.ts';

const condition = (type: string, status: string, reason?: string, message?: string) => ({
  conditions: [{ type, status, ...(reason !== undefined && { reason }), ...(message !== undefined && { message }) }],
});
const ready = condition('Ready', 'True');
const failed = condition('Ready', 'False', 'SecretSyncedError', 'could not get secret data from provider');
const vault = { provider: { azurekv: { vaultUrl: 'https://shop.vault.azure.net' } } };

function external(name: string, status: ExternalSecret['status'], createdAt?: string): Parts {
  return {
    externalSecrets: [
      {
        metadata: { name, namespace, ...(createdAt !== undefined && { creationTimestamp: createdAt }) },
        spec: {
          secretStoreRef: { name: 'vault' },
          target: { name: 'app' },
          data: [{ secretKey: 'k', remoteRef: { key: 'app-k' } }],
        },
        ...(status && { status }),
      },
    ],
  };
}

const store = (status: object | undefined, spec?: object): Parts => ({
  secretStores: [{ metadata: { name: 'vault', namespace }, ...(spec && { spec }), ...(status && { status }) }],
});
const sealed = (status: object): Parts => ({
  sealedSecrets: [{ metadata: { name: 'app', namespace }, spec: { encryptedData: { k: 'AgB' } }, status }],
});
const lacksEntry: Parts = {
  events: [
    {
      metadata: { name: 'e', namespace },
      reason: 'UpdateFailed',
      message: 'error processing spec.data[0] (key: app-k), err: Secret does not exist',
      involvedObject: { kind: 'ExternalSecret', namespace, name: 'a' },
    },
  ],
};
const writers = (...parts: readonly Parts[]): string[] => told(diagnose(snapshotOf(...parts)));
const web = deployment('web', { replicas: 0, spec: { containers: [container('c', { env: [keyEnv('app', 'k')] })] } });
const whole = secret('app', ['k']);

test.each<[string, readonly Parts[], readonly string[]]>([
  [
    'an ExternalSecret with its reason',
    [web, whole, external('a', failed), store(ready)],
    [
      'warning external-secret-not-ready: externalsecret/a, which writes secret/app, cannot: it is not ready (SecretSyncedError): could not get secret data from provider [kubectl -n shop describe externalsecret a]',
    ],
  ],
  [
    'an ExternalSecret without one',
    [web, whole, external('a', condition('Ready', 'False')), store(ready)],
    [
      'warning external-secret-not-ready: externalsecret/a, which writes secret/app, cannot: it is not ready [kubectl -n shop describe externalsecret a]',
    ],
  ],
  [
    'an ExternalSecret with a reason alone',
    [web, whole, external('a', condition('Ready', 'False', 'SecretSyncedError')), store(ready)],
    [
      'warning external-secret-not-ready: externalsecret/a, which writes secret/app, cannot: it is not ready (SecretSyncedError) [kubectl -n shop describe externalsecret a]',
    ],
  ],
  [
    'an ExternalSecret with words alone',
    [web, whole, external('a', condition('Ready', 'False', undefined, 'no access')), store(ready)],
    [
      'warning external-secret-not-ready: externalsecret/a, which writes secret/app, cannot: it is not ready: no access [kubectl -n shop describe externalsecret a]',
    ],
  ],
  [
    'an ExternalSecret that nobody looked at',
    [web, whole, external('a', undefined), store(ready)],
    [
      'warning external-secret-not-ready: externalsecret/a, which writes secret/app, cannot: External Secrets has not looked at it: its controller may not run [kubectl -n shop describe externalsecret a]',
    ],
  ],
  [
    'an ExternalSecret that nobody can have looked at yet',
    [web, whole, external('a', undefined, '2026-01-02T03:03:36Z'), store(ready)],
    [],
  ],
  [
    'an ExternalSecret that failed at once',
    [web, whole, external('a', failed, '2026-01-02T03:03:36Z'), store(ready)],
    [
      'warning external-secret-not-ready: externalsecret/a, which writes secret/app, cannot: it is not ready (SecretSyncedError): could not get secret data from provider [kubectl -n shop describe externalsecret a]',
    ],
  ],
  [
    'an entry that can be given',
    [web, whole, external('a', failed), store(ready, vault), lacksEntry],
    [
      'warning external-secret-not-ready: externalsecret/a, which writes secret/app, cannot: it is not ready (SecretSyncedError): could not get secret data from provider; its store has no entry app-k [c2l fix-secrets -n shop]',
    ],
  ],
  [
    'an entry that c2l cannot give',
    [web, whole, external('a', failed), store(ready, { provider: { vault: {} } }), lacksEntry],
    [
      'warning external-secret-not-ready: externalsecret/a, which writes secret/app, cannot: it is not ready (SecretSyncedError): could not get secret data from provider; its store has no entry app-k [kubectl -n shop describe externalsecret a]',
    ],
  ],
  [
    'no entry, of a store that could be given one',
    [web, whole, external('a', failed), store(ready, vault)],
    [
      'warning external-secret-not-ready: externalsecret/a, which writes secret/app, cannot: it is not ready (SecretSyncedError): could not get secret data from provider [kubectl -n shop describe externalsecret a]',
    ],
  ],
  [
    'a store that is not ready, of two',
    [
      web,
      whole,
      external('b', failed),
      external('a', ready),
      store(condition('Ready', 'False', 'InvalidProviderConfig', 'no such tenant')),
    ],
    [
      'warning external-secret-not-ready: externalsecret/b, which writes secret/app, cannot: its store secretstore/vault is not ready [kubectl -n shop describe secretstore vault]',
      'warning secret-owners-conflict: secret/app is written by externalsecret/a and externalsecret/b: each undoes what the other wrote [kubectl -n shop get secret app --show-managed-fields -o yaml]',
      'warning secret-store-not-ready: secretstore/vault is not ready (InvalidProviderConfig): no such tenant; externalsecret/a and externalsecret/b take values from it [kubectl -n shop describe secretstore vault]',
    ],
  ],
  [
    'a store that is not there',
    [web, whole, external('a', ready)],
    [
      'warning secret-store-not-ready: secretstore/vault does not exist; externalsecret/a takes values from it [kubectl -n shop get secretstores]',
    ],
  ],
  ['a store that nobody looked at', [web, whole, external('a', ready), store(undefined)], []],
  [
    'a SealedSecret',
    [web, whole, sealed(condition('Synced', 'False', 'ErrUnsealFailed', 'no key could decrypt secret'))],
    [
      'warning sealed-secret-not-synced: sealedsecret/app, which writes secret/app, cannot: it is not synced (ErrUnsealFailed): no key could decrypt secret [kubectl -n shop describe sealedsecret app]',
    ],
  ],
  ['a SealedSecret that nobody looked at', [web, whole, sealed({})], []],
])('what keeps an owner from writing is told of %s', (_, parts, expected) => {
  expect(writers(...parts)).toEqual(expected);
});

const declared = stackOf({ secrets: [{ name: 'app', keys: { k: { format: { minLength: 40 } } } }] });
const taking = (...keys: readonly string[]): Parts =>
  deployment('web', {
    replicas: 0,
    spec: { containers: [container('c', { env: keys.map((key) => keyEnv('app', key)) })] },
  });

test.each<[string, readonly Parts[], ReturnType<typeof stackOf> | undefined, readonly string[]]>([
  [
    'a key that it writes',
    [web, secret('app', []), external('a', failed), store(ready)],
    undefined,
    [
      'error external-secret-not-ready/shop/externalsecret/a [kubectl -n shop describe externalsecret a]',
      'error secret-key-missing/shop/app/k [kubectl -n shop describe externalsecret a] <- external-secret-not-ready/shop/externalsecret/a',
    ],
  ],
  [
    'two keys, one of which it does not write',
    [taking('k', 'l'), secret('app', []), external('a', failed), store(ready)],
    undefined,
    [
      'error external-secret-not-ready/shop/externalsecret/a [kubectl -n shop describe externalsecret a]',
      'error secret-key-missing/shop/app/k [kubectl -n shop describe externalsecret a] <- external-secret-not-ready/shop/externalsecret/a',
      'error secret-key-missing/shop/app/l [kubectl -n shop edit externalsecret a]',
    ],
  ],
  [
    'a Secret that is missing',
    [web, external('a', failed), store(ready)],
    undefined,
    [
      'error external-secret-not-ready/shop/externalsecret/a [kubectl -n shop describe externalsecret a]',
      'error secret-missing/shop/app [kubectl -n shop describe externalsecret a] <- external-secret-not-ready/shop/externalsecret/a',
    ],
  ],
  [
    'a value of no use, which is no error of another',
    [web, secretWith('app', { k: 'short' }), external('a', failed), store(ready)],
    declared,
    [
      'error external-secret-not-ready/shop/externalsecret/a [kubectl -n shop describe externalsecret a]',
      'error secret-value-invalid/shop/app/k [kubectl -n shop describe externalsecret a] <- external-secret-not-ready/shop/externalsecret/a',
    ],
  ],
  [
    'a key that the SealedSecret holds',
    [web, secret('app', []), sealed(condition('Synced', 'False'))],
    undefined,
    [
      'error sealed-secret-not-synced/shop/sealedsecret/app [kubectl -n shop describe sealedsecret app]',
      'error secret-key-missing/shop/app/k [kubectl -n shop describe sealedsecret app] <- sealed-secret-not-synced/shop/sealedsecret/app',
    ],
  ],
  [
    'a key that the SealedSecret does not hold',
    [taking('l'), secret('app', ['k']), sealed(condition('Synced', 'False'))],
    undefined,
    [
      'error secret-key-missing/shop/app/l [kubectl -n shop create secret generic app --from-file=l=FILE --dry-run=client -o yaml | kubeseal -o yaml --merge-into SEALED-FILE]',
      'warning sealed-secret-not-synced/shop/sealedsecret/app [kubectl -n shop describe sealedsecret app]',
    ],
  ],
  [
    'a warning alone',
    [
      deployment('web', { replicas: 0, spec: { containers: [container('c', { env: [keyEnv('app', 'k', true)] })] } }),
      secretWith('app', { k: '' }),
      external('a', failed),
      store(ready),
    ],
    undefined,
    [
      'warning external-secret-not-ready/shop/externalsecret/a [kubectl -n shop describe externalsecret a]',
      'warning secret-value-empty/shop/app/k [kubectl -n shop describe externalsecret a] <- external-secret-not-ready/shop/externalsecret/a',
    ],
  ],
])('an owner that cannot write explains %s', (_, parts, stack, expected) => {
  const found = diagnose(snapshotOf(...parts), stack);

  expect(
    found.map(
      ({ id, severity, causes, fix }) =>
        `${severity} ${id} [${fix}]${causes.length === 0 ? '' : ` <- ${causes.join(' ')}`}`,
    ),
  ).toEqual(expected);
});
