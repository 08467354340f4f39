import type { Container, ContainerStatus, PodSpec, PodTemplate } from '../../core/cluster/kubernetes-pod.ts';
import type { ShapeOf } from './kubernetes-shapes.ts';
import { metadataShape } from './metadata-shape.ts';

export const secretNames = { list: { optional: { name: 'string' } } } as const;
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
      readinessProbe: {
        optional: {
          httpGet: { required: { port: 'scalar' }, optional: { path: 'string' } },
          initialDelaySeconds: 'number',
          periodSeconds: 'number',
          failureThreshold: 'number',
        },
      },
    },
  },
};

export const podSpec: ShapeOf<PodSpec> = {
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

export const containerStatuses: ShapeOf<readonly ContainerStatus[]> = {
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

export const template: ShapeOf<PodTemplate> = {
  required: { spec: podSpec },
  optional: { metadata: { optional: { ...metadataShape.required, ...metadataShape.optional } } },
};
