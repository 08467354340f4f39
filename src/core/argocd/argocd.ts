import type { ApplicationState } from '../audit/audit-report.ts';
import type { Application } from '../cluster/kubernetes.ts';
import type { Snapshot } from '../cluster/snapshot.ts';
import { compareText } from '../compare-text.ts';
import type { Finding } from '../findings/findings.ts';
import { syncPolicy } from '../owners/finding-owner.ts';
import type { Stack } from '../stack/stack.ts';
import { destinationOf } from './application-objects.ts';

/** Applications that deploy into the looked-at namespaces, and those that the stack names. */
export function applicationsInScope(snapshot: Snapshot, stack?: Stack): readonly Application[] {
  const namespaces = new Set(snapshot.namespaces);
  const names = new Set(stack?.argocd.applications);
  return snapshot.argocd.applications.items
    .filter(
      (application) =>
        names.has(application.metadata.name) ||
        namespaces.has(destinationOf(application)) ||
        application.status?.resources?.some(({ namespace }) => namespaces.has(namespace ?? '')),
    )
    .sort((left, right) => compareText(left.metadata.name, right.metadata.name));
}

/** For reports: the Applications in scope as Argo CD sees them. */
export function applicationStates(
  snapshot: Snapshot,
  stack: Stack | undefined,
  findings: readonly Finding[],
): ApplicationState[] {
  const byId = new Map(findings.map((finding) => [finding.id, finding]));
  return applicationsInScope(snapshot, stack).map((application): ApplicationState => {
    const { name } = application.metadata;
    const operation = application.status?.operationState?.phase;
    const about = findings.filter(({ object }) => object.kind === 'Application' && object.name === name);
    const reasons = about.flatMap(({ causes }) => causes.flatMap((id) => byId.get(id)?.message ?? []));
    return {
      name,
      health: applicationHealth(application),
      sync: application.status?.sync?.status ?? 'Unknown',
      ...(operation === undefined ? {} : { operation }),
      syncPolicy: syncPolicy(application),
      ...(reasons.length === 0 ? {} : { reasons: [...new Set(reasons)] }),
    };
  });
}

/** `Unknown` also where Argo CD has not looked yet, as in its own lists. */
export function applicationHealth({ status }: Application): string {
  return status?.health?.status ?? 'Unknown';
}

/** Suspended is what somebody wanted, such as a paused rollout. */
export function isHealthy(application: Application): boolean {
  return ['Healthy', 'Suspended'].includes(applicationHealth(application));
}
