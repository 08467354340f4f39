import { refText } from '../../core/cluster/kubernetes.ts';
import { refOf } from '../../core/cluster/object-owners.ts';
import { count } from '../../core/list-text.ts';
import type { Examination } from '../../core/reports/doctor-report.ts';
import { replicasBefore } from '../../core/workloads/cut-off-restart.ts';
import { listEverywhere } from '../observe/observe.ts';
import type { Session } from '../session.ts';

/** What a restart scaled to 0 for a moment, and was killed before it scaled it back. What cannot be read is told elsewhere. */
export async function examineRestarts({ cluster, scope }: Session): Promise<readonly Examination[]> {
  const [deployments, statefulSets] = await Promise.all([
    listEverywhere('deployments', scope, (namespace) => cluster.list('deployments', namespace)),
    listEverywhere('statefulsets', scope, (namespace) => cluster.list('statefulsets', namespace)),
  ]);
  const all = [
    ...deployments.items.map((item) => ({ ...item, ref: refOf('Deployment', item.metadata) })),
    ...statefulSets.items.map((item) => ({ ...item, ref: refOf('StatefulSet', item.metadata) })),
  ];
  return all.flatMap(({ ref, metadata, spec }): Examination[] => {
    const before = replicasBefore(ref.kind, metadata, spec.replicas ?? 1);
    if (before === undefined) return [];
    return [
      {
        name: 'restarts',
        state: 'lacking',
        detail: `${refText(ref)} in namespace ${ref.namespace} is scaled to 0 by a restart that did not end, and had ${count(before, 'pod')}`,
        next: `c2l restart -n ${ref.namespace}`,
      },
    ];
  });
}
