import type { Resource } from '../cluster/kubernetes.ts';

export interface ListAccess {
  readonly group: string;
  /** Why it is looked at, for whoever has to grant it. */
  readonly why: string;
  /** Whether it is read only where a pod does not start. */
  readonly onlyWhenStuck?: boolean;
}

const consumers = 'what needs a Secret, and which pods of it run';
const writers = 'who else writes a Secret, and whether that one fails';
const obstacles = 'why a pod does not start that lacks nothing, and what its readiness leads to';

const whenStuck = 'read only where a pod is held up by one, to name every one that is missing';

/** What is listed in each namespace that is looked at. A new resource says here how it is granted. */
export const listAccess: Readonly<
  Record<Exclude<Resource, 'applications' | 'clustersecretstores' | 'endpointslices' | 'nodes'> | 'secrets', ListAccess>
> = {
  secrets: { group: '', why: 'which keys are there; RBAC cannot grant their names without their values' },
  pods: { group: '', why: consumers },
  deployments: { group: 'apps', why: consumers },
  statefulsets: { group: 'apps', why: consumers },
  daemonsets: { group: 'apps', why: consumers },
  replicasets: { group: 'apps', why: consumers },
  jobs: { group: 'batch', why: consumers },
  cronjobs: { group: 'batch', why: consumers },
  serviceaccounts: { group: '', why: 'which image pull Secrets pods get without naming them' },
  ingresses: { group: 'networking.k8s.io', why: 'which TLS Secrets are served' },
  services: { group: '', why: obstacles },
  events: { group: '', why: obstacles },
  externalsecrets: { group: 'external-secrets.io', why: writers },
  secretstores: { group: 'external-secrets.io', why: writers },
  sealedsecrets: { group: 'bitnami.com', why: writers },
  configmaps: { group: '', why: whenStuck, onlyWhenStuck: true },
  persistentvolumeclaims: { group: '', why: whenStuck, onlyWhenStuck: true },
};
