import { describe, expect, test } from '@jest/globals';
import type { Application } from '../../../src/core/cluster/kubernetes.ts';
import type { ExternalSecret, SealedSecret } from '../../../src/core/cluster/secret-writer-objects.ts';
import { diagnose } from '../../../src/core/diagnose/diagnose.ts';
import type { Finding } from '../../../src/core/findings/findings.ts';
import {
  container,
  deployment,
  gap,
  keyEnv,
  namespace,
  secret,
  secretWith,
  snapshotOf,
  type Parts,
} from '../../support/builders.ts';

const needsKey = deployment('web', {
  spec: { containers: [container('c', { env: [keyEnv('app', 'k')] })] },
  replicas: 0,
});

function condition(type: string, status: string, reason?: string, message?: string): object {
  return { conditions: [{ type, status, ...(reason && { reason }), ...(message && { message }) }] };
}

const ready = condition('Ready', 'True', 'SecretSynced');
const failed = condition('Ready', 'False', 'SecretSyncedError', 'could not get secret data from provider');

function external(status: object, spec: ExternalSecret['spec'] = {}, extra: object = {}): Parts {
  const data = [{ secretKey: 'k', remoteRef: { key: 'app-k' } }];
  const target = { name: 'app' };
  const metadata = { name: 'app-external', namespace, ...extra };
  return {
    externalSecrets: [{ metadata, spec: { secretStoreRef: { name: 'vault' }, target, data, ...spec }, status }],
  };
}

function store(status: object): Parts {
  return { secretStores: [{ metadata: { name: 'vault', namespace }, status }] };
}

function sealed(status: object, keys: readonly string[]): Parts {
  const encryptedData = Object.fromEntries(keys.map((key) => [key, 'AgB']));
  const item: SealedSecret = { metadata: { name: 'app', namespace }, spec: { encryptedData }, status };
  return { sealedSecrets: [item] };
}

const templated: Parts = {
  sealedSecrets: [{ metadata: { name: 'app', namespace }, spec: { template: { data: { k: '{{ .a }}' } } } }],
};

function application(automated: object | undefined): Parts {
  const item: Application = {
    metadata: { name: 'shop', namespace: 'argocd' },
    spec: { destination: { namespace }, ...(automated && { syncPolicy: { automated } }) },
    status: { health: { status: 'Healthy' }, resources: [{ kind: 'Secret', namespace, name: 'app' }] },
  };
  return { applications: [item] };
}

function findings(...parts: Parts[]): Finding[] {
  return diagnose(snapshotOf(...parts)).filter(({ code }) => !code.startsWith('argocd'));
}

const brief = (found: readonly Finding[]): string[] =>
  found.map(({ severity, id, causes }) =>
    [severity, id, ...(causes.length > 0 ? ['because', ...causes] : [])].join(' '),
  );

const lost = 'secret-key-missing/shop/app/k';

