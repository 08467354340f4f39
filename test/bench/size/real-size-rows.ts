import { TestCluster } from '../../e2e/support/cluster.ts';
import type { Row } from '../rows.ts';
import { generatedCluster } from './generated-cluster.ts';
import { auditSizeRows } from './measured-audit.ts';
import { placeCluster, removePlaced, tlsOf } from './placed-cluster.ts';

const podCount = 5000;
/** Pages of what was made, and of each other kind one; a real cluster has more kinds and objects of its own. */
const mostRequests = 60;

/**
 * `audit -A` of a generated cluster on the real API server, which is left as it was found, at Ctrl-C too: a scheduling
 * gate keeps the pods from any node.
 */
export async function realSizeRows(pairs: number, note: (text: string) => void): Promise<Row[]> {
  const cluster = TestCluster.open();
  const server = cluster.config.getCurrentCluster()!.server;
  const tls = await tlsOf(cluster);
  const interruption = new AbortController();
  const interrupt = (): void => {
    interruption.abort(new Error('interrupted'));
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, interrupt);
  const { signal } = interruption;
  const generated = generatedCluster(podCount);
  try {
    await removePlaced(cluster);
    note(`creating ${String(podCount)} pods and what they need in ${String(generated.namespaces.length)} namespaces`);
    await placeCluster(generated, { server, tls, signal });
    const served = {
      what: `c2l audit -A, ${String(podCount)} pods, real API server`,
      kubeconfig: cluster.kubeconfigPath,
      server,
      tls,
      missing: generated.missing,
      limits: { peakMb: 200, requests: mostRequests },
    };
    return await auditSizeRows(served, { pairs, signal });
  } finally {
    note('deleting what was created');
    await removePlaced(cluster);
    for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.removeListener(name, interrupt);
  }
}
