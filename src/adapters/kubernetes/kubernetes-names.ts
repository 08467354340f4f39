import type { NamedResource } from '../../cluster-ports.ts';
import { present, type Observed } from '../../core/cluster/observed.ts';
import { asObject, parseObject } from '../json-object.ts';
import { answerFailure, notKubernetes } from './kubernetes-errors.ts';
import { collectionPath, resources } from './kubernetes-resources.ts';
import type { Transport } from './kubernetes-transport.ts';

const most = 500;

/**
 * The names of what is there, as the table that kubectl asks for: its cells hold no values, and `includeObject=None`
 * leaves out the metadata, whose annotations may. Throws TransportFailure.
 */
export async function readNames(
  transport: Transport,
  { resource, namespace }: { readonly resource: NamedResource; readonly namespace: string | undefined },
): Promise<Observed<readonly string[]>> {
  const subject = { verb: 'list', resource, namespace };
  const answer = await transport.once({
    method: 'GET',
    path: `${collectionPath(apiOf(resource), resource, namespace)}?limit=${most}&includeObject=None`,
    accept: 'application/json;as=Table;v=v1;g=meta.k8s.io',
  });
  if (answer.status >= 300) return answerFailure(answer, subject);
  const table = parseObject(answer.text);
  const { columnDefinitions: columns, rows } = table ?? {};
  if (table?.['kind'] !== 'Table' || !Array.isArray(columns)) return notKubernetes(subject, 'not a table');
  const place = columns.findIndex((column) => asObject(column)?.['name'] === 'Name');
  const names = (Array.isArray(rows) ? rows : []).map((row) => cellOf(row, place));
  return present(names.filter((name) => typeof name === 'string'));
}

function apiOf(resource: NamedResource): string {
  return resource === 'namespaces' || resource === 'secrets' ? '/api/v1' : resources[resource].api;
}

function cellOf(row: unknown, place: number): unknown {
  const cells = asObject(row)?.['cells'];
  return Array.isArray(cells) ? (cells as unknown[])[place] : undefined;
}
