import type { ApplicationState } from './report.ts';
import type { Application } from './kubernetes.ts';
import { compareText } from './findings.ts';
import type { Snapshot } from './snapshot.ts';
import type { Stack } from './stack.ts';

/** Applications that deploy into the looked-at namespaces, or that the stack names. */
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

export function applicationStates(snapshot: Snapshot, stack?: Stack): ApplicationState[] {
  return applicationsInScope(snapshot, stack).map(({ metadata, status }) => ({
    name: metadata.name,
    health: status?.health?.status ?? 'Unknown',
    sync: status?.sync?.status ?? 'Unknown',
  }));
}
