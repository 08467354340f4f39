import type { Pod } from '../cluster/kubernetes-pod.ts';
import type { KubernetesEvent } from '../cluster/kubernetes.ts';
import { refOf } from '../cluster/object-owners.ts';
import type { Secret } from '../cluster/secret.ts';
import type { Snapshot } from '../cluster/snapshot.ts';
import { oncePer } from '../once-per.ts';
import { bySecret } from '../revisions/history.ts';
import { revisionsIn } from '../revisions/revision.ts';
import { standingFailures } from '../workloads/mount-failures.ts';
import { timeOf } from '../workloads/readiness.ts';
import { olderUsers, type OlderUsers } from './older-users.ts';
import { secretReferences } from './references.ts';
import type { SecretValue } from './secret-value.ts';

/** What is asked about pods again and again, arranged once for each snapshot. */
export interface SecretsView {
  secret(namespace: string, name: string): Secret | undefined;
  /** Whether of any Secret of the namespace it is on record that a value changed. */
  hasChanges(namespace: string): boolean;
  /** When the newest Secret of the namespace was created. */
  newestAt(namespace: string): string | undefined;
  /** What a key held when c2l last kept a copy of its Secret that has it. */
  keptValue(namespace: string, name: string, key: string): SecretValue | undefined;
  /** Another pod on its node that began with the one before, of an immutable Secret that was created again, and still runs. */
  olderUser(pod: Pod, secret: Secret): Pod | undefined;
  /** Messages of the pod's `FailedMount` events that still hold. */
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
  const secretOf = (namespace: string, name: string): Secret | undefined => secrets.get(`${namespace}/${name}`);
  let older: OlderUsers | undefined;
  let revisions: ReturnType<typeof bySecret> | undefined;
  return {
    keptValue: (namespace, name, key) => {
      revisions ??= bySecret(revisionsIn(snapshot.secrets.items));
      const own = revisions.find(({ object }) => object.namespace === namespace && object.name === name);
      return own?.kept.find(({ data }) => data.has(key))?.data.get(key);
    },
    olderUser: (pod, secret) => {
      older ??= olderUsers(snapshot, secretOf);
      return older(pod, secret);
    },
    hasChanges: (namespace) => changed.has(namespace),
    newestAt: (namespace) => newest.get(namespace),
    secret: secretOf,
    mountFailures: (pod) => {
      const told = failures.get(pod.metadata.uid ?? '') ?? [];
      if (told.length === 0) return [];
      const used = secretReferences(refOf('Pod', pod.metadata), pod.spec);
      const writes = used.flatMap(({ namespace, secret }) => writeTimes(secrets.get(`${namespace}/${secret}`)));
      const times = { writtenAt: newestOf(writes), seenAt: newestOf(snapshot.events.items.map(timeOf)) };
      return standingFailures(pod, told, times).map(({ message }) => message ?? '');
    },
  };
});

function writeTimes(secret: Secret | undefined): string[] {
  return [secret?.lastWrite?.at, secret?.metadata.creationTimestamp].flatMap((time) => time ?? []);
}

function newestOf(times: readonly string[]): string {
  return times.reduce((newest, time) => (time > newest ? time : newest), '');
}

/** Of most Secrets no change is on record. */
function isUntold({ keyChangedAt, keyAddedAt, immutable }: Secret): boolean {
  return keyChangedAt.size === 0 && keyAddedAt.size === 0 && !immutable;
}
