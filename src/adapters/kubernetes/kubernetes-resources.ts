import type { Job, Listed, Resource } from '../../core/cluster/kubernetes.ts';
import { reducer, type FieldsShape, type Reduced, type Shape, type ShapeOf } from './kubernetes-shapes.ts';
import { metadataShape, strings } from './metadata-shape.ts';
import { containerStatuses, podSpec, secretNames, template } from './pod-shapes.ts';
import { conditions, externalSecretShape, sealedSecretShape, secretStoreShape } from './secret-writer-shapes.ts';
import { withCredentials } from './store-credentials.ts';

const selector = { optional: { matchLabels: strings } } as const;
const jobConditions: ShapeOf<NonNullable<NonNullable<Job['status']>['conditions']>> = {
  list: {
    required: { type: 'string', status: 'string' },
    optional: { reason: 'string', message: 'string', lastTransitionTime: 'string' },
  },
};
const jobSpec: ShapeOf<Job['spec']> = { required: { template }, optional: { suspend: 'boolean' } };

/** Where a resource is listed, and what its objects look like beside their metadata. */
export interface ResourceDescription<T> {
  readonly api: string;
  /** Where installations serve it that have no `api` yet. */
  readonly olderApi?: string;
  readonly shape: ShapeOf<Omit<T, 'metadata'>>;
  /** Brings what lies at no fixed place to where the shape has it. */
  readonly prepare?: (value: unknown) => unknown;
}

/** External Secrets before 0.16 has no `v1`; later ones may serve both. */
const externalSecretsApi = {
  api: '/apis/external-secrets.io/v1',
  olderApi: '/apis/external-secrets.io/v1beta1',
} as const;

