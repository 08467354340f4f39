import type { Resource } from '../../core/cluster/kubernetes.ts';
import { apisOf, collectionPath } from './kubernetes-resources.ts';
import type { Transport } from './kubernetes-transport.ts';

/** The path of one object; its name is encoded, so that no name can lead elsewhere. */
export function objectPath(
  api: string,
  resource: string,
  { namespace, name }: { readonly namespace?: string | undefined; readonly name: string },
): string {
  return `${collectionPath(api, resource, namespace)}/${encodeURIComponent(name)}`;
}

/** A write is sent once, so that where it goes is asked before. Everybody may ask which versions there are. */
export async function servedApi(transport: Transport, resource: Resource): Promise<string> {
  const [api = '', olderApi] = apisOf(resource);
  if (olderApi === undefined) return api;
  const answer = await transport.read({ method: 'GET', path: api }).catch(() => undefined);
  return answer?.status === 404 ? olderApi : api;
}
