import type { Condition, ObjectMeta } from './kubernetes-metadata.ts';
import type { Pod, PodTemplate } from './kubernetes-pod.ts';
import type { ExternalSecret, SealedSecret, SecretStore } from './secret-writer-objects.ts';

/**
 * The parts of Kubernetes objects that decisions need, spelled as the API spells them. Objects come from a server that
 * c2l does not control: everything the API marks optional is optional here.
 */
export interface LabelSelector {
  readonly matchLabels?: Readonly<Record<string, string>>;
}

export interface Deployment {
  readonly metadata: ObjectMeta;
  readonly spec: {
    readonly replicas?: number;
    readonly paused?: boolean;
    readonly selector?: LabelSelector;
    readonly template: PodTemplate;
  };
  readonly status?: {
    readonly observedGeneration?: number;
    readonly replicas?: number;
    readonly updatedReplicas?: number;
    readonly readyReplicas?: number;
    readonly availableReplicas?: number;
    readonly conditions?: readonly Condition[];
  };
}

export interface StatefulSet {
  readonly metadata: ObjectMeta;
  readonly spec: {
    readonly replicas?: number;
    readonly selector?: LabelSelector;
    readonly template: PodTemplate;
    readonly volumeClaimTemplates?: readonly { readonly metadata?: { readonly name?: string } }[];
    readonly persistentVolumeClaimRetentionPolicy?: { readonly whenDeleted?: string };
    readonly updateStrategy?: { readonly type?: string; readonly rollingUpdate?: { readonly partition?: number } };
    readonly ordinals?: { readonly start?: number };
  };
  readonly status?: {
    readonly observedGeneration?: number;
    readonly replicas?: number;
    readonly readyReplicas?: number;
    readonly updatedReplicas?: number;
    readonly currentRevision?: string;
    readonly updateRevision?: string;
  };
}

export interface DaemonSet {
  readonly metadata: ObjectMeta;
  readonly spec: {
    readonly selector?: LabelSelector;
    readonly template: PodTemplate;
    readonly updateStrategy?: { readonly type?: string };
  };
  readonly status?: {
    readonly observedGeneration?: number;
    readonly desiredNumberScheduled?: number;
    readonly updatedNumberScheduled?: number;
    readonly numberReady?: number;
    readonly numberAvailable?: number;
  };
}

export interface Job {
  readonly metadata: ObjectMeta;
  readonly spec: { readonly suspend?: boolean; readonly template: PodTemplate };
  readonly status?: {
    readonly conditions?: readonly (Condition & { readonly lastTransitionTime?: string })[];
    readonly succeeded?: number;
  };
}

export interface CronJob {
  readonly metadata: ObjectMeta;
  readonly spec: { readonly suspend?: boolean; readonly jobTemplate: { readonly spec: Job['spec'] } };
  readonly status?: { readonly lastSuccessfulTime?: string };
}

export interface ReplicaSet {
  readonly metadata: ObjectMeta;
}

export interface Service {
  readonly metadata: ObjectMeta;
  readonly spec?: {
    readonly selector?: Readonly<Record<string, string>>;
    readonly ports?: readonly {
      readonly name?: string;
      readonly port: number;
      readonly targetPort?: number | string;
    }[];
  };
}

/** Some of the endpoints of the Service that its label `kubernetes.io/service-name` names. */
export interface EndpointSlice {
  readonly metadata: ObjectMeta;
  readonly endpoints?: readonly { readonly conditions?: { readonly ready?: boolean } }[];
}

export interface ServiceAccount {
  readonly metadata: ObjectMeta;
  readonly imagePullSecrets?: readonly { readonly name?: string }[];
}

export interface Ingress {
  readonly metadata: ObjectMeta;
  readonly spec?: {
    readonly tls?: readonly { readonly secretName?: string; readonly hosts?: readonly string[] }[];
    readonly rules?: readonly { readonly host?: string }[];
  };
}

export interface KubernetesEvent {
  readonly metadata: ObjectMeta;
  readonly type?: string;
  readonly reason?: string;
  readonly message?: string;
  readonly lastTimestamp?: string | null;
  readonly eventTime?: string | null;
  readonly involvedObject: {
    readonly kind?: string;
    readonly namespace?: string;
    readonly name?: string;
    readonly uid?: string;
  };
}

export interface ConfigMap {
  readonly metadata: ObjectMeta;
  readonly data?: Readonly<Record<string, string>>;
  readonly binaryData?: Readonly<Record<string, string>>;
}

export interface PersistentVolumeClaim {
  readonly metadata: ObjectMeta;
  readonly spec?: { readonly storageClassName?: string };
  readonly status?: { readonly phase?: string };
}

export interface Node {
  readonly metadata: ObjectMeta;
  readonly status?: { readonly conditions?: readonly Condition[] };
}

/** An Argo CD Application: its status holds no health per resource, so the reason is computed from live objects. */
export interface Application {
  readonly metadata: ObjectMeta;
  readonly spec?: {
    readonly destination?: { readonly namespace?: string };
    readonly syncPolicy?: {
      readonly automated?: { readonly enabled?: boolean; readonly selfHeal?: boolean; readonly prune?: boolean };
    };
  };
  readonly status?: {
    readonly health?: { readonly status?: string };
    readonly sync?: { readonly status?: string };
    readonly operationState?: { readonly phase?: string; readonly message?: string; readonly startedAt?: string };
    /** Unlike others' these have no status: one that is there holds. */
    readonly conditions?: readonly { readonly type: string; readonly message?: string }[];
    readonly resources?: readonly {
      readonly group?: string;
      readonly kind?: string;
      readonly namespace?: string;
      readonly name?: string;
    }[];
  };
}

/** What `list` can be asked for, by the resource name of the API. */
export interface Listed {
  readonly pods: Pod;
  readonly deployments: Deployment;
  readonly statefulsets: StatefulSet;
  readonly daemonsets: DaemonSet;
  readonly replicasets: ReplicaSet;
  readonly jobs: Job;
  readonly cronjobs: CronJob;
  readonly services: Service;
  readonly endpointslices: EndpointSlice;
  readonly serviceaccounts: ServiceAccount;
  readonly configmaps: ConfigMap;
  readonly ingresses: Ingress;
  readonly events: KubernetesEvent;
  readonly applications: Application;
  readonly externalsecrets: ExternalSecret;
  readonly secretstores: SecretStore;
  readonly clustersecretstores: SecretStore;
  readonly sealedsecrets: SealedSecret;
  readonly persistentvolumeclaims: PersistentVolumeClaim;
  /** Of the cluster, not of a namespace. */
  readonly nodes: Node;
}

export type Resource = keyof Listed;

export interface ObjectRef {
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
}

/** The form people type and read: `statefulset/postgres-auth`. */
export function refText(ref: ObjectRef): string {
  return `${ref.kind.toLowerCase()}/${ref.name}`;
}

/** Identity of an object across lists, for maps. */
export function refId(ref: ObjectRef): string {
  return `${ref.kind}/${ref.namespace}/${ref.name}`;
}
