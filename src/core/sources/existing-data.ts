import type { ObjectMeta } from '../cluster/kubernetes-metadata.ts';
import { refId, refText } from '../cluster/kubernetes.ts';
import type { Observed } from '../cluster/observed.ts';
import type { Snapshot } from '../cluster/snapshot.ts';
import type { WantedKey } from '../fix/wanted-key.ts';
import { workloads, type Workload } from '../workloads/workloads.ts';

/** The volume claims of a namespace. */
export type Claims = Observed<readonly { readonly metadata: ObjectMeta }[]>;

/**
 * What may hold data that was made with the old value: a workload that takes the key and keeps data on a volume that is
 * there. A database takes its password at its first start only. Claims that could not be read count as there.
 */
export function dataBehind(key: WantedKey, snapshot: Snapshot, claims: Claims): string | undefined {
  const users = new Set(key.references.map((reference) => refId(reference)));
  for (const workload of workloads(snapshot)) {
    if (!users.has(refId(workload.ref))) continue;
    const claim = claimOf(workload, claims);
    if (claim !== undefined) return `${refText(workload.ref)} keeps data on ${claim.text}`;
  }
  return undefined;
}

/** The volume claim that a workload keeps its data on, as far as it can be told. */
export function claimOf(
  workload: Workload,
  claims: Claims,
): { readonly text: string; readonly createdAt?: string | undefined } | undefined {
  const named = (workload.podSpec.volumes ?? []).flatMap(({ persistentVolumeClaim }) => {
    return persistentVolumeClaim === undefined ? [] : `^${escaped(persistentVolumeClaim.claimName)}$`;
  });
  const templates = workload.type === 'StatefulSet' ? (workload.object.spec.volumeClaimTemplates ?? []) : [];
  const made = templates.map(({ metadata }) => `^${escaped(`${metadata?.name ?? ''}-${workload.ref.name}`)}-\\d+$`);
  const patterns = [...named, ...made].map((pattern) => new RegExp(pattern));
  if (patterns.length === 0) return undefined;
  if (claims.state === 'unreadable') return { text: `a volume (claims could not be read: ${claims.reason})` };
  if (claims.state === 'absent') return undefined;
  const found = claims.value.find(({ metadata }) => patterns.some((pattern) => pattern.test(metadata.name)));
  if (found === undefined) return undefined;
  const { name, creationTimestamp: createdAt } = found.metadata;
  return { text: `persistentvolumeclaim/${name}`, createdAt };
}

function escaped(name: string): string {
  return name.replaceAll('.', '\\.');
}
