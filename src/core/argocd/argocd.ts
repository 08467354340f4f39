import type { ApplicationState } from '../audit/audit-report.ts';
import type { ObjectMeta } from '../cluster/kubernetes-metadata.ts';
import { refId, type Application, type ObjectRef } from '../cluster/kubernetes.ts';
import type { Snapshot } from '../cluster/snapshot.ts';
import { compareText, type Finding } from '../findings/findings.ts';
import { syncPolicy } from '../owners/finding-owner.ts';
import type { Stack } from '../stack/stack.ts';
import type { Workload } from '../workloads/workloads.ts';

/** Applications that deploy into the looked-at namespaces, and those that the stack names. */
export function applicationsInScope(snapshot: Snapshot, stack?: Stack): readonly Application[] {
  const namespaces = new Set(snapshot.namespaces);
  const names = new Set(stack?.argocd.applications);
  return snapshot.argocd.applications.items
    .filter(
      ({ metadata, spec, status }) =>
        names.has(metadata.name) ||
        namespaces.has(spec?.destination?.namespace ?? '') ||
        status?.resources?.some(({ namespace }) => namespaces.has(namespace ?? '')),
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

/** Finds what an Application deploys: by its own list, and by the marks that Argo CD leaves on live objects. */
export function heldWorkloads(found: readonly Workload[]): (application: Application) => readonly ObjectRef[] {
  const marked = new Map<string, ObjectRef[]>();
  for (const { ref, object } of found) {
    const name = trackedBy(object.metadata);
    if (name === undefined) continue;
    const list = marked.get(name);
    if (list) list.push(ref);
    else marked.set(name, [ref]);
  }
  return ({ metadata, spec, status }) => {
    const listed = (status?.resources ?? []).map(({ kind = '', namespace, name = '' }) => ({
      kind,
      namespace: namespace ?? spec?.destination?.namespace ?? '',
      name,
    }));
    const refs = [...listed, ...(marked.get(metadata.name) ?? [])];
    return [...new Map(refs.map((ref) => [refId(ref), ref])).values()];
  };
}

/** The annotation reads `APP:GROUP/KIND:NAMESPACE/NAME`; older installations track by label. */
function trackedBy({ annotations, labels }: ObjectMeta): string | undefined {
  return annotations?.['argocd.argoproj.io/tracking-id']?.split(':')[0] ?? labels?.['app.kubernetes.io/instance'];
}
