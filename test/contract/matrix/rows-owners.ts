import { container, secretEnv } from '../support/pods.ts';
import { pod, type Manifest } from './manifests.ts';
import type { MatrixRow } from './row.ts';

const reader = pod('api', { containers: [container('main', { env: [secretEnv('A', 'app', 'a')] })] });

function external(name: string, store: string, { kind = 'SecretStore', target = 'app' } = {}): Manifest {
  return {
    apiVersion: 'external-secrets.io/v1',
    kind: 'ExternalSecret',
    metadata: { name },
    spec: {
      refreshInterval: '1h',
      secretStoreRef: { name: store, kind },
      target: { name: target, creationPolicy: 'Owner' },
      data: [{ secretKey: 'a', remoteRef: { key: 'entry-a' } }],
    },
  };
}

/** As a run leaves it that dies between the pause and its end. */
function paused({ metadata, spec, ...rest }: Manifest): Manifest {
  const until = '2020-01-01T00:00:00.000Z';
  const note = { id: 'a', until, by: 'kim@laptop', command: 'fix-secrets', processId: 1, order: 0, was: 'Owner' };
  return {
    ...rest,
    metadata: { ...metadata, annotations: { 'c2l.dev/paused-sync': JSON.stringify(note) } },
    spec: { ...(spec as object), target: { name: 'app', creationPolicy: 'None' } },
  };
}

function store(name: string, entries: readonly string[]): Manifest {
  const data = entries.map((key) => ({ key, value: `value-of-${key}-`.padEnd(32, 'x') }));
  return {
    apiVersion: 'external-secrets.io/v1',
    kind: 'SecretStore',
    metadata: { name },
    spec: { provider: { fake: { data } } },
  };
}

function loggingIn(name: string, bearerToken: { readonly name: string; readonly key: string }): Manifest {
  const server = { caProvider: { type: 'ConfigMap', name: 'kube-root-ca.crt', key: 'ca.crt' } };
  return {
    apiVersion: 'external-secrets.io/v1',
    kind: 'SecretStore',
    metadata: { name },
    spec: { provider: { kubernetes: { remoteNamespace: 'default', server, auth: { token: { bearerToken } } } } },
  };
}

/** Its values were sealed for another cluster. */
const sealed: Manifest = {
  apiVersion: 'bitnami.com/v1alpha1',
  kind: 'SealedSecret',
  metadata: { name: 'app' },
  spec: { encryptedData: { a: Buffer.from('not sealed for this cluster'.padEnd(600, '.')).toString('base64') } },
};

/** Secrets that somebody else writes, and cannot. */
export const ownerRows: readonly MatrixRow[] = [
  {
    situation: 'the store of an ExternalSecret does not exist',
    needs: 'controllers',
    objects: [external('app', 'nowhere'), reader],
    shows: { api: 'CreateContainerConfigError' },
    findings: [
      'error external-secret-not-ready externalsecret/app blocks pod/api because secret-store-not-ready/secretstore/nowhere',
      'error secret-missing secret/app a blocks pod/api because external-secret-not-ready/externalsecret/app',
      'error secret-store-not-ready secretstore/nowhere blocks pod/api',
    ],
    says: [
      /^secretstore\/nowhere does not exist; externalsecret\/app takes values from it$/,
      /^externalsecret\/app, which writes secret\/app, cannot: its store secretstore\/nowhere does not exist$/,
    ],
  },
  {
    situation:
      'the store of an ExternalSecret is one of the whole cluster that does not exist, while another one syncs',
    needs: 'controllers',
    objects: [
      store('vault', ['entry-a']),
      external('other', 'vault', { target: 'other' }),
      external('app', 'central', { kind: 'ClusterSecretStore' }),
      reader,
    ],
    shows: { api: 'CreateContainerConfigError' },
    findings: [
      'error external-secret-not-ready externalsecret/app blocks pod/api because secret-store-not-ready/clustersecretstore/central',
      'error secret-missing secret/app a blocks pod/api because external-secret-not-ready/externalsecret/app',
    ],
    says: [/which writes secret\/app, cannot: its store clustersecretstore\/central does not exist/],
  },
  {
    situation: 'the Secret that the store of an ExternalSecret logs in with lacks the key',
    needs: 'controllers',
    objects: [
      { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'login' }, stringData: { other: 'x' } },
      loggingIn('vault', { name: 'login', key: 'token' }),
      external('app', 'vault'),
      reader,
    ],
    shows: { api: 'CreateContainerConfigError' },
    findings: [
      'error external-secret-not-ready externalsecret/app blocks pod/api because secret-store-not-ready/secretstore/vault',
      'error secret-key-missing secret/login token blocks pod/api',
      'error secret-missing secret/app a blocks pod/api because external-secret-not-ready/externalsecret/app',
      'error secret-store-not-ready secretstore/vault blocks pod/api because secret-key-missing/login/token',
    ],
    says: [/^secret\/login lacks key token, which secretstore\/vault logs in with$/],
  },
  {
    situation: 'the store of an ExternalSecret lacks the entry',
    needs: 'controllers',
    objects: [store('vault', ['other']), external('app', 'vault'), reader],
    shows: { api: 'CreateContainerConfigError' },
    findings: [
      'error external-secret-not-ready externalsecret/app blocks pod/api',
      'error secret-missing secret/app a blocks pod/api because external-secret-not-ready/externalsecret/app',
    ],
    says: [/its store has no entry entry-a$/],
  },
  {
    situation: 'an ExternalSecret brings what is needed',
    needs: 'controllers',
    objects: [store('vault', ['entry-a']), external('app', 'vault'), reader],
    shows: { api: 'Running' },
    findings: [],
  },
  {
    situation: 'c2l paused an ExternalSecret and was killed',
    needs: 'controllers',
    objects: [store('vault', ['entry-a']), paused(external('app', 'vault'))],
    findings: ['warning sync-paused externalsecret/app'],
    says: [/^sync of externalsecret\/app is paused: by kim@laptop \(c2l fix-secrets\), which should have ended it at/],
  },
  {
    situation: 'a SealedSecret cannot be unsealed',
    needs: 'controllers',
    objects: [sealed, reader],
    shows: { api: 'CreateContainerConfigError' },
    findings: [
      'error sealed-secret-not-synced sealedsecret/app blocks pod/api',
      'error secret-missing secret/app a blocks pod/api because sealed-secret-not-synced/sealedsecret/app',
    ],
    says: [/^sealedsecret\/app, which writes secret\/app, cannot: it is not synced/],
  },
];
