import type { Resource } from '../core/kubernetes.ts';
import type { Shape } from './kubernetes-shapes.ts';

const strings: Shape = { map: 'string' };

export const metadataShape: Shape = {
  required: { name: 'string' },
  optional: {
    namespace: 'string',
    uid: 'string',
    resourceVersion: 'string',
    generation: 'number',
    creationTimestamp: 'string',
    deletionTimestamp: 'string',
    labels: strings,
    annotations: strings,
    ownerReferences: {
      list: {
        required: { apiVersion: 'string', kind: 'string', name: 'string', uid: 'string' },
        optional: { controller: 'boolean' },
      },
    },
  },
};

const secretNames: Shape = { list: { optional: { name: 'string' } } };
const items: Shape = { list: { required: { key: 'string', path: 'string' } } };
const keySelector: Shape = { required: { key: 'string' }, optional: { name: 'string', optional: 'boolean' } };

const containers: Shape = {
  list: {
    required: { name: 'string' },
    optional: {
      image: 'string',
      command: { list: 'string' },
      args: { list: 'string' },
      restartPolicy: 'string',
      env: {
        list: {
          required: { name: 'string' },
          optional: {
            value: 'string',
            valueFrom: { optional: { secretKeyRef: keySelector, configMapKeyRef: keySelector } },
          },
        },
      },
      envFrom: {
        list: {
          optional: { prefix: 'string', secretRef: { optional: { name: 'string', optional: 'boolean' } } },
        },
      },
      ports: { list: { required: { containerPort: 'number' }, optional: { name: 'string' } } },
      volumeMounts: { list: { required: { name: 'string', mountPath: 'string' }, optional: { subPath: 'string' } } },
      readinessProbe: { optional: { httpGet: { required: { port: 'scalar' }, optional: { path: 'string' } } } },
    },
  },
};

const podSpec: Shape = {
  required: { containers },
  optional: {
    initContainers: containers,
    imagePullSecrets: secretNames,
    serviceAccountName: 'string',
    nodeName: 'string',
    volumes: {
      list: {
        required: { name: 'string' },
        optional: {
          secret: { optional: { secretName: 'string', items, optional: 'boolean' } },
          projected: {
            optional: {
              sources: {
                list: { optional: { secret: { optional: { name: 'string', items, optional: 'boolean' } } } },
              },
            },
          },
          csi: { required: { driver: 'string' }, optional: { nodePublishSecretRef: { optional: { name: 'string' } } } },
        },
      },
    },
  },
};

const containerStatuses: Shape = {
  list: {
    required: { name: 'string' },
    optional: {
      ready: 'boolean',
      restartCount: 'number',
      state: {
        optional: {
          waiting: { optional: { reason: 'string', message: 'string' } },
          running: { optional: { startedAt: 'string' } },
          terminated: { optional: { reason: 'string', exitCode: 'number', finishedAt: 'string' } },
        },
      },
    },
  },
};

const conditions: Shape = {
  list: { required: { type: 'string', status: 'string' }, optional: { reason: 'string', message: 'string' } },
};

const template: Shape = { required: { spec: podSpec } };
const selector: Shape = { optional: { matchLabels: strings } };
const jobSpec: Shape = { required: { template }, optional: { suspend: 'boolean' } };
const counts = (...names: string[]): Record<string, Shape> =>
  Object.fromEntries(names.map((name) => [name, 'number' as const]));

/** Where a resource is listed, and what its objects look like beside their metadata. */
export interface ResourceDescription {
  readonly api: string;
  readonly shape: {
    readonly required?: Readonly<Record<string, Shape>>;
    readonly optional?: Readonly<Record<string, Shape>>;
  };
}

export const resources: Readonly<Record<Resource, ResourceDescription>> = {
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
            ...counts('observedGeneration', 'replicas', 'updatedReplicas', 'readyReplicas', 'availableReplicas'),
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
            updateStrategy: { optional: { type: 'string', rollingUpdate: { optional: { partition: 'number' } } } },
          },
        },
      },
      optional: {
        status: {
          optional: {
            ...counts('observedGeneration', 'replicas', 'readyReplicas', 'updatedReplicas'),
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
          optional: counts(
            'observedGeneration',
            'desiredNumberScheduled',
            'updatedNumberScheduled',
            'numberReady',
            'numberAvailable',
          ),
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
  configmaps: { api: '/api/v1', shape: { optional: { data: strings } } },
  serviceaccounts: { api: '/api/v1', shape: { optional: { imagePullSecrets: secretNames } } },
  ingresses: {
    api: '/apis/networking.k8s.io/v1',
    shape: {
      optional: {
        spec: {
          optional: { tls: { list: { optional: { secretName: 'string', hosts: { list: 'string' } } } } },
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
            resources: {
              list: { optional: { group: 'string', kind: 'string', namespace: 'string', name: 'string' } },
            },
          },
        },
      },
    },
  },
};

/** The collection's path; names are encoded, so that no name can lead elsewhere. */
export function collectionPath(api: string, resource: string, namespace?: string): string {
  return namespace === undefined
    ? `${api}/${resource}`
    : `${api}/namespaces/${encodeURIComponent(namespace)}/${resource}`;
}
