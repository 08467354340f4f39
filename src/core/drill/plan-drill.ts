import type { PausableRef } from '../argocd/sync-pause.ts';
import { refId } from '../cluster/kubernetes.ts';
import { refOf } from '../cluster/object-owners.ts';
import type { Snapshot } from '../cluster/snapshot.ts';
import type { Stack } from '../stack/stack.ts';
import { ownersToPause } from './drill-owners.ts';
import { consumers, type EvictedPod, type KeptPod } from './drill-pods.ts';
import type { PlannedFault } from './drill-report.ts';
import type { DrillScenario } from './drill-schema.ts';
import { workloadFaults, type LostWorkload } from './lost-workloads.ts';
import type { SecretFault } from './secret-fault.ts';
import { faultsOf, type SparedSecret } from './secret-faults.ts';

export interface DrillPlan {
  readonly faults: readonly SecretFault[];
  /** What the scenario means as well, and cannot be done to. */
  readonly spared: readonly SparedSecret[];
  readonly workloads: readonly LostWorkload[];
  /** Who would undo the faults, outermost first. */
  readonly pause: readonly PausableRef[];
  readonly evict: readonly EvictedPod[];
  /** Pods that use what is broken and stay all the same. */
  readonly keep: readonly KeptPod[];
  /** Keys whose present value the recovery replaces. */
  readonly overwrite: readonly string[];
  /** Kinds of source that refuse during the recovery. */
  readonly refused: readonly string[];
  /** How often the repair is undone by somebody else. */
  readonly undone: number;
}

/** Whether a plan breaks anything. */
export function isFaultless({ faults, workloads }: Pick<DrillPlan, 'faults' | 'workloads'>): boolean {
  return faults.length === 0 && workloads.length === 0;
}

/** What a scenario does to this cluster. Throws where it would break what no way back is proven for. */
export function planDrill(scenario: DrillScenario, snapshot: Snapshot, stack: Stack | undefined): DrillPlan {
  const { faults, spared } = faultsOf(scenario.faults, snapshot, stack);
  const changed = faults.filter(({ does }) => does !== 'lost' && does !== 'keys-lost');
  const { lost, kept, others } = workloadFaults(scenario.faults, snapshot, stack);
  const { evict, keep } = consumers(faults, others, stack);
  const alsoKept = kept.flatMap(({ workload, reason }) =>
    workload.pods.map(({ metadata }) => ({ pod: refOf('Pod', metadata), reason })),
  );
  return {
    faults,
    spared,
    workloads: lost,
    pause: ownersToPause(faults, snapshot),
    evict,
    keep: [...new Map([...keep, ...alsoKept].map((each) => [refId(each.pod), each])).values()],
    overwrite: changed.flatMap(({ secret, keys }) => keys.map((key) => `${secret.metadata.name}/${key}`)),
    refused: refusedSources(scenario),
    undone: Math.max(0, ...scenario.faults.map((fault) => (fault.kind === 'undo-recovery' ? fault.times : 0))),
  };
}

/** Kinds of source that a scenario has refuse during the recovery. */
export function refusedSources({ faults }: Pick<DrillScenario, 'faults'>): string[] {
  return faults.flatMap((fault) => (fault.kind === 'refuse-source' ? [fault.source] : []));
}

export function plannedFaults({ faults, workloads }: DrillPlan): PlannedFault[] {
  return [
    ...faults.map(({ secret, does, keys }) => ({ object: refOf('Secret', secret.metadata), does, keys })),
    ...workloads.map(({ ref }): PlannedFault => ({ object: ref, does: 'lost', keys: [] })),
  ];
}
