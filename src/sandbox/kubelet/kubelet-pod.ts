import type { Container, PodSpec, SecretKeySelector, Volume } from '../../core/cluster/kubernetes-pod.ts';
import type { StoredMeta, StoredObject } from '../store/stored-object.ts';

/** What a node needs to know of a pod beyond what c2l looks at. */
export interface Probe {
  readonly httpGet?: { readonly path?: string; readonly port: number | string };
  readonly tcpSocket?: { readonly port: number | string };
  readonly exec?: { readonly command?: readonly string[] };
  readonly initialDelaySeconds?: number;
  readonly periodSeconds?: number;
  readonly successThreshold?: number;
  readonly failureThreshold?: number;
}

export interface ConfigSource {
  readonly name?: string;
  readonly optional?: boolean;
  readonly items?: readonly { readonly key: string; readonly path: string }[];
}

export interface NodeEnvVar {
  readonly name: string;
  readonly value?: string;
  readonly valueFrom?: {
    readonly secretKeyRef?: SecretKeySelector;
    readonly configMapKeyRef?: SecretKeySelector;
    readonly fieldRef?: { readonly fieldPath: string };
  };
}

export interface NodeContainer extends Omit<Container, 'env' | 'envFrom'> {
  readonly env?: readonly NodeEnvVar[];
  readonly envFrom?: readonly {
    readonly prefix?: string;
    readonly secretRef?: ConfigSource;
    readonly configMapRef?: ConfigSource;
  }[];
  readonly readinessProbe?: Probe;
  readonly resources?: {
    readonly requests?: Readonly<Record<string, string>>;
    readonly limits?: Readonly<Record<string, string>>;
  };
}

export interface NodeVolume extends Omit<Volume, 'projected'> {
  readonly configMap?: ConfigSource;
  readonly emptyDir?: object;
  readonly persistentVolumeClaim?: { readonly claimName: string };
  readonly projected?: {
    readonly sources?: readonly { readonly secret?: ConfigSource; readonly configMap?: ConfigSource }[];
  };
}

export interface NodePodSpec extends Omit<PodSpec, 'containers' | 'initContainers' | 'volumes'> {
  readonly containers: readonly NodeContainer[];
  readonly initContainers?: readonly NodeContainer[];
  readonly volumes?: readonly NodeVolume[];
  readonly restartPolicy?: 'Always' | 'OnFailure' | 'Never';
  readonly terminationGracePeriodSeconds?: number;
  readonly nodeSelector?: Readonly<Record<string, string>>;
  readonly readinessGates?: readonly { readonly conditionType: string }[];
}

export interface PodCondition {
  type: string;
  status: 'True' | 'False';
  reason?: string;
  message?: string;
  lastTransitionTime?: string;
  lastProbeTime?: null;
  observedGeneration?: number | undefined;
}

export interface PodStatus {
  phase?: string;
  podIP?: string;
  conditions?: PodCondition[];
  [field: string]: unknown;
}

export interface NodePod extends StoredObject {
  metadata: StoredMeta & { namespace: string };
  spec: NodePodSpec;
  status?: PodStatus;
}

/** A stored pod, which the API server has checked. */
export function asPod(object: StoredObject): NodePod {
  return object as NodePod;
}

export function isReady(pod: NodePod): boolean {
  return pod.status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') ?? false;
}

export function isFinished(pod: NodePod): boolean {
  return pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed';
}

export function isTerminating(object: StoredObject): boolean {
  return object.metadata.deletionTimestamp !== undefined;
}

/** The number behind a port of a pod, which may be given by the name of a container's port. */
export function portNumber(containers: readonly NodeContainer[], port: number | string): number | undefined {
  if (typeof port === 'number') {
    return port;
  }
  const named = containers.flatMap(({ ports }) => ports ?? []).find(({ name }) => name === port);
  return named?.containerPort;
}
