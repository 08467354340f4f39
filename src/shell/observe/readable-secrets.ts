import type { Snapshot } from '../../core/cluster/snapshot.ts';
import { OperatorError } from '../../errors.ts';
import { nothingReadable, type Session } from '../session.ts';

/** A Secret that could not be looked at is not one that lacks keys. `reads` is for what writes nothing in any case. */
export function refuseUnreadableSecrets(
  { cluster }: Session,
  { secrets }: Pick<Snapshot, 'secrets'>,
  { reads = false }: { readonly reads?: boolean } = {},
): void {
  const [gap] = secrets.gaps;
  if (gap === undefined) return;
  if (reads || gap.cause !== 'forbidden') throw nothingReadable(cluster, gap.reason);
  throw new OperatorError('forbidden', `context ${cluster.context} may not list secrets: ${gap.reason}`, {
    hint: `kubectl auth can-i list secrets${gap.namespace === '' ? ' -A' : ` -n ${gap.namespace}`}`,
  });
}
