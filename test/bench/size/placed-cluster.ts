import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { Agent, request, type AgentOptions } from 'node:https';
import { text } from 'node:stream/consumers';
import { mapLimited } from '../../../src/core/map-limited.ts';
import type { NewObject } from '../../../src/sandbox/store/stored-object.ts';
import type { TestCluster } from '../../e2e/support/cluster.ts';
import { until } from '../../e2e/support/wait.ts';
import { benchmarkLabel, type GeneratedCluster } from './generated-cluster.ts';

const atOnce = 16;
const ownNamespaces = `/api/v1/namespaces?labelSelector=${encodeURIComponent(benchmarkLabel)}`;

/** The certificates of the kubeconfig's user, as Node takes them. */
export async function tlsOf({ config }: TestCluster): Promise<AgentOptions> {
  const options: AgentOptions = {};
  await config.applyToHTTPSOptions(options);
  const { ca, cert, key } = options;
  return { ...asText('ca', ca), ...asText('cert', cert), ...asText('key', key) };
}

/** As the library gives them they are bytes, which JSON does not hold. */
function asText(name: string, value: unknown): AgentOptions {
  return typeof value === 'string' || Buffer.isBuffer(value) ? { [name]: value.toString('utf8') } : {};
}

/** Makes a generated cluster's objects on a real API server, in namespaces of its own. */
export async function placeCluster(
  generated: GeneratedCluster,
  { server, tls, signal }: { readonly server: string; readonly tls: AgentOptions; readonly signal: AbortSignal },
): Promise<void> {
  const agent = new Agent({ ...tls, keepAlive: true, maxSockets: atOnce });
  const create = (collection: string, objects: readonly NewObject[]): Promise<unknown> =>
    mapLimited(objects, atOnce, async (object) => {
      signal.throwIfAborted();
      const { namespace } = object.metadata;
      const [api, resource] = collection.split(' ');
      const path = `${api!}/${namespace === undefined ? '' : `namespaces/${namespace}/`}${resource!}`;
      const sent = request(new URL(path, server), {
        method: 'POST',
        agent,
        headers: { 'Content-Type': 'application/json' },
      });
      sent.end(JSON.stringify(object));
      const [answer] = (await once(sent, 'response')) as [IncomingMessage];
      const told = await text(answer);
      if (answer.statusCode !== 201) throw new Error(`POST ${path}: ${told.slice(0, 300)}`);
    });
  try {
    await create('/api/v1 namespaces', generated.namespaces);
    await create('/api/v1 secrets', generated.secrets);
    await create('/apis/apps/v1 deployments', generated.deployments);
    await create('/api/v1 pods', generated.pods);
  } finally {
    agent.destroy();
  }
}

/** Removes what `placeCluster` made, now or in a run that was killed, and waits until it is gone. */
export async function removePlaced(cluster: TestCluster): Promise<void> {
  for (const { metadata } of await cluster.list(ownNamespaces)) {
    await cluster.remove(`/api/v1/namespaces/${metadata.name}`);
  }
  await until(
    'the namespaces of the benchmark deleted',
    async () => ((await cluster.list(ownNamespaces)).length === 0 ? true : undefined),
    { within: 600_000, every: 2000 },
  );
}
