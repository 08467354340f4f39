/** One kind of object that the sandbox's API knows. */
export interface ResourceType {
  /** '' for the core group. */
  readonly group: string;
  readonly version: string;
  /** The plural name in paths. */
  readonly name: string;
  readonly singular: string;
  readonly kind: string;
  readonly namespaced: boolean;
  readonly shortNames?: readonly string[];
  readonly inAll?: boolean;
  /** Has a `status` subresource: writes to the object itself leave its status alone. */
  readonly status?: boolean;
  /** Defined by a CustomResourceDefinition: no strategic merge patch, and items of a list carry their kind. */
  readonly custom?: boolean;
  /** Other paths below an object, with the kind that discovery names for them. */
  readonly subresources?: readonly {
    readonly name: string;
    readonly kind: string;
    readonly verbs: readonly string[];
  }[];
  readonly createOnly?: boolean;
}

const core = { group: '', version: 'v1', namespaced: true };
const apps = { group: 'apps', version: 'v1', namespaced: true, status: true, inAll: true };
const external = { group: 'external-secrets.io', version: 'v1', namespaced: true, status: true, custom: true };
const batch = { group: 'batch', version: 'v1', namespaced: true, status: true, inAll: true };

/** Everything the API serves; any other path is answered with 404. */
export const resourceTypes: readonly ResourceType[] = [
  { ...core, name: 'configmaps', singular: 'configmap', kind: 'ConfigMap', shortNames: ['cm'] },
  { ...core, name: 'endpoints', singular: 'endpoints', kind: 'Endpoints', shortNames: ['ep'] },
  { ...core, name: 'events', singular: 'event', kind: 'Event', shortNames: ['ev'] },
  {
    ...core,
    name: 'namespaces',
    singular: 'namespace',
    kind: 'Namespace',
    namespaced: false,
    status: true,
    shortNames: ['ns'],
  },
  { ...core, name: 'nodes', singular: 'node', kind: 'Node', namespaced: false, status: true, shortNames: ['no'] },
  {
    ...core,
    name: 'persistentvolumeclaims',
    singular: 'persistentvolumeclaim',
    kind: 'PersistentVolumeClaim',
    status: true,
    shortNames: ['pvc'],
  },
  {
    ...core,
    name: 'pods',
    singular: 'pod',
    kind: 'Pod',
    status: true,
    shortNames: ['po'],
    inAll: true,
    subresources: [
      { name: 'eviction', kind: 'Eviction', verbs: ['create'] },
      { name: 'exec', kind: 'PodExecOptions', verbs: ['create', 'get'] },
      { name: 'log', kind: 'Pod', verbs: ['get'] },
      { name: 'portforward', kind: 'PodPortForwardOptions', verbs: ['create', 'get'] },
    ],
  },
  {
    ...core,
    name: 'resourcequotas',
    singular: 'resourcequota',
    kind: 'ResourceQuota',
    status: true,
    shortNames: ['quota'],
  },
  { ...core, name: 'secrets', singular: 'secret', kind: 'Secret' },
  { ...core, name: 'serviceaccounts', singular: 'serviceaccount', kind: 'ServiceAccount', shortNames: ['sa'] },
  {
    ...core,
    name: 'services',
    singular: 'service',
    kind: 'Service',
    status: true,
    shortNames: ['svc'],
    inAll: true,
    subresources: [{ name: 'proxy', kind: 'ServiceProxyOptions', verbs: ['get'] }],
  },
  { ...apps, name: 'daemonsets', singular: 'daemonset', kind: 'DaemonSet', shortNames: ['ds'] },
  { ...apps, name: 'deployments', singular: 'deployment', kind: 'Deployment', shortNames: ['deploy'] },
  { ...apps, name: 'replicasets', singular: 'replicaset', kind: 'ReplicaSet', shortNames: ['rs'] },
  { ...apps, name: 'statefulsets', singular: 'statefulset', kind: 'StatefulSet', shortNames: ['sts'] },
  { ...batch, name: 'cronjobs', singular: 'cronjob', kind: 'CronJob', shortNames: ['cj'] },
  { ...batch, name: 'jobs', singular: 'job', kind: 'Job' },
  {
    group: 'discovery.k8s.io',
    version: 'v1',
    name: 'endpointslices',
    singular: 'endpointslice',
    kind: 'EndpointSlice',
    namespaced: true,
  },
  {
    group: 'networking.k8s.io',
    version: 'v1',
    name: 'ingresses',
    singular: 'ingress',
    kind: 'Ingress',
    namespaced: true,
    status: true,
    shortNames: ['ing'],
  },
  {
    group: 'policy',
    version: 'v1',
    name: 'poddisruptionbudgets',
    singular: 'poddisruptionbudget',
    kind: 'PodDisruptionBudget',
    namespaced: true,
    status: true,
    shortNames: ['pdb'],
  },
  {
    group: 'authorization.k8s.io',
    version: 'v1',
    name: 'selfsubjectaccessreviews',
    singular: 'selfsubjectaccessreview',
    kind: 'SelfSubjectAccessReview',
    namespaced: false,
    createOnly: true,
  },
  {
    group: 'argoproj.io',
    version: 'v1alpha1',
    name: 'applications',
    singular: 'application',
    kind: 'Application',
    namespaced: true,
    custom: true,
    shortNames: ['app', 'apps'],
  },
  {
    ...external,
    name: 'externalsecrets',
    singular: 'externalsecret',
    kind: 'ExternalSecret',
    shortNames: ['es'],
  },
  { ...external, name: 'secretstores', singular: 'secretstore', kind: 'SecretStore', shortNames: ['ss'] },
  {
    ...external,
    name: 'clustersecretstores',
    singular: 'clustersecretstore',
    kind: 'ClusterSecretStore',
    namespaced: false,
    shortNames: ['css'],
  },
  {
    group: 'bitnami.com',
    version: 'v1alpha1',
    name: 'sealedsecrets',
    singular: 'sealedsecret',
    kind: 'SealedSecret',
    namespaced: true,
    status: true,
    custom: true,
  },
];

export function findResource(group: string, version: string, name: string): ResourceType | undefined {
  return resourceTypes.find((type) => type.group === group && type.version === version && type.name === name);
}

/** `v1`, `apps/v1`. */
export function groupVersion(type: { readonly group: string; readonly version: string }): string {
  return type.group === '' ? type.version : `${type.group}/${type.version}`;
}

/** The name that messages of the API use: `secrets`, `deployments.apps`. */
export function qualifiedName(type: ResourceType): string {
  return type.group === '' ? type.name : `${type.name}.${type.group}`;
}
