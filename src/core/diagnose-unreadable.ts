import type { Scene } from './diagnosis-scene.ts';
import type { Finding } from './findings.ts';
import { newFinding } from './new-finding.ts';
import type { Gap } from './snapshot.ts';
import { allGaps } from './unreadable.ts';

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
  'pods/log': ['Pod', 'why its container ends'],
  applications: ['Application', 'whether the Argo CD applications are healthy'],
};

/** Each gap once: what could not be looked at is neither healthy nor missing. */
export function diagnoseUnreadable({ snapshot }: Scene): Finding[] {
  return unreadableFindings(allGaps(snapshot));
}

export function unreadableFindings(gaps: readonly Gap[]): Finding[] {
  return gaps.map((gap) => {
    const [kind, hides] = kinds[gap.resource] ?? [gap.resource, 'their state'];
    const { namespace, name = '' } = gap;
    const place = namespace === '' ? 'of all namespaces' : `in namespace ${namespace}`;
    const what = name === '' ? gap.resource : `${kind.toLowerCase()}/${name}`;
    return newFinding('unreadable', {
      object: { kind, namespace, name },
      message: `${what} ${place} could not be read (${gap.reason}), so it is not known ${gap.hides ?? hides}`,
      fix: fixFor(gap),
    });
  });
}

function fixFor({ cause, resource, namespace, name }: Gap): string {
  switch (cause) {
    case 'forbidden':
      return `kubectl auth can-i ${name === undefined ? `list ${resource}` : `get ${resource}/${name}`} ${namespace === '' ? '-A' : `-n ${namespace}`}`;
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
