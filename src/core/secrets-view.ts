import type { KubernetesEvent } from './kubernetes.ts';
import type { Pod } from './kubernetes-pod.ts';
import { oncePer } from './once-per.ts';
import type { Secret } from './secret.ts';
import type { Snapshot } from './snapshot.ts';

/** What is asked about pods again and again, arranged once for each snapshot. */
export interface SecretsView {
  secret(namespace: string, name: string): Secret | undefined;
  /** Whether of any Secret of the namespace it is on record that a value changed. */
  hasChanges(namespace: string): boolean;
  /** When the newest Secret of the namespace was created. */
  newestAt(namespace: string): string | undefined;
  /** Messages of the pod's `FailedMount` events. */
  mountFailures(pod: Pod): readonly string[];
}

export const secretsView = oncePer((snapshot: Snapshot): SecretsView => {
  const secrets = new Map(
    snapshot.secrets.items.map((secret) => [`${secret.metadata.namespace}/${secret.metadata.name}`, secret]),
  );
  const newest = new Map<string, string>();
  for (const { metadata } of snapshot.secrets.items) {
    const { namespace, creationTimestamp = '' } = metadata;
    if (creationTimestamp > (newest.get(namespace) ?? '')) newest.set(namespace, creationTimestamp);
  }
  const changed = new Set(
    snapshot.secrets.items.filter((secret) => !isUntold(secret)).map(({ metadata }) => metadata.namespace),
  );
  const failures = new Map<string, KubernetesEvent[]>();
  for (const event of snapshot.events.items) {
    const { uid } = event.involvedObject;
    if (event.reason !== 'FailedMount' || uid === undefined) continue;
    failures.set(uid, [...(failures.get(uid) ?? []), event]);
  }
  return {
    hasChanges: (namespace) => changed.has(namespace),
    newestAt: (namespace) => newest.get(namespace),
    secret: (namespace, name) => secrets.get(`${namespace}/${name}`),
    mountFailures: ({ metadata }) => (failures.get(metadata.uid ?? '') ?? []).map(({ message }) => message ?? ''),
  };
});

/** Of most Secrets no change is on record. */
function isUntold({ keyChangedAt, keyAddedAt, immutable }: Secret): boolean {
  return keyChangedAt.size === 0 && keyAddedAt.size === 0 && !immutable;
}
