import type { LiveSecrets } from '../core/manifest-snapshot.ts';
import type { Deps } from '../ports.ts';
import { listEverywhere } from './observe.ts';
import { nothingReadable, type SessionOptions } from './session.ts';

export interface ObservedSecrets {
  readonly context: string;
  readonly server: string;
  readonly live: LiveSecrets;
}

/** The Secrets of a cluster that manifests are held against, and who gets image pull Secrets from its ServiceAccount. */
export async function observeSecrets(
  options: SessionOptions,
  namespaces: readonly string[],
  deps: Deps,
): Promise<ObservedSecrets> {
  const connection = await deps.connect(options);
  try {
    const { cluster } = connection;
    const { context, server } = cluster;
    deps.terminal.err(`context ${context}, server ${server}`);
    const scope = { namespaces, all: false, expectedNamespaces: [], argocdNamespace: 'argocd' };
    const [secrets, serviceAccounts] = await Promise.all([
      listEverywhere('secrets', scope, (namespace) => cluster.listSecrets(namespace)),
      listEverywhere('serviceaccounts', scope, (namespace) => cluster.list('serviceaccounts', namespace)),
    ]);
    const [gap] = secrets.gaps;
    if (gap !== undefined && gap.cause !== 'forbidden' && secrets.items.length === 0) {
      throw nothingReadable(cluster, gap.reason);
    }
    return { context, server, live: { secrets, serviceAccounts } };
  } finally {
    await connection.close();
  }
}
