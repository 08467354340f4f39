import type { Condition } from '../../core/cluster/kubernetes-metadata.ts';
import type { ExternalSecret, RemoteRef, SealedSecret, SecretStore } from '../../core/cluster/secret-writer-objects.ts';
import type { ShapeOf } from './kubernetes-shapes.ts';

export const conditions: ShapeOf<readonly Condition[]> = {
  list: { required: { type: 'string', status: 'string' }, optional: { reason: 'string', message: 'string' } },
  isShared: true,
};

const remoteRef: ShapeOf<RemoteRef> = { optional: { key: 'string', property: 'string', version: 'string' } };

/** What ExternalSecrets, their stores and SealedSecrets look like beside their metadata. */
export const externalSecretShape: ShapeOf<Omit<ExternalSecret, 'metadata'>> = {
  optional: {
    spec: {
      optional: {
        secretStoreRef: { optional: { name: 'string', kind: 'string' } },
        target: {
          optional: {
            name: 'string',
            creationPolicy: 'string',
            template: {
              optional: {
                mergePolicy: 'string',
                data: { map: 'string' },
                templateFrom: { list: { optional: { target: 'string' } } },
              },
            },
          },
        },
        data: { list: { required: { secretKey: 'string' }, optional: { remoteRef } } },
        dataFrom: { list: { optional: { extract: remoteRef } } },
      },
    },
    status: { optional: { conditions, refreshTime: 'string', syncedResourceVersion: 'string' } },
  },
};

export const secretStoreShape: ShapeOf<Omit<SecretStore, 'metadata'>> = {
  optional: {
    spec: {
      optional: {
        credentials: { list: { required: { name: 'string' }, optional: { key: 'string', namespace: 'string' } } },
        provider: {
          optional: {
            azurekv: { optional: { vaultUrl: 'string' } },
            vault: { optional: { server: 'string', path: 'string' } },
            aws: { optional: { service: 'string', region: 'string' } },
            gcpsm: { optional: { projectID: 'string' } },
            kubernetes: { optional: { remoteNamespace: 'string' } },
          },
        },
      },
    },
    status: { optional: { conditions } },
  },
};

export const sealedSecretShape: ShapeOf<Omit<SealedSecret, 'metadata'>> = {
  optional: {
    spec: {
      optional: {
        encryptedData: { map: 'string' },
        template: {
          optional: {
            type: 'string',
            immutable: 'boolean',
            data: { map: 'string' },
            metadata: { optional: { labels: { map: 'string' }, annotations: { map: 'string' } } },
          },
        },
      },
    },
    status: { optional: { conditions } },
  },
};
