import type { ClusterReader } from '../cluster-ports.ts';
import { nearestNames } from '../core/nearest.ts';
import { OperatorError } from '../errors.ts';

/** Names those that may have been meant, where this person may list them. */
export async function namespaceNotFound(
  cluster: Pick<ClusterReader, 'context' | 'listNames'>,
  name: string,
): Promise<OperatorError> {
  const others = await cluster.listNames('namespaces');
  const near = others.state === 'present' ? nearestNames(name, others.value) : [];
  return new OperatorError('namespace-not-found', `namespace ${name} does not exist in context ${cluster.context}`, {
    hint:
      near.length === 0
        ? 'kubectl get namespaces'
        : `did you mean ${near.join(' or ')}? kubectl get namespaces lists all`,
  });
}