describe('the root of what a Secret lacks', () => {
  test.each<[string, Parts[], string[]]>([
    [
      'an ExternalSecret that failed',
      [external(failed), store(ready), secret('app', ['other'])],
      [
        'error external-secret-not-ready/shop/externalsecret/app-external',
        `error ${lost} because external-secret-not-ready/shop/externalsecret/app-external`,
      ],
    ],
    [
      'its store, of which the ExternalSecret knows nothing yet',
      [external(ready), secret('app', ['other'])],
      [
        `error ${lost} because secret-store-not-ready/shop/secretstore/vault`,
        'error secret-store-not-ready/shop/secretstore/vault',
      ],
    ],
    [
      'its store, before the ExternalSecret',
      [external(failed), store(condition('Ready', 'False', 'InvalidProviderConfig')), secret('app', ['other'])],
      [
        'error external-secret-not-ready/shop/externalsecret/app-external because secret-store-not-ready/shop/secretstore/vault',
        `error ${lost} because external-secret-not-ready/shop/externalsecret/app-external`,
        'error secret-store-not-ready/shop/secretstore/vault',
      ],
    ],
    [
      'a store that is not there',
      [external(failed), secret('app', ['other'])],
      [
        'error external-secret-not-ready/shop/externalsecret/app-external because secret-store-not-ready/shop/secretstore/vault',
        `error ${lost} because external-secret-not-ready/shop/externalsecret/app-external`,
        'error secret-store-not-ready/shop/secretstore/vault',
      ],
    ],
    [
      'the same for a Secret that is missing as a whole',
      [external(failed), store(ready)],
      [
        'error external-secret-not-ready/shop/externalsecret/app-external',
        'error secret-missing/shop/app because external-secret-not-ready/shop/externalsecret/app-external',
      ],
    ],
    [
      'nobody, where the ExternalSecret that failed would not write that key',
      [external(failed, { data: [{ secretKey: 'other', remoteRef: { key: 'x' } }] }), store(ready), secret('app', [])],
      [`error ${lost}`, 'warning external-secret-not-ready/shop/externalsecret/app-external'],
    ],
    [
      'a SealedSecret that is not synced',
      [sealed(condition('Synced', 'False', undefined, 'no key could decrypt secret (k)'), ['k'])],
      [
        'error sealed-secret-not-synced/shop/sealedsecret/app',
        'error secret-missing/shop/app because sealed-secret-not-synced/shop/sealedsecret/app',
      ],
    ],
    [
      'nobody, where the SealedSecret is synced',
      [sealed(condition('Synced', 'True'), []), secret('app', [])],
      [`error ${lost}`],
    ],
  ])('is %s', (_, parts, expected) => {
    expect(brief(findings(needsKey, ...parts))).toEqual(expected);
  });

  test('blocks what the Secret blocks', () => {
    const [root] = findings(needsKey, external(failed), store(ready));
    expect(root?.blocks).toEqual([{ kind: 'Deployment', namespace, name: 'web' }]);
  });
});

describe('a writer that fails while the Secret is whole', () => {
  test.each<[string, Parts[], string | undefined]>([
    [
      'is a warning',
      [external(failed), store(ready)],
      'cannot: it is not ready (SecretSyncedError): could not get secret data from provider',
    ],
    [
      'and one that was never looked at',
      [external({}), store(ready)],
      'cannot: External Secrets has not looked at it: its controller may not run',
    ],
    [
      'but not before there was time to',
      [external({}, {}, { creationTimestamp: '2026-01-02T03:04:00Z' }), store(ready)],
      undefined,
    ],
    [
      'at once where its store is not there',
      [external({}, {}, { creationTimestamp: '2026-01-02T03:04:00Z' })],
      'cannot: its store secretstore/vault does not exist',
    ],
    ['nor where its store could not be read', [external(ready), { gaps: [gap('secretstores')] }], undefined],
  ])('%s', (_, parts, words) => {
    const found = findings(needsKey, secret('app', ['k']), ...parts).filter(
      ({ object }) => object.kind === 'ExternalSecret',
    );
    const expected = words === undefined ? [] : [`externalsecret/app-external, which writes secret/app, ${words}`];
    expect(found.map(({ message }) => message)).toEqual(expected);
    expect(found.every(({ severity }) => severity === 'warning')).toBe(true);
  });

  test('tells of a kind of store that the cluster has not, and names no command that asks for it', () => {
    const seen = snapshotOf(
      needsKey,
      external({}, { secretStoreRef: { kind: 'ClusterSecretStore', name: 'central' } }),
    );
    const writers = { ...seen.writers, clusterSecretStores: { items: [], gaps: [], isServed: false as const } };
    const found = diagnose({ ...seen, writers });
    const absent = 'clustersecretstore/central does not exist, and this cluster has no kind ClusterSecretStore';
    expect(found.map(({ message }) => message)).toEqual([
      `externalsecret/app-external, which writes secret/app, cannot: its store ${absent}`,
      'secret/app does not exist, which deployment/web needs',
      `${absent}; externalsecret/app-external takes values from it`,
    ]);
    expect(new Set(found.map(({ fix }) => fix))).toEqual(new Set(['kubectl -n shop edit externalsecret app-external']));
  });

  test('names the entries that its store lacks, and nothing else of the event', () => {
    const event = (message: string, name: string): Parts['events'] => [
      {
        metadata: { name, namespace },
        reason: 'UpdateFailed',
        message,
        involvedObject: { kind: 'ExternalSecret', namespace, name: 'app-external' },
      },
    ];
    const [found] = findings(external(failed), store(ready), {
      events: [
        ...(event('error processing spec.data[0] (key: app-k), err: Secret does not exist', 'a') ?? []),
        ...(event('error processing spec.data[0] (key: app-z), err: parsing canary-value failed', 'b') ?? []),
      ],
    });
    expect(found?.message).toMatch(/; its store has no entry app-k$/);
  });
});

