import type { Right } from '../../cluster-ports.ts';
import { refText, type ObjectRef } from '../../core/cluster/kubernetes.ts';
import type { ExternalSecret } from '../../core/cluster/secret-writer-objects.ts';
import type { Secret } from '../../core/cluster/secret.ts';
import { stateOf } from '../../core/owners/finding-owner.ts';
import { conditionOf } from '../../core/owners/secret-writers.ts';
import { OperatorError } from '../../errors.ts';
import { cannotDecide, type Session } from '../session.ts';
import { ownRights, untilSeen } from './migrate-steps.ts';

export const externalResource = 'externalsecrets';
const group = 'external-secrets.io';

/** A failure may be that of the try before. */
export const patienceMs = 10_000;

export async function externalsIn({ cluster }: Session, namespace: string): Promise<readonly ExternalSecret[]> {
  const listed = await cluster.list(externalResource, namespace);
  if (listed.state === 'present') return listed.value;
  if (listed.state === 'unreadable') throw cannotDecide(cluster, listed, 'migrate');
  throw new OperatorError('usage', 'External Secrets is not installed here: the API has no ExternalSecrets', {
    hint: 'install it first, or: --to sealed-secrets',
  });
}

export async function untilReady(session: Session, object: ObjectRef, timeoutMs: number): Promise<void> {
  const begun = session.deps.clock.monotonic();
  await untilSeen(session, timeoutMs, async () => {
    const status = (await externalsIn(session, object.namespace)).find(
      ({ metadata }) => metadata.name === object.name,
    )?.status;
    const { ready, reason = 'no reason told' } = stateOf(conditionOf(status?.conditions, 'Ready'));
    if (ready === 'true') return { found: true };
    if (ready !== 'false') return { waitsFor: `${refText(object)} is not looked at: does External Secrets run?` };
    const isFinal = session.deps.clock.monotonic() - begun > patienceMs;
    return {
      waitsFor: `${refText(object)} is not ready (${reason}): kubectl -n ${object.namespace} get events names what its store lacks`,
      isFinal,
    };
  });
}

export function rightsFor(secret: Secret): Right[] {
  const { namespace } = secret.metadata;
  const of = (verb: Right['verb']): Right => ({ verb, group, resource: externalResource, namespace });
  return [of('create'), of('delete'), ...ownRights(secret)];
}
