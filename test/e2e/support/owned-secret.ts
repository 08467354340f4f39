import type { KubeObject, TestCluster } from './cluster.ts';
import { collection } from './stack.ts';
import { until } from './wait.ts';
import { workload } from './workload.ts';

/** What a Secret holds, in plain text; undefined where it is not there. */
export async function heldText(
  cluster: TestCluster,
  { namespace, name }: { readonly namespace: string; readonly name: string },
): Promise<Record<string, string> | undefined> {
  const secret = (await cluster.get(`${collection('Secret', namespace)}/${name}`)) as
    (KubeObject & { readonly data?: Record<string, string> }) | undefined;
  const data = Object.entries(secret?.data ?? {});
  return secret && Object.fromEntries(data.map(([key, text]) => [key, Buffer.from(text, 'base64').toString()]));
}

/** A workload without pods, so that nothing is pulled: its template alone needs the keys of the Secret `app`. */
export function needing(keys: readonly string[]): KubeObject {
  const env = keys.map((key) => ({
    name: key.toUpperCase(),
    valueFrom: { secretKeyRef: { name: 'app', key } },
  }));
  const container = { name: 'main', image: 'busybox:1.36', command: ['sleep', '3600'], env };
  return workload('Deployment', 'app', { spec: { replicas: 0 }, pod: { containers: [container] } });
}

export async function removeNamespace(cluster: TestCluster, namespace: string): Promise<void> {
  const path = `/api/v1/namespaces/${namespace}`;
  await cluster.remove(path);
  await until('namespace gone', async () => ((await cluster.get(path)) ? undefined : true), { within: 90_000 });
}
