import { OperatorError } from '../../errors.ts';
import { pauseChain } from '../argocd/pause-chain.ts';
import type { PausableRef } from '../argocd/sync-pause.ts';
import { refId } from '../cluster/kubernetes.ts';
import type { Secret } from '../cluster/secret.ts';
import type { Snapshot } from '../cluster/snapshot.ts';
import { writerIndex } from '../owners/secret-writers.ts';
import type { SecretFault } from './secret-fault.ts';

/**
 * Who would undo the faults, outermost first: they are paused until the recovery begins, which is theirs as well. Throws
 * where one cannot be paused, or would take what the drill writes for its own.
 */
export function ownersToPause(faults: readonly SecretFault[], snapshot: Snapshot): readonly PausableRef[] {
  const owners = faults.flatMap((fault) => ownersOf(fault, snapshot));
  return [...new Map(owners.map((owner) => [refId(owner), owner])).values()];
}

function ownersOf({ secret, does }: SecretFault, snapshot: Snapshot): readonly PausableRef[] {
  const { metadata, immutable } = secret;
  const { namespace, name } = metadata;
  const place = `Secret ${namespace}/${name}`;
  if (immutable && does !== 'lost') {
    throw owned(`${place} is immutable: it can be lost, and not changed`, 'c2l dr-drill run total-secret-loss');
  }
  const by = writerOf(secret, snapshot);
  if (by === undefined) return [];
  const others = 'name others in a scenario of your own: c2l dr-drill describe total-secret-loss';
  const { objects, obstacle } = pauseChain(snapshot, { namespace, name });
  const isPausable = by === 'external-secrets' || by === 'argocd';
  if (!isPausable || objects.length === 0) {
    throw owned(`${place} is written by ${by}, which a drill does not pause`, others);
  }
  if (obstacle !== undefined) throw owned(`${place} cannot be kept lost: ${obstacle.reason}`, others);
  // Whoever wrote it brings the right value by itself, and whether the recovery would is not seen.
  if (does !== 'lost' && does !== 'keys-lost') {
    throw owned(`${place} is written by ${by}, which sets back a value that is changed`, others);
  }
  return objects;
}

function writerOf({ metadata, owner }: Secret, snapshot: Snapshot): string | undefined {
  const { external, sealed, application } = writerIndex(snapshot).of(metadata.namespace, metadata.name);
  if (owner !== undefined) return owner.by;
  return external ? 'external-secrets' : sealed ? 'sealed-secrets' : application && 'argocd';
}

function owned(message: string, hint: string): OperatorError {
  return new OperatorError('secret-owned', message, { hint });
}