export const resources: { readonly [R in Resource]: ResourceDescription<Listed[R]> } = {
  pods: {
    api: '/api/v1',
    shape: {
      required: { spec: podSpec },
      optional: {
        status: {
          optional: {
            phase: 'string',
            reason: 'string',
            podIP: 'string',
            startTime: 'string',
            conditions,
            initContainerStatuses: containerStatuses,
            containerStatuses,
          },
        },
      },
    },
  },
  deployments: {
    api: '/apis/apps/v1',
    shape: {
      required: { spec: { required: { template }, optional: { replicas: 'number', paused: 'boolean', selector } } },
      optional: {
        status: {
          optional: {
            observedGeneration: 'number',
            replicas: 'number',
            updatedReplicas: 'number',
            readyReplicas: 'number',
            availableReplicas: 'number',
            conditions,
          },
        },
      },
    },
  },
  statefulsets: {
    api: '/apis/apps/v1',
    shape: {
      required: {
        spec: {
          required: { template },
          optional: {
            replicas: 'number',
            selector,
            persistentVolumeClaimRetentionPolicy: { optional: { whenDeleted: 'string' } },
            volumeClaimTemplates: { list: { optional: { metadata: { optional: { name: 'string' } } } } },
            updateStrategy: { optional: { type: 'string', rollingUpdate: { optional: { partition: 'number' } } } },
            ordinals: { optional: { start: 'number' } },
          },
        },
      },
      optional: {
        status: {
          optional: {
            observedGeneration: 'number',
            replicas: 'number',
            readyReplicas: 'number',
            updatedReplicas: 'number',
            currentRevision: 'string',
            updateRevision: 'string',
          },
        },
      },
    },
  },
  daemonsets: {
    api: '/apis/apps/v1',
    shape: {
      required: {
        spec: {
          required: { template },
          optional: { selector, updateStrategy: { optional: { type: 'string' } } },
        },
      },
      optional: {
        status: {
          optional: {
            observedGeneration: 'number',
            desiredNumberScheduled: 'number',
            updatedNumberScheduled: 'number',
            numberReady: 'number',
            numberAvailable: 'number',
          },
        },
      },
    },
  },
  replicasets: { api: '/apis/apps/v1', shape: {} },
  jobs: {
    api: '/apis/batch/v1',
    shape: {
      required: { spec: jobSpec },
      optional: { status: { optional: { conditions: jobConditions, succeeded: 'number' } } },
    },
  },
  cronjobs: {
    api: '/apis/batch/v1',
    shape: {
      required: {
        spec: { required: { jobTemplate: { required: { spec: jobSpec } } }, optional: { suspend: 'boolean' } },
      },
      optional: { status: { optional: { lastSuccessfulTime: 'string' } } },
    },
  },
  services: {
    api: '/api/v1',
    shape: {
      optional: {
        spec: {
          optional: {
            selector: strings,
            ports: { list: { required: { port: 'number' }, optional: { name: 'string', targetPort: 'scalar' } } },
          },
        },
      },
    },
  },
  endpointslices: {
    api: '/apis/discovery.k8s.io/v1',
    shape: {
      optional: { endpoints: { list: { optional: { conditions: { optional: { ready: 'boolean' } } } } } },
    },
  },
  serviceaccounts: { api: '/api/v1', shape: { optional: { imagePullSecrets: secretNames } } },
  ingresses: {
    api: '/apis/networking.k8s.io/v1',
    shape: {
      optional: {
        spec: {
          optional: {
            tls: { list: { optional: { secretName: 'string', hosts: { list: 'string' } } } },
            rules: { list: { optional: { host: 'string' } } },
          },
        },
      },
    },
  },
  events: {
    api: '/api/v1',
    shape: {
      required: {
        involvedObject: { optional: { kind: 'string', namespace: 'string', name: 'string', uid: 'string' } },
      },
      optional: {
        type: 'string',
        reason: 'string',
        message: 'string',
        lastTimestamp: 'string',
        eventTime: 'string',
      },
    },
  },
  configmaps: { api: '/api/v1', shape: { optional: { data: strings, binaryData: strings } } },
  persistentvolumeclaims: {
    api: '/api/v1',
    shape: {
      optional: {
        spec: { optional: { storageClassName: 'string' } },
        status: { optional: { phase: 'string' } },
      },
    },
  },
  nodes: { api: '/api/v1', shape: { optional: { status: { optional: { conditions } } } } },
  applications: {
    api: '/apis/argoproj.io/v1alpha1',
    shape: {
      optional: {
        spec: {
          optional: {
            destination: { optional: { namespace: 'string' } },
            syncPolicy: {
              optional: {
                automated: { optional: { enabled: 'boolean', selfHeal: 'boolean', prune: 'boolean' } },
              },
            },
          },
        },
        status: {
          optional: {
            health: { optional: { status: 'string' } },
            sync: { optional: { status: 'string' } },
            operationState: { optional: { phase: 'string', message: 'string', startedAt: 'string' } },
            conditions: { list: { required: { type: 'string' }, optional: { message: 'string' } } },
            resources: {
              list: { optional: { group: 'string', kind: 'string', namespace: 'string', name: 'string' } },
            },
          },
        },
      },
    },
  },
  externalsecrets: { ...externalSecretsApi, shape: externalSecretShape },
  secretstores: { ...externalSecretsApi, shape: secretStoreShape, prepare: withCredentials },
  clustersecretstores: { ...externalSecretsApi, shape: secretStoreShape, prepare: withCredentials },
  sealedsecrets: { api: '/apis/bitnami.com/v1alpha1', shape: sealedSecretShape },
};

export const workloadKinds = {
  deployments: 'Deployment',
  statefulsets: 'StatefulSet',
  daemonsets: 'DaemonSet',
} as const;

/** Where a resource is listed, and what of its objects is kept. */
export function listing<R extends Resource>(
  resource: R,
): { readonly apis: readonly string[]; readonly reduce: (value: unknown) => Reduced<Listed[R]> } {
  const { shape, prepare } = (
    resources as Readonly<Record<Resource, { shape: FieldsShape } & Pick<ResourceDescription<unknown>, 'prepare'>>>
  )[resource];
  const whole = { ...shape, required: { ...shape.required, metadata: metadataShape } };
  const reduce = reducer<Listed[R]>(whole as ShapeOf<Listed[R]> & Shape);
  return { apis: apisOf(resource), reduce: prepare === undefined ? reduce : (value) => reduce(prepare(value)) };
}

/** Where a resource may be, the newest first. */
export function apisOf(resource: Resource): readonly string[] {
  const { api, olderApi } = resources[resource] as Pick<ResourceDescription<unknown>, 'api' | 'olderApi'>;
  return [api, ...(olderApi === undefined ? [] : [olderApi])];
}

/** The collection's path; names are encoded, so that no name can lead elsewhere. */
export function collectionPath(api: string, resource: string, namespace?: string): string {
  return namespace === undefined
    ? `${api}/${resource}`
    : `${api}/namespaces/${encodeURIComponent(namespace)}/${resource}`;
}
