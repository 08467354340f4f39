import type { Secret } from '../cluster/secret.ts';
import type { Snapshot } from '../cluster/snapshot.ts';
import { keysOf, type SecretPlan } from './plan-secrets.ts';
import type { PlannedKey } from './planned-secret.ts';

/** The snapshot as it is once the plans are carried out. */
export function applySecretPlans(snapshot: Snapshot, plans: readonly SecretPlan[]): Snapshot {
  const changed = plans.filter(({ action }) => action !== 'none').map((plan) => afterPlan(plan, snapshot.takenAt));
  const isChanged = ({ metadata }: Secret): boolean =>
    changed.some((other) => other.metadata.name === metadata.name && other.metadata.namespace === metadata.namespace);
  const untouched = snapshot.secrets.items.filter((secret) => !isChanged(secret));
  return {
    ...snapshot,
    missingNamespaces: snapshot.missingNamespaces.filter(
      (name) => !changed.some(({ metadata }) => metadata.namespace === name),
    ),
    secrets: { ...snapshot.secrets, items: [...untouched, ...changed] },
  };
}

function afterPlan(plan: SecretPlan, at: string): Secret {
  const { object, current, type, values } = plan;
  const timesOf = (change: PlannedKey['change']): [string, string][] => keysOf(plan, change).map((key) => [key, at]);
  const keyAddedAt = new Map(timesOf('ADD'));
  if (current !== undefined) {
    const removed = keysOf(plan, 'REMOVE');
    return {
      ...current,
      ...(plan.action === 'recreate' && {
        metadata: { ...current.metadata, creationTimestamp: at },
        lastWrite: { manager: 'c2l', at },
      }),
      data: new Map([...current.data, ...values].filter(([key]) => !removed.includes(key))),
      keyChangedAt: new Map([...current.keyChangedAt, ...timesOf('CHANGE')]),
      keyAddedAt: new Map([...current.keyAddedAt, ...keyAddedAt]),
    };
  }
  const metadata = { name: object.name, namespace: object.namespace };
  return {
    metadata,
    type,
    immutable: false,
    data: values,
    keyChangedAt: new Map(),
    keyDoubtedAt: new Map(),
    keyAddedAt,
    exposedKeys: [],
    otherOwners: [],
    writers: [],
  };
}