describe('the owner of a broken Secret', () => {
  const ownerOf = (...parts: Parts[]): Finding['owner'] =>
    findings(needsKey, ...parts).find(({ code }) => /^secret-(?:missing|key-missing|value-placeholder)$/.test(code))
      ?.owner;

  test.each<[string, Parts[], object | undefined]>([
    [
      'External Secrets, with store, entry and condition',
      [external(ready), store(condition('Ready', 'True', 'Valid')), secret('app', [])],
      {
        by: 'external-secrets',
        name: 'app-external',
        state: { ready: 'true', reason: 'SecretSynced' },
        creationPolicy: 'Owner',
        store: { kind: 'SecretStore', name: 'vault', ready: 'true', reason: 'Valid' },
        remoteKey: 'app-k',
        repair: 'put the value into app-k of secretstore/vault, then have externalsecret/app-external sync',
      },
    ],
    [
      'External Secrets, whose store does not exist',
      [external(failed), secret('app', [])],
      { repair: 'make secretstore/vault, or name another store in externalsecret/app-external' },
    ],
    [
      'External Secrets, which would have to be told of the key',
      [external(ready, { data: [] }), store(ready), secret('app', [])],
      {
        repair:
          'externalsecret/app-external maps no key k: add it to its spec.data, and its value to secretstore/vault',
      },
    ],
    [
      'External Secrets, of an entry that it takes whole',
      [external(ready, { data: [], dataFrom: [{ extract: { key: '/app/all' } }] }), store(ready), secret('app', [])],
      {
        repair:
          'put the value into property k of /app/all of secretstore/vault, then have externalsecret/app-external sync',
      },
    ],
    [
      'External Secrets, whose template has no such key, whatever is fetched',
      [
        external(ready, {
          dataFrom: [{ extract: { key: '/app/all' } }],
          target: { name: 'app', template: { data: { url: 'http://{{ .k }}' } } },
        }),
        store(ready),
        secret('app', ['url']),
      ],
      {
        repair:
          'externalsecret/app-external maps no key k: add it to its spec.target.template.data, made of what it takes from secretstore/vault',
      },
    ],
    [
      'External Secrets, whose template makes it of what is fetched whole',
      [
        external(ready, {
          data: [],
          dataFrom: [{ extract: { key: '/app/all' } }],
          target: { name: 'app', template: { mergePolicy: 'Merge', data: { k: '{{ .a }}' } } },
        }),
        store(ready),
        secret('app', []),
      ],
      {
        repair:
          'put the value into the entries that its template makes k of, in secretstore/vault, then have externalsecret/app-external sync',
      },
    ],
    [
      'nobody, where one merges other keys beside it',
      [
        external(ready, { data: [], target: { name: 'app', creationPolicy: 'Merge' } }),
        store(ready),
        secret('app', [], { owner: { by: 'external-secrets', name: 'app-external' } }),
      ],
      undefined,
    ],
    [
      'nobody, where one would merge into a Secret that is not there',
      [external(ready, { target: { name: 'app', creationPolicy: 'Merge' } }), store(ready)],
      undefined,
    ],
    [
      'Sealed Secrets',
      [sealed(condition('Synced', 'True'), []), secret('app', [])],
      {
        by: 'sealed-secrets',
        state: { ready: 'true' },
        repair: 'sealedsecret/app holds no key k: seal it into that, where it is kept, and apply it',
      },
    ],
    [
      'Sealed Secrets, of a key that its template makes',
      [templated, secret('app', [])],
      { repair: 'see why sealedsecret/app is not unsealed, or seal its values again and apply it' },
    ],
    [
      'Argo CD that heals, of a Secret that is gone',
      [application({ selfHeal: true })],
      {
        by: 'argocd',
        name: 'shop',
        sync: 'self-heal',
        object: { kind: 'Application', namespace: 'argocd', name: 'shop' },
      },
    ],
    ['Argo CD that waits to be told', [application(undefined), secret('app', [])], { by: 'argocd', sync: 'manual' }],
    ['Argo CD that is switched off', [application({ enabled: false, selfHeal: true })], { sync: 'manual' }],
    ['Helm', [secret('app', [], { owner: { by: 'helm', name: 'shop' } })], { by: 'helm', name: 'shop' }],
    [
      'an operator, by its field manager',
      [secret('app', [], { writers: ['kubectl-edit', 'vault-operator'] })],
      { by: 'field-manager', name: 'vault-operator' },
    ],
    ['nobody, where people wrote it', [secret('app', [], { writers: ['kubectl-create', 'c2l'] })], undefined],
  ])('is %s', (_, parts, expected) => {
    const owner = ownerOf(...parts);
    if (expected === undefined) expect(owner).toBeUndefined();
    else expect(owner).toMatchObject(expected);
  });

  test.each<[string, Parts[], string]>([
    ['External Secrets', [external(ready), store(ready), secret('app', [])], 'c2l fix-secrets -n shop'],
    [
      'an ExternalSecret that failed',
      [external(failed), store(ready), secret('app', [])],
      'kubectl -n shop describe externalsecret app-external',
    ],
    [
      'an unmapped key',
      [external(ready, { data: [] }), store(ready), secret('app', [])],
      'kubectl -n shop edit externalsecret app-external',
    ],
    [
      'a key that a template leaves out',
      [
        external(ready, { target: { name: 'app', template: { data: { url: '{{ .k }}' } } } }),
        store(ready),
        secret('app', []),
      ],
      'kubectl -n shop edit externalsecret app-external',
    ],
    [
      'Argo CD, and the Secret is gone',
      [application(undefined)],
      `kubectl -n argocd patch application shop --type=merge -p '{"operation":{"sync":{}}}'`,
    ],
    [
      'Argo CD, which lets keys be added',
      [application({ selfHeal: true }), secret('app', [])],
      'c2l fix-secrets -n shop',
    ],
    [
      'Argo CD, which sets a changed value back',
      [application({ selfHeal: true }), secretWith('app', { k: 'changeme' })],
      'kubectl -n argocd annotate application shop argocd.argoproj.io/refresh=normal --overwrite',
    ],
    ['nobody', [secret('app', [])], 'c2l fix-secrets -n shop'],
  ])('decides the command: %s', (_, parts, fix) => {
    expect(findings(needsKey, ...parts).find(({ owner, key }) => owner ?? key)?.fix).toBe(fix);
  });

  test.each<[string, Parts[], string]>([
    [
      'a key that Git may lack',
      [application({ selfHeal: true }), secret('app', [])],
      'add it now, and put it into Git as well, from where application/shop brings the Secret: created again from there, it lacks the key',
    ],
    [
      'a value that Git holds',
      [application(undefined), secretWith('app', { k: 'changeme' })],
      'correct it in Git, from where application/shop brings it, then sync that',
    ],
    [
      'a Secret that is gone',
      [application({ selfHeal: true })],
      'see that Git holds it, from where application/shop brings it, then refresh that',
    ],
  ])('of Argo CD says what its fix does: %s', (_, parts, repair) => {
    expect(ownerOf(...parts)?.repair).toBe(repair);
  });
});

