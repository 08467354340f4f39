import type { Application, Listed } from './kubernetes.ts';
import type { ReadFailureCause } from './observed.ts';
import type { Secret } from './secret.ts';

/** Something that should have been read and could not be: never healthy, never missing. */
export interface Gap {
  /** What was asked for, as the API names it: `secrets`, `pods`, … */
  readonly resource: string;
  /** Empty for a cluster-wide list. */
  readonly namespace: string;
  /** Of one object, where it was asked for by name; without it the whole list is meant. */
  readonly name?: string;
  readonly cause: ReadFailureCause;
  readonly reason: string;
  /** What it hides, where that is less than all objects of the resource would tell. */
  readonly hides?: string;
}

export interface Listing<T> {
  readonly items: readonly T[];
  readonly gaps: readonly Gap[];
  /** Where the API has no such kind at all. */
  readonly isServed?: false;
}

/** Everything that was seen of the cluster at one moment, and everything that could not be seen. */
export interface Snapshot {
  /** UTC, ISO 8601. */
  readonly takenAt: string;
  readonly namespaces: readonly string[];
  /** Namespaces that were looked for and do not exist. */
  readonly missingNamespaces: readonly string[];
  readonly secrets: Listing<Secret>;
  readonly pods: Listing<Listed['pods']>;
  readonly deployments: Listing<Listed['deployments']>;
  readonly statefulSets: Listing<Listed['statefulsets']>;
  readonly daemonSets: Listing<Listed['daemonsets']>;
  /** Only to trace a pod to its Deployment, by owner reference. */
  readonly replicaSets: Listing<Listed['replicasets']>;
  readonly jobs: Listing<Listed['jobs']>;
  readonly cronJobs: Listing<Listed['cronjobs']>;
  readonly services: Listing<Listed['services']>;
  readonly serviceAccounts: Listing<Listed['serviceaccounts']>;
  readonly ingresses: Listing<Listed['ingresses']>;
  readonly events: Listing<Listed['events']>;
  readonly writers: SecretWritersSnapshot;
  readonly argocd: ArgoCdSnapshot;
  /** What was read because the rest showed that it is needed; undefined where nobody looked closer. */
  readonly closer?: CloserLook;
}

/** Each only of the places where something pointed at it. */
export interface CloserLook {
  readonly configMaps: readonly Listed['configmaps'][];
  /** Namespaces whose ConfigMaps are all known. */
  readonly configMapNamespaces: ReadonlySet<string>;
  readonly claims: readonly Listed['persistentvolumeclaims'][];
  readonly nodes: readonly Listed['nodes'][];
  /** What a container's log says last of why it ended, by `containerId`, free of values. */
  readonly lastWords: ReadonlyMap<string, string>;
  /** Namespaces that are being deleted, with since when. */
  readonly endingNamespaces: ReadonlyMap<string, string>;
  /** The Service of the Sealed Secrets controller, as NAMESPACE/SERVICE, where values have to be sealed for it. */
  readonly sealingController?: string;
  readonly gaps: readonly Gap[];
}

/** What else writes Secrets; empty where those controllers are not installed. */
export interface SecretWritersSnapshot extends StoresSnapshot {
  readonly externalSecrets: Listing<Listed['externalsecrets']>;
  readonly sealedSecrets: Listing<Listed['sealedsecrets']>;
}

/** Stores that an ExternalSecret names: none are read where there is none. */
export interface StoresSnapshot {
  readonly secretStores: Listing<Listed['secretstores']>;
  readonly clusterSecretStores: Listing<Listed['clustersecretstores']>;
}

/** Argo CD's own state; `installed` is false where its CRD is not there, which is no problem by itself. */
export interface ArgoCdSnapshot {
  readonly installed: boolean;
  readonly namespace: string;
  readonly applications: Listing<Application>;
  readonly deployments: Listing<Listed['deployments']>;
  readonly statefulSets: Listing<Listed['statefulsets']>;
  /** Undefined where nobody looked. */
  readonly secrets?: ArgoCdSecrets;
}

/** The Secrets that Argo CD itself lives on. */
export interface ArgoCdSecrets extends Listing<Secret> {
  /** Proven, not only unseen. */
  readonly lacksOwn: boolean;
}
