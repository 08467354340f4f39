import { OperatorError } from '../../errors.ts';
import { refOf } from '../cluster/object-owners.ts';
import type { Snapshot } from '../cluster/snapshot.ts';
import { requirements } from '../secrets/requirements.ts';
import type { Stack } from '../stack/stack.ts';
import { parseDrill, type DrillFault, type DrillScenario } from './drill-schema.ts';
import { planDrill, type DrillPlan } from './plan-drill.ts';

/** What can be broken in a cluster, and recovered. */
export interface DrillMenu {
  readonly secrets: readonly string[];
  /** Whether there are credentials of registries. */
  readonly hasPullSecrets: boolean;
  /** Required keys of the stack's Secrets. */
  readonly keys: readonly string[];
  /** Those whose value can be changed without losing data by the repair. */
  readonly changeable: readonly string[];
  /** KIND/NAME. */
  readonly workloads: readonly string[];
}

/** Found out by planning each: what a drill refuses is not on the menu. */
export function drillMenu(snapshot: Snapshot, stack: Stack | undefined): DrillMenu {
  const planned = (fault: DrillFault): DrillPlan | undefined => {
    try {
      return planDrill(scenarioOf([fault]), snapshot, stack);
    } catch (error) {
      if (error instanceof OperatorError) return undefined;
      throw error;
    }
  };
  const all = planned({ kind: 'lose-secrets', secrets: 'all', revisions: false });
  const pulls = planned({ kind: 'lose-secrets', secrets: 'image-pull', revisions: false });
  const lost = planned({ kind: 'lose-workloads', workloads: 'all' });
  const there = new Map(snapshot.secrets.items.map(({ metadata, data }) => [refText(metadata), data]));
  const required = requirements(snapshot, stack).filter(
    ({ namespace, secret, key, required: isRequired }) =>
      isRequired && there.get(refText({ namespace, name: secret }))?.has(key) === true,
  );
  const keys = [...new Set(required.map(({ key }) => key))].filter(
    (key) => planned({ kind: 'lose-keys', keys: [key] }) !== undefined,
  );
  return {
    secrets: all?.faults.map(({ secret }) => refOf('Secret', secret.metadata).name) ?? [],
    hasPullSecrets: pulls !== undefined,
    keys,
    changeable: keys.filter(
      (key) => planned({ kind: 'change-values', keys: [key], into: 'another-value' }) !== undefined,
    ),
    workloads: lost?.workloads.map(({ ref }) => `${ref.kind}/${ref.name}`) ?? [],
  };
}

/** A scenario with nothing but faults; the rest as in a file that leaves it out. */
export function scenarioOf(faults: readonly DrillFault[], name = 'rehearsal', description = name): DrillScenario {
  const parsed = parseDrill({ version: 1, name, description, faults: faults.map((fault) => ({ ...fault })) });
  if (!parsed.ok) throw new TypeError(parsed.problems.map(({ message }) => message).join('; '));
  return parsed.scenario;
}

function refText({ namespace = '', name }: { readonly namespace?: string; readonly name: string }): string {
  return `${namespace}/${name}`;
}