describe('a Secret that a store logs in with', () => {
  const login = (...credentials: { name: string; key?: string }[]): Parts => ({
    secretStores: [
      {
        metadata: { name: 'vault', namespace },
        spec: { credentials },
        status: condition('Ready', 'False', 'InvalidProviderConfig'),
      },
    ],
  });
  const storeId = 'secret-store-not-ready/shop/secretstore/vault';

  test.each<[string, Parts[], string]>([
    [
      'that is missing is the root of all of it',
      [secret('app', [])],
      'error secret-missing/shop/login: secret/login does not exist, which secretstore/vault logs in with',
    ],
    [
      'that lacks the key as well',
      [secret('app', []), secret('login', ['other'])],
      'error secret-key-missing/shop/login/token: secret/login lacks key token, which secretstore/vault logs in with',
    ],
    [
      'is a warning for as long as every Secret is whole',
      [secret('app', ['k'])],
      'warning secret-missing/shop/login: secret/login does not exist, which secretstore/vault logs in with',
    ],
  ])('%s', (_, parts, expected) => {
    const found = findings(needsKey, external(failed), login({ name: 'login', key: 'token' }), ...parts);
    const root = found.find(({ secret: name }) => name === 'login');
    expect(`${root?.severity ?? ''} ${root?.id ?? ''}: ${root?.message ?? ''}`).toBe(expected);
    expect(found.find(({ id }) => id === storeId)?.causes).toEqual([root?.id]);
    expect(root?.blocks).toEqual(root?.severity === 'error' ? [{ kind: 'Deployment', namespace, name: 'web' }] : []);
  });

  test('may be of the namespace of each ExternalSecret, where the store of the whole cluster names none', () => {
    const spec = {
      credentials: [
        { name: 'login', key: 'token' },
        { name: 'shared', namespace: 'central' },
      ],
    };
    const parts: Parts[] = [
      external(failed, { secretStoreRef: { kind: 'ClusterSecretStore', name: 'central' } }),
      { clusterSecretStores: [{ metadata: { name: 'central' }, spec, status: ready }] },
    ];
    const found = findings(needsKey, secret('app', []), ...parts);
    expect(brief(found)).toEqual([
      'error external-secret-not-ready/shop/externalsecret/app-external because secret-missing/shop/login',
      `error ${lost} because external-secret-not-ready/shop/externalsecret/app-external`,
      'error secret-missing/shop/login',
    ]);
    expect(found.at(-1)?.message).toBe(
      'secret/login does not exist, which clustersecretstore/central logs in with for externalsecret/app-external',
    );
    expect(findings(needsKey, secret('app', []), secret('login', ['token']), ...parts).map(({ id }) => id)).toEqual([
      'external-secret-not-ready/shop/externalsecret/app-external',
      lost,
    ]);
  });

  test('and lacks several keys is one finding, with a command that makes them all', () => {
    const keys = login({ name: 'login', key: 'id' }, { name: 'login', key: 'secret' });
    const [found] = findings(needsKey, external(failed), keys).filter(({ secret: name }) => name === 'login');
    expect(found).toMatchObject({
      keys: ['id', 'secret'],
      references: [{ kind: 'SecretStore', name: 'vault', via: 'secretStore' }],
      fix: 'kubectl -n shop create secret generic login --from-file=id=FILE --from-file=secret=FILE',
    });
  });

  test.each<[string, Parts[]]>([
    ['is whole', [secret('login', ['token'])]],
    ['could not be read', [{ gaps: [gap('secrets')] }]],
  ])('and that %s is no finding', (_, parts) => {
    const found = findings(needsKey, external(failed), login({ name: 'login', key: 'token' }), ...parts);
    expect(found.filter(({ secret: name }) => name === 'login')).toEqual([]);
  });

  test('and that the same store would have to write does not explain itself', () => {
    const found = findings(needsKey, external(failed), login({ name: 'app', key: 'k' }));
    expect(brief(found)).toEqual([
      `error external-secret-not-ready/shop/externalsecret/app-external because ${storeId}`,
      'error secret-missing/shop/app because external-secret-not-ready/shop/externalsecret/app-external',
      `error ${storeId}`,
    ]);
  });
});
