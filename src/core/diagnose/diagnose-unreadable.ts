import type { Gap } from '../cluster/snapshot.ts';
import { allGaps } from '../cluster/unreadable.ts';
import type { Finding } from '../findings/findings.ts';
import { newFinding } from '../findings/new-finding.ts';
import type { Scene } from './diagnosis-scene.ts';

const kinds: Readonly<Record<string, readonly [kind: string, hides: string]>> = {
  secrets: ['Secret', 'whether Secrets and their keys are there'],
  pods: ['Pod', 'what state the pods are in'],
  deployments: ['Deployment', 'what the Deployments need and whether they are ready'],
  statefulsets: ['StatefulSet', 'what the StatefulSets need and whether they are ready'],
  daemonsets: ['DaemonSet', 'what the DaemonSets need and whether they are ready'],
  replicasets: ['ReplicaSet', 'which pods belong to an older template of their Deployment'],
  jobs: ['Job', 'what the Jobs need'],
  cronjobs: ['CronJob', 'what the CronJobs need'],
  services: ['Service', 'what init containers wait for'],
  serviceaccounts: ['ServiceAccount', 'which image pull secrets pods get from their ServiceAccount'],
  ingresses: ['Ingress', 'which certificates are needed'],
  events: ['Event', 'why volumes cannot be mounted'],
  externalsecrets: ['ExternalSecret', 'which Secrets External Secrets writes, and whether it can'],
  secretstores: ['SecretStore', 'whether External Secrets reaches its stores'],
  clustersecretstores: ['ClusterSecretStore', 'whether External Secrets reaches its stores'],
  sealedsecrets: ['SealedSecret', 'which Secrets Sealed Secrets writes, and whether it can'],
  configmaps: ['ConfigMap', 'which Services environments name, and which ConfigMaps and keys are missing'],
  persistentvolumeclaims: ['PersistentVolumeClaim', 'why volumes are not bound'],
  nodes: ['Node', 'whether the nodes of pods that are not ready work'],
  // Not of kind Pod: the pods themselves were read.
  'pods/log': ['PodLog', 'why its container ends'],
  applications: ['Application', 'whether the Argo CD applications are healthy'],
};

/** Each gap once: what could not be looked at is neither healthy nor missing. */
export function diagnoseUnreadable({ snapshot }: Scene): Finding[] {
  return unreadableFindings(allGaps(snapshot));
}

/** `secrets in namespace shop could not be read (…)`. */
export function unreadText(gap: Gap): string {
  const { namespace, name = '' } = gap;
  const place = namespace === '' ? 'of all namespaces' : `in namespace ${namespace}`;
  const what = name === '' ? gap.resource : `${kindOf(gap).toLowerCase()}/${name}`;
  return `${what} ${place} could not be read (${gap.reason})`;
}

function kindOf({ resource }: Gap): string {
  return kinds[resource]?.[0] ?? resource;
}

export function unreadableFindings(gaps: readonly Gap[]): Finding[] {
  return gaps.map((gap) => {
    const { namespace, name = '', hides = kinds[gap.resource]?.[1] ?? 'what state they are in' } = gap;
    return newFinding('unreadable', {
      object: { kind: kindOf(gap), namespace, name },
      message: `${unreadText(gap)}, so it is not known ${hides}`,
      fix: unreadFix(gap),
    });
  });
}

/** The command that shows what kept it from being read. */
export function unreadFix({ cause, resource, namespace, name }: Gap): string {
  switch (cause) {
    case 'forbidden':
      return `kubectl auth can-i ${deniedRight(resource, name)} ${namespace === '' ? '-A' : `-n ${namespace}`}`;
    case 'unauthorized':
      return 'kubectl auth whoami';
    case 'unreachable':
    case 'timeout':
    case 'rate-limited':
    case 'server-error':
    case 'not-kubernetes':
      return "kubectl get --raw '/readyz?verbose'";
  }
}

function deniedRight(resource: string, name: string | undefined): string {
  const [kind = '', part] = resource.split('/');
  if (part !== undefined) return `get ${kind} --subresource=${part}`;
  return name === undefined ? `list ${resource}` : `get ${resource}/${name}`;
}
