import { container, secretEnv } from '../support/pods.ts';
import { pod, type Manifest } from './manifests.ts';
import type { MatrixRow } from './row.ts';

const reader = pod('api', { containers: [container('main', { env: [secretEnv('A', 'app', 'a')] })] });

function external(name: string, store: string): Manifest {
  return {
    apiVersion: 'external-secrets.io/v1',
    kind: 'ExternalSecret',
    metadata: { name },
    spec: {
      refreshInterval: '1h',
      secretStoreRef: { name: store, kind: 'SecretStore' },
      target: { name: 'app', creationPolicy: 'Owner' },
      data: [{ secretKey: 'a', remoteRef: { key: 'entry-a' } }],
    },
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
    says: [/^secretstore\/nowhere does not exist; externalsecret\/app takes values from it$/],
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
