import { OperatorError } from '../../errors.ts';
import type { SecretOwner } from '../cluster/secret.ts';
import type { Snapshot } from '../cluster/snapshot.ts';
import { guardTarget, type GuardedTarget, type Recreate } from '../fix/secret-guards.ts';
import type { SecretTarget } from '../fix/secret-target.ts';
import { stateOf } from '../owners/finding-owner.ts';
import { conditionOf, type SecretWriters, type WriterIndex } from '../owners/secret-writers.ts';
import { pauseChain } from './pause-chain.ts';

export interface PauseWorld {
  readonly snapshot: Snapshot;
  readonly index: WriterIndex;
  readonly recreate: Recreate;
}

/**
 * What may be written of a Secret where the operator agreed that its owners are kept from writing for a while: as if
 * nobody owned it, once those are paused. What lasts without a pause is left as it was judged.
 */
export function guardWhilePaused(target: SecretTarget, judged: GuardedTarget, world: PauseWorld): GuardedTarget {
  const { snapshot, index, recreate } = world;
  const { object } = target;
  const writers = index.of(object.namespace, object.name);
  const { objects, obstacle } = pauseChain(snapshot, object);
  const isFree = writers.external === undefined && writers.application === undefined;
  if (isFree || !isUndone(target, judged, writers)) return judged;
  if (obstacle !== undefined) {
    const { namespace, name } = object;
    const refusal = new OperatorError(
      'secret-owned',
      `Secret ${namespace}/${name} would not stay as it is written: ${obstacle.reason}, and so ends the pause`,
      {
        hint: `pause ${obstacle.object.kind} ${obstacle.object.name} yourself first, or put the value where it comes from`,
      },
    );
    return { refusal, warnings: [] };
  }
  const unowned = guardTarget(withoutPausable(target), withoutPaused(index), recreate);
  if (unowned.open === undefined) return unowned;
  const warnings = [...unowned.warnings, ...(objects.length === 0 ? [nothingToPause(target, writers)] : [])];
  return { ...unowned, open: { ...target, wanted: unowned.open.wanted }, pause: objects, warnings };
}

/** An ExternalSecret that works brings what it maps, and a key that Git lacks survives self-heal. */
function isUndone(target: SecretTarget, judged: GuardedTarget, { external, application }: SecretWriters): boolean {
  if (judged.refusal !== undefined) return true;
  const { ready } = stateOf(conditionOf(external?.status?.conditions, 'Ready'));
  if (judged.sync !== undefined) return ready === 'false';
  return target.current === undefined && application !== undefined;
}

function nothingToPause({ object }: SecretTarget, { application }: SecretWriters): string {
  const by = application === undefined ? 'its owner' : `Argo CD application ${application.metadata.name}`;
  return `${by} does not sync Secret ${object.namespace}/${object.name} by itself, so nothing is paused; the next sync sets it back`;
}

const pausable: ReadonlySet<SecretOwner['by']> = new Set(['external-secrets', 'argocd']);

function withoutPausable({ current, ...target }: SecretTarget): SecretTarget {
  if (current === undefined) return { ...target, current };
  const { owner, otherOwners, ...ownerless } = current;
  const [left, ...others] = [...(owner === undefined ? [] : [owner]), ...otherOwners].filter(
    ({ by }) => !pausable.has(by),
  );
  return { ...target, current: { ...ownerless, otherOwners: others, ...(left && { owner: left }) } };
}

function withoutPaused(index: WriterIndex): WriterIndex {
  return {
    ...index,
    of: (namespace, secret) => {
      const { sealed } = index.of(namespace, secret);
      return sealed === undefined ? {} : { sealed };
    },
  };
}
