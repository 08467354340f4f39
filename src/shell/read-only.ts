import type { Cluster, ClusterWriter } from '../cluster-ports.ts';
import { OperatorError } from '../errors.ts';

/** What c2l says where a person's own settings forbid changes to a context. */
export function refusedReadOnly(context: string): OperatorError {
  return new OperatorError('read-only', `context ${context} is read-only by your settings; nothing was changed`, {
    hint: 'c2l config show --origin says where; --dry-run shows what would be done',
  });
}

/**
 * The same cluster without its writes, whichever command asks for them. What the server only tries out is no write:
 * a dry run is what one may do there.
 */
export function withoutWrites<C extends Cluster>(cluster: C): C {
  const refuse = (): Promise<never> => Promise.reject(refusedReadOnly(cluster.context));
  const unlessTried =
    <A extends { readonly dryRun?: boolean }, R>(write: (argument: A) => Promise<R>) =>
    (argument: A): Promise<R> =>
      argument.dryRun === true ? write(argument) : refuse();
  const writer: ClusterWriter = {
    createNamespace: refuse,
    rehearseApply: (...object) => cluster.rehearseApply(...object),
    applyObject: refuse,
    requestSync: refuse,
    createSecret: unlessTried((secret) => cluster.createSecret(secret)),
    patchSecret: unlessTried((patch) => cluster.patchSecret(patch)),
    putBackSecret: refuse,
    putBackWorkload: refuse,
    deleteWorkload: refuse,
    deleteSecret: unlessTried((secret) => cluster.deleteSecret(secret)),
    annotate: refuse,
    patchSynced: refuse,
    evictPod: refuse,
    deletePod: refuse,
    restartWorkload: refuse,
    scaleWorkload: refuse,
  };
  return { ...cluster, ...writer };
}
