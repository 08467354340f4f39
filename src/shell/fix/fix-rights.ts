import type { Right } from '../../cluster-ports.ts';
import { allPaused, type PausesBySecret } from '../../core/argocd/plan-pause.ts';
import type { Snapshot } from '../../core/cluster/snapshot.ts';
import type { SecretTarget } from '../../core/fix/secret-target.ts';
import type { SyncPlan } from '../../core/owners/sync-plan.ts';
import { pauseRights } from '../argocd/pause-sync.ts';
import { proveRights } from '../prove-rights.ts';
import type { Session } from '../session.ts';
import { untilInterrupted } from '../until-interrupted.ts';

interface Work {
  readonly targets: readonly SecretTarget[];
  readonly syncs: readonly SyncPlan[];
  readonly pauses: PausesBySecret;
  readonly snapshot: Snapshot;
}

/** Throws `forbidden` where something may not be written that the repair is made of; nothing is changed then. */
export async function proveFixRights(session: Session, work: Work): Promise<void> {
  const { targets, syncs, pauses, snapshot } = work;
  if (targets.length === 0 && syncs.length === 0) return;
  const rights = [...rightsFor(targets, snapshot), ...syncRights(syncs), ...pauseRights(allPaused(pauses))];
  await untilInterrupted(proveRights(session, rights), session.deps.signal);
}

function syncRights(syncs: readonly SyncPlan[]): Right[] {
  return syncs.map(({ external: { namespace, name } }) => ({
    verb: 'patch',
    group: 'external-secrets.io',
    resource: 'externalsecrets',
    namespace,
    name,
  }));
}

function rightsFor(targets: readonly SecretTarget[], { missingNamespaces }: Snapshot): Right[] {
  if (targets.length === 0) return [];
  const creation: Right[] =
    missingNamespaces.length === 0 ? [] : [{ verb: 'create', group: '', resource: 'namespaces', namespace: '' }];
  const rights = [...creation, ...targets.flatMap(secretRights)];
  return [...new Map(rights.map((right) => [JSON.stringify(right), right])).values()];
}

/** What writing one Secret takes, and keeping it as it was. */
export function secretRights({ object, current }: Pick<SecretTarget, 'object' | 'current'>): Right[] {
  const right = { group: '', resource: 'secrets', namespace: object.namespace };
  const { name } = object;
  // Creation is needed for the revision too, and no Role can limit it to a name.
  return [
    { ...right, verb: 'get', name },
    { ...right, verb: 'create' },
    ...(current === undefined
      ? []
      : [{ ...right, verb: current.immutable ? ('delete' as const) : ('patch' as const), name }]),
  ];
}
