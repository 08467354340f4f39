import type { Deployment, ObjectRef, StatefulSet } from '../cluster/kubernetes.ts';
import { refOf } from '../cluster/object-owners.ts';
import type { ArgoCdSnapshot } from '../cluster/snapshot.ts';

/** On the Secrets of repositories, credential templates and clusters. */
export const argoCdTypeLabel = 'argocd.argoproj.io/secret-type';

/** Argo CD's own Secret, which no label tells. */
export const argoCdSecretName = 'argocd-secret';

/** The parts without which Argo CD reconciles nothing. */
const partNames = ['argocd-application-controller', 'argocd-repo-server', 'argocd-redis'] as const;

export interface ArgoCdPart {
  readonly object: ObjectRef;
  readonly names: readonly string[];
  readonly ready: number;
  readonly wanted: number;
}

/** What runs of each part that Argo CD cannot do without, also where that is nothing. */
export function argoCdParts({ deployments, statefulSets }: ArgoCdSnapshot): readonly {
  readonly name: string;
  readonly members: readonly ArgoCdPart[];
}[] {
  const found = [
    ...deployments.items.map((item) => toPart('Deployment', item)),
    ...statefulSets.items.map((item) => toPart('StatefulSet', item)),
  ];
  return partNames.map((name) => ({ name, members: found.filter((part) => isPart(part, name)) }));
}

/** Its CRDs may be there, and even its applications, while it runs elsewhere or not at all. */
export function runsArgoCd(argocd: ArgoCdSnapshot): boolean {
  return argocd.installed && argoCdParts(argocd).some(({ members }) => members.length > 0);
}

function toPart(kind: string, { metadata, spec, status }: Deployment | StatefulSet): ArgoCdPart {
  return {
    object: refOf(kind, metadata),
    names: [metadata.name, metadata.labels?.['app.kubernetes.io/name'] ?? ''],
    ready: status?.readyReplicas ?? 0,
    wanted: spec.replicas ?? 1,
  };
}

/** The highly available installation runs Redis as `argocd-redis-ha-server` behind `argocd-redis-ha-haproxy`. */
function isPart({ names }: ArgoCdPart, name: string): boolean {
  return names.some((own) => own === name || own.startsWith(`${name}-ha`));
}
