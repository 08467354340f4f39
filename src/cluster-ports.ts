import type { PausableRef } from './core/argocd/sync-pause.ts';
import type { ObjectMeta, OwnerReference } from './core/cluster/kubernetes-metadata.ts';
import type { Listed, Resource } from './core/cluster/kubernetes.ts';
import type { Observed } from './core/cluster/observed.ts';
import type { Secret } from './core/cluster/secret.ts';
import type { WriterManifest } from './core/migrate/writer-manifests.ts';
import type { SecretValue } from './core/secrets/secret-value.ts';
import type { ShownCertificate } from './core/verify/certificate-judgement.ts';

/** An object of a manifest, and where the API has it. */
export interface AppliedObject {
  readonly apiVersion: string;
  readonly kind: string;
  /** The plural name in paths. */
  readonly resource: string;
  /** Undefined for what belongs to no namespace. */
  readonly namespace: string | undefined;
  readonly name: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** A kind that a version of an API group serves. */
export interface ApiKind {
  readonly kind: string;
  readonly resource: string;
  readonly isNamespaced: boolean;
}

/** One right, as a SelfSubjectAccessReview asks for it. */
export interface Right {
  readonly verb: 'get' | 'list' | 'create' | 'patch' | 'update' | 'delete';
  readonly group: string;
  readonly resource: string;
  readonly subresource?: string;
  readonly namespace: string;
  /** Of the one object that is meant; a Role may allow no other. */
  readonly name?: string;
}

/** What audit and verify are handed: it has no way to write. Reads never throw for the server's answers. */
export interface ClusterReader {
  readonly context: string;
  readonly server: string;
  /** The namespace that the kubeconfig's context names, `default` where it names none. */
  readonly defaultNamespace: string;
  namespaceExists(name: string): Promise<Observed<true>>;
  /** All pages of a list, in one namespace or, without one, in all. `absent` where the API has no such resource. */
  list<R extends Resource>(resource: R, namespace?: string): Promise<Observed<readonly Listed[R][]>>;
  listSecrets(namespace?: string): Promise<Observed<readonly Secret[]>>;
  /** The Secrets that c2l kept before its writes, and those alone. */
  listRevisions(namespace?: string): Promise<Observed<readonly Secret[]>>;
  /** What drills keep for themselves, and that alone. */
  listDrillSecrets(namespace?: string): Promise<Observed<readonly Secret[]>>;
  /** Those in which Argo CD keeps its repositories and clusters, and those alone. */
  listArgoCdSecrets(namespace: string): Promise<Observed<readonly Secret[]>>;
  readSecret(namespace: string, name: string): Promise<Observed<Secret>>;
  /** Everything that makes a Secret what it is, to be put back later. */
  copySecret(namespace: string, name: string): Promise<Observed<ObjectCopy>>;
  copyWorkload(workload: WorkloadName): Promise<Observed<ObjectCopy>>;
  readNamespace(name: string): Promise<Observed<ObjectMeta>>;
  /** Whole, since what is taken away of it is to be put back as it was. */
  readSynced(object: PausableRef): Promise<Observed<SyncedObject>>;
  /** The end of what a container wrote, of at most a few kilobytes; `absent` where there is no log any more. */
  readLog(place: { namespace: string; pod: string; container: string }): Promise<Observed<string>>;
  isAllowed(right: Right): Promise<Observed<boolean>>;
  /** The names alone: neither values nor annotations, which may hold some, leave the server. */
  listNames(resource: NamedResource, namespace?: string): Promise<Observed<readonly string[]>>;
  /** As the server calls itself: `v1.36.4`. */
  serverVersion(): Promise<Observed<string>>;
  /** The kinds of a version such as `apps/v1`; `absent` where the API has no such version. */
  apiKinds(apiVersion: string): Promise<Observed<readonly ApiKind[]>>;
  /** The groups of the API that it serves: what is installed beside Kubernetes shows there. */
  apiGroups(): Promise<Observed<readonly string[]>>;
}

/** What names can be listed of. */
export type NamedResource = 'namespaces' | 'secrets' | 'pods' | WorkloadName['resource'];

export interface WorkloadName {
  readonly resource: 'deployments' | 'statefulsets' | 'daemonsets';
  readonly namespace: string;
  readonly name: string;
}

/** A Secret or a workload as it was, but for what the server sets itself and when it was restarted. */
export interface ObjectCopy {
  readonly uid: string;
  readonly resourceVersion: string;
  /** Whether deleting it leaves it there until somebody else agrees. */
  readonly hasFinalizers: boolean;
  /** Everything that makes it what it is, packed: the same for the same. */
  readonly content: SecretValue;
}

/** An Application or ExternalSecret, with everything that stands in it. */
export interface SyncedObject {
  readonly metadata: ObjectMeta;
  readonly spec: Readonly<Record<string, unknown>>;
  readonly status: Readonly<Record<string, unknown>>;
  /** A sync of an Application that was asked for and not begun. */
  readonly hasOperation: boolean;
}

export interface HttpAnswer {
  readonly status: number;
  readonly body: string;
  /**
   * Why there was no answer by HTTP although the API server did its part: `connection refused`, `no ready endpoints`.
   * That is a fact about the service. The status is then the proxy's 503, or 0 for a pod.
   */
  readonly failure?: string;
  /** Where TLS was asked for. */
  readonly certificate?: ShownCertificate;
}

export interface ExecResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** The ways a check reaches into the cluster through the API server, so that it works from a laptop. */
export interface ClusterProbe {
  /** GET through the service proxy of the API server: proves the Service and its endpoints too. */
  serviceGet(target: { namespace: string; service: string; port: number; path: string }): Promise<Observed<HttpAnswer>>;
  /**
   * GET over a port-forward to one pod. The API server keeps an Authorization header for itself, so a login by HTTP
   * basic authentication cannot go through its proxy.
   */
  podGet(target: {
    namespace: string;
    pod: string;
    port: number;
    path: string;
    basicAuth?: { user: SecretValue; password: SecretValue };
    /** Speaks TLS, accepts whatever is shown, and tells what a client that trusts `ca` would find. */
    tls?: { host: string; ca?: SecretValue };
  }): Promise<Observed<HttpAnswer>>;
  /** Runs a command in a container. Secret input goes over standard input: argv stands in audit logs. */
  exec(target: {
    namespace: string;
    pod: string;
    container: string;
    command: readonly string[];
    input?: readonly SecretValue[];
  }): Promise<Observed<ExecResult>>;
}

/** What keeps pods from being evicted: how many must be healthy, and how many are. */
export interface DisruptionBudget {
  readonly name: string;
  readonly needed: number;
  readonly healthy: number;
}

/** Without a budget the server did not say why it refused. */
export type Eviction = { readonly isDone: true } | { readonly isDone: false; readonly budget?: DisruptionBudget };

/**
 * Writes throw OperatorError: `conflict` when the object is not as planned, `forbidden`, `write-failed`.
 * Each is sent once: a write that timed out is never repeated before the object was read again.
 */
export interface ClusterWriter {
  createNamespace(name: string): Promise<void>;
  createSecret(secret: {
    namespace: string;
    name: string;
    type: string;
    labels: Readonly<Record<string, string>>;
    annotations: Readonly<Record<string, string>>;
    ownerReferences?: readonly OwnerReference[];
    immutable?: boolean;
    data: ReadonlyMap<string, SecretValue>;
    /** Everything but the storing: rights, quotas, size, and what admission says of it. */
    dryRun?: boolean;
  }): Promise<Secret>;
  /** JSON merge patch on `data` (and annotations), refused when the Secret is no longer at `resourceVersion`. */
  patchSecret(patch: {
    namespace: string;
    name: string;
    resourceVersion: string;
    data: ReadonlyMap<string, SecretValue>;
    /** Keys that are taken away. */
    remove?: readonly string[];
    annotations: Readonly<Record<string, string>>;
    dryRun?: boolean;
  }): Promise<Secret>;
  /** Makes a Secret what a copy holds: creates it, or replaces the one that is there at `resourceVersion`. */
  putBackSecret(copy: {
    readonly namespace: string;
    readonly name: string;
    readonly content: SecretValue;
    readonly resourceVersion?: string | undefined;
  }): Promise<Secret>;
  /** Makes a workload what a copy holds, as `putBackSecret` does. */
  putBackWorkload(
    copy: WorkloadName & { readonly content: SecretValue; readonly resourceVersion?: string | undefined },
  ): Promise<void>;
  /** With its pods, which are left to the garbage collection; one that is gone is what was wanted. */
  deleteWorkload(workload: WorkloadName & { readonly uid: string }): Promise<void>;
  /** Exactly the object that was read is meant; one that is gone is what was wanted. Whether it was there. */
  deleteSecret(secret: {
    namespace: string;
    name: string;
    uid: string;
    /** Given where a change since it was read must not get lost. */
    resourceVersion?: string;
    dryRun?: boolean;
  }): Promise<boolean>;
  /**
   * What applying would come to: the API server says it, and stores nothing. `conflict` where another field manager
   * wants it otherwise.
   */
  rehearseApply(object: AppliedObject): Promise<'create' | 'change' | 'same'>;
  /** Server-side apply of what c2l wants; what other field managers want otherwise is a `conflict`, and stays. */
  applyObject(object: AppliedObject): Promise<void>;
  /** Asks Argo CD for a sync to what Git holds, with the options that the Application itself names. */
  requestSync(application: {
    namespace: string;
    name: string;
    resourceVersion: string;
    syncOptions: readonly string[];
  }): Promise<void>;
  /** Merges annotations into an object; what its controller makes of them is its own business. */
  annotate(object: {
    resource: Resource;
    namespace: string;
    name: string;
    annotations: Readonly<Record<string, string | null>>;
  }): Promise<void>;
  /** Merges into the spec and the annotations at once, refused when the object is no longer at `resourceVersion`. */
  patchSynced(
    object: PausableRef,
    patch: {
      resourceVersion: string;
      spec: Readonly<Record<string, unknown>>;
      annotations: Readonly<Record<string, string | null>>;
    },
  ): Promise<void>;
  /**
   * Eviction, so that PodDisruptionBudgets hold; not done when one refuses for now (429). Exactly the pod that was
   * planned is meant: one of the same name with another uid is left alone.
   */
  evictPod(pod: { namespace: string; name: string; uid: string }): Promise<Eviction>;
  /** Past every PodDisruptionBudget; else as an eviction. */
  deletePod(pod: { namespace: string; name: string; uid: string }): Promise<void>;
  /** Sets `kubectl.kubernetes.io/restartedAt` on the pod template, as `kubectl rollout restart` does. */
  restartWorkload(workload: {
    kind: 'Deployment' | 'StatefulSet' | 'DaemonSet';
    namespace: string;
    name: string;
    at: string;
  }): Promise<void>;
  /** Sets how many pods it is to have, and notes on it in the same write what must not be forgotten until they are back. */
  scaleWorkload(workload: {
    kind: 'Deployment' | 'StatefulSet';
    namespace: string;
    name: string;
    replicas: number;
    annotations: Readonly<Record<string, string | null>>;
  }): Promise<void>;
}

/** What writes Secrets, and what it leaves on them. Throws as ClusterWriter does. */
export interface HandoverWriter {
  /** Gives its uid. */
  createSecretWriter(writer: {
    resource: 'externalsecrets' | 'sealedsecrets';
    manifest: WriterManifest;
  }): Promise<string>;
  /** Exactly the one that was read is meant; one that is gone is what was wanted. */
  deleteSecretWriter(writer: {
    resource: 'externalsecrets' | 'sealedsecrets';
    namespace: string;
    name: string;
    uid: string;
    /** Whether the Secret that it owns goes with it. */
    takesSecret: boolean;
  }): Promise<void>;
  /** Takes the marks of a writer from a Secret, and nothing of its values. */
  releaseSecret(secret: {
    namespace: string;
    name: string;
    resourceVersion: string;
    from: 'externalsecrets' | 'sealedsecrets';
  }): Promise<Secret>;
}

export interface Cluster extends ClusterReader, ClusterProbe, ClusterWriter, HandoverWriter {
  /** Ends keep-alive connections. */
  close(): void;
}
