import type { Container, ContainerStatus, PodSpec, PodTemplate } from '../core/kubernetes-pod.ts';
import type { Job, Listed, Resource } from '../core/kubernetes.ts';
import type { ObjectMeta } from '../core/kubernetes-metadata.ts';
import { reducer, type FieldsShape, type Reduced, type Shape, type ShapeOf } from './kubernetes-shapes.ts';
import { conditions, externalSecretShape, sealedSecretShape, secretStoreShape } from './secret-writer-shapes.ts';

const strings = { map: 'string' } as const;

/** Holds the whole object once more, values included; what was seen of it in a Secret is kept apart. */
export const lastApplied = 'kubectl.kubernetes.io/last-applied-configuration';

export const metadataShape: ShapeOf<ObjectMeta> = {
  required: { name: 'string' },
  optional: {
    namespace: 'string',
    uid: 'string',
    resourceVersion: 'string',
    generation: 'number',
    creationTimestamp: 'string',
    deletionTimestamp: 'string',
    labels: strings,
    annotations: { map: 'string', without: [lastApplied] },
    ownerReferences: {
      list: {
        required: { apiVersion: 'string', kind: 'string', name: 'string', uid: 'string' },
        optional: { controller: 'boolean', blockOwnerDeletion: 'boolean' },
      },
    },
    finalizers: { list: 'string' },
  },
};

const secretNames = { list: { optional: { name: 'string' } } } as const;
const items = { list: { required: { key: 'string', path: 'string' } } } as const;
const namedSource = { optional: { name: 'string', optional: 'boolean' } } as const;
const itemSource = { optional: { name: 'string', items, optional: 'boolean' } } as const;
const keySelector = { required: { key: 'string' }, optional: { name: 'string', optional: 'boolean' } } as const;

const containers: ShapeOf<readonly Container[]> = {
  list: {
    required: { name: 'string' },
    optional: {
      image: 'string',
      command: { list: 'string', isShared: true },
      args: { list: 'string', isShared: true },
      restartPolicy: 'string',
      env: {
        list: {
          required: { name: 'string' },
          optional: {
            value: 'string',
            valueFrom: { optional: { secretKeyRef: keySelector, configMapKeyRef: keySelector } },
          },
        },
        isShared: true,
      },
      envFrom: {
        list: {
          optional: { prefix: 'string', secretRef: namedSource, configMapRef: namedSource },
        },
      },
      ports: { list: { required: { containerPort: 'number' }, optional: { name: 'string' } } },
      resources: {
        optional: {
          requests: { optional: { cpu: 'scalar', memory: 'scalar' } },
          limits: { optional: { memory: 'scalar' } },
        },
      },
      volumeMounts: { list: { required: { name: 'string', mountPath: 'string' }, optional: { subPath: 'string' } } },
      readinessProbe: { optional: { httpGet: { required: { port: 'scalar' }, optional: { path: 'string' } } } },
    },
  },
};

const podSpec: ShapeOf<PodSpec> = {
  required: { containers },
  optional: {
    initContainers: containers,
    imagePullSecrets: secretNames,
    serviceAccountName: 'string',
    nodeName: 'string',
    terminationGracePeriodSeconds: 'number',
    volumes: {
      list: {
        required: { name: 'string' },
        optional: {
          secret: { optional: { secretName: 'string', items, optional: 'boolean' } },
          configMap: itemSource,
          projected: {
            optional: { sources: { list: { optional: { secret: itemSource, configMap: itemSource } } } },
          },
          persistentVolumeClaim: { required: { claimName: 'string' } },
          emptyDir: { optional: { medium: 'string' } },
          ephemeral: {},
          downwardAPI: {},
          csi: { required: { driver: 'string' }, optional: { nodePublishSecretRef: { optional: { name: 'string' } } } },
        },
      },
    },
  },
};

const terminated = {
  optional: {
    reason: 'string',
    message: 'string',
    exitCode: 'number',
    signal: 'number',
    startedAt: 'string',
    finishedAt: 'string',
  },
} as const;

const containerStatuses: ShapeOf<readonly ContainerStatus[]> = {
  list: {
    required: { name: 'string' },
    optional: {
      ready: 'boolean',
      started: 'boolean',
      restartCount: 'number',
      lastState: { optional: { terminated } },
      state: {
        optional: {
          waiting: { optional: { reason: 'string', message: 'string' } },
          running: { optional: { startedAt: 'string' } },
          terminated,
        },
      },
    },
  },
};

const template: ShapeOf<PodTemplate> = {
  required: { spec: podSpec },
  optional: { metadata: { optional: { ...metadataShape.required, ...metadataShape.optional } } },
};
const selector = { optional: { matchLabels: strings } } as const;
const jobSpec: ShapeOf<Job['spec']> = { required: { template }, optional: { suspend: 'boolean' } };

/** Where a resource is listed, and what its objects look like beside their metadata. */
export interface ResourceDescription<T> {
  readonly api: string;
  /** Where installations serve it that have no `api` yet. */
  readonly olderApi?: string;
  readonly shape: ShapeOf<Omit<T, 'metadata'>>;
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
      optional: { status: { optional: { conditions, succeeded: 'number' } } },
    },
  },
  cronjobs: {
    api: '/apis/batch/v1',
    shape: {
      required: {
        spec: { required: { jobTemplate: { required: { spec: jobSpec } } }, optional: { suspend: 'boolean' } },
      },
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
            operationState: { optional: { phase: 'string', message: 'string' } },
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
  secretstores: { ...externalSecretsApi, shape: secretStoreShape },
  clustersecretstores: { ...externalSecretsApi, shape: secretStoreShape },
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
  const { shape }: { shape: FieldsShape } = (resources as Readonly<Record<Resource, { shape: FieldsShape }>>)[resource];
  const whole = { ...shape, required: { ...shape.required, metadata: metadataShape } };
  return { apis: apisOf(resource), reduce: reducer<Listed[R]>(whole as ShapeOf<Listed[R]> & Shape) };
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
