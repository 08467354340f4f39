import type { Snapshot } from '../../core/cluster/snapshot.ts';
import type { LiveSecrets } from '../../core/manifests/manifest-snapshot.ts';
import type { Stack } from '../../core/stack/stack.ts';
import type { Deps } from '../../ports.ts';
import { nothingReadable, type SessionOptions } from '../session.ts';
import { listEverywhere, observeStores } from './observe.ts';
import { readNamedSecrets } from './read-named-secrets.ts';

export interface ObservedSecrets {
  readonly context: string;
  readonly server: string;
  readonly live: LiveSecrets;
}

interface Needed {
  readonly wanted: Snapshot;
  readonly stack: Stack | undefined;
  /** Of stores that the manifests name and do not bring. */
  readonly storeKinds: ReadonlySet<string>;
}

/**
 * The Secrets of a cluster that manifests are held against, who gets image pull Secrets from its ServiceAccount, and stores
 * that External Secrets may take values from.
 * `wanted` is the cluster as the manifests would have it: it tells which Secrets are needed where none may be listed.
 */
export async function observeSecrets(
  options: SessionOptions,
  { wanted, stack, storeKinds }: Needed,
  deps: Deps,
): Promise<ObservedSecrets> {
  const connection = await deps.connect(options);
  try {
    const { cluster } = connection;
    const { context, server } = cluster;
    deps.terminal.err(`context ${context}, server ${server}`);
    const scope = { namespaces: wanted.namespaces, all: false, expectedNamespaces: [], argocdNamespace: 'argocd' };
    const [listed, serviceAccounts, stores] = await Promise.all([
      listEverywhere('secrets', scope, (namespace) => cluster.listSecrets(namespace)),
      listEverywhere('serviceaccounts', scope, (namespace) => cluster.list('serviceaccounts', namespace)),
      observeStores(cluster, scope, storeKinds),
    ]);
    const [gap] = listed.gaps;
    if (gap !== undefined && gap.cause !== 'forbidden' && listed.items.length === 0) {
      throw nothingReadable(cluster, gap.reason);
    }
    const secrets = await readNamedSecrets(cluster, { ...wanted, secrets: listed }, stack);
    return { context, server, live: { secrets, serviceAccounts, stores } };
  } finally {
    await connection.close();
  }
}
