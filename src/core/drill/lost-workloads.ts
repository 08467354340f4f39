import { OperatorError } from '../../errors.ts';
import { heldWorkloads } from '../argocd/application-objects.ts';
import { refId, type ObjectRef } from '../cluster/kubernetes.ts';
import { controllerOf } from '../cluster/object-owners.ts';
import type { Snapshot } from '../cluster/snapshot.ts';
import { syncPolicy } from '../owners/finding-owner.ts';
import type { Stack } from '../stack/stack.ts';
import { workloads, type Workload } from '../workloads/workloads.ts';
import { reasonToKeep } from './drill-pods.ts';
import type { DrillFault } from './drill-schema.ts';

/** The resources of which a drill deletes objects beside Secrets. */
export type WorkloadResource = 'deployments' | 'statefulsets' | 'daemonsets';

/** A workload that a fault deletes. */
export interface LostWorkload {
  readonly ref: ObjectRef;
  readonly resource: WorkloadResource;
  readonly uid: string;
  /** The Application that brings it back by itself. */
  readonly application?: string;
}

export interface WorkloadFaults {
  readonly lost: readonly LostWorkload[];
  /** Those that stay although all are meant. */
  readonly kept: readonly { readonly workload: Workload; readonly reason: string }[];
  /** Everything that is not deleted. */
  readonly others: readonly Workload[];
}

/** What a scenario does to workloads. Throws where it names one that is not there, or that must not be lost. */
export function workloadFaults(
  faults: readonly DrillFault[],
  snapshot: Snapshot,
  stack: Stack | undefined,
): WorkloadFaults {
  const wanted = faults.flatMap((fault) => (fault.kind === 'lose-workloads' ? [fault.workloads].flat() : []));
  const all = workloads(snapshot);
  if (wanted.length === 0) return { lost: [], kept: [], others: all };
  const isNamed = ({ ref }: Workload): boolean => wanted.includes(nameOf(ref));
  refuseUnknown(wanted, all);
  const meant = all.filter((workload) => wanted.includes('all') || isNamed(workload));
  const kept = meant.flatMap((workload) => {
    const reason = reasonNotToLose(workload, stack);
    return reason === undefined ? [] : [{ workload, reason }];
  });
  const refused = kept.find(({ workload }) => isNamed(workload));
  if (refused !== undefined) {
    throw new OperatorError('drill-refused', `${nameOf(refused.workload.ref)} must not be lost: ${refused.reason}`, {
      hint: 'name others in the scenario',
    });
  }
  const stays = new Set(kept.map(({ workload }) => workload));
  const bringers = selfHealed(snapshot);
  const lost = meant.flatMap((workload): LostWorkload[] => {
    const resource = resources[workload.type];
    if (resource === undefined || stays.has(workload)) return [];
    const application = bringers.get(refId(workload.ref));
    const { ref, object } = workload;
    return [{ ref, resource, uid: object.metadata.uid ?? '', ...(application === undefined ? {} : { application }) }];
  });
  const gone = new Set(lost.map(({ ref }) => refId(ref)));
  return { lost, kept, others: all.filter(({ ref }) => !gone.has(refId(ref))) };
}

const resources: Partial<Record<Workload['type'], WorkloadResource>> = {
  Deployment: 'deployments',
  StatefulSet: 'statefulsets',
  DaemonSet: 'daemonsets',
};

function nameOf({ kind, name }: ObjectRef): string {
  return `${kind}/${name}`;
}

function refuseUnknown(wanted: readonly string[], all: readonly Workload[]): void {
  const known = new Set(['all', ...all.map(({ ref }) => nameOf(ref))]);
  const unknown = wanted.filter((name) => !known.has(name));
  if (unknown.length === 0) return;
  throw new OperatorError('drill-invalid', `the namespace has no workload ${unknown.join(', ')}`, {
    hint: 'kubectl get deployments,statefulsets,daemonsets',
  });
}

function reasonNotToLose(workload: Workload, stack: Stack | undefined): string | undefined {
  const { metadata } = workload.object;
  const inPods = reasonToKeep(workload, stack);
  if (inPods !== undefined) return inPods;
  if (workload.type === 'Other') return 'what made it is not known';
  if (controllerOf(metadata) !== undefined) return 'another object owns it and makes it';
  if ((metadata.finalizers ?? []).length > 0) return 'it has finalizers: deleted, it would stay';
  const isClaimLost =
    workload.type === 'StatefulSet' &&
    workload.object.spec.persistentVolumeClaimRetentionPolicy?.whenDeleted === 'Delete';
  return isClaimLost ? 'its claims would be deleted with it' : undefined;
}

/** By object, the Application that notices when it is gone. */
function selfHealed(snapshot: Snapshot): ReadonlyMap<string, string> {
  const held = heldWorkloads(workloads(snapshot));
  return new Map(
    snapshot.argocd.applications.items
      .filter((application) => syncPolicy(application) === 'self-heal')
      .flatMap((application) => held(application).map((ref) => [refId(ref), application.metadata.name] as const)),
  );
}
