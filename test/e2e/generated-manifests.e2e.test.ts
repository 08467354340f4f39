import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { posix } from 'node:path';
import { parseAllDocuments } from 'yaml';

import { runCli } from '../support/run-cli.ts';
import { TestCluster, type KubeObject } from './support/cluster.ts';
import { until } from './support/wait.ts';

const namespace = 'generated-e2e';
const place = `/api/v1/namespaces/${namespace}`;
let cluster: TestCluster;

async function remove(): Promise<void> {
  await cluster.remove(place);
  await until('namespace gone', async () => ((await cluster.get(place)) ? undefined : true), { within: 60_000 });
}

beforeAll(async () => {
  cluster = TestCluster.open();
  await remove();
  await cluster.create('/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });
});

afterAll(remove);

interface ApiResource {
  readonly name: string;
  readonly kind: string;
  readonly namespaced: boolean;
}

/** By kind, as the API server itself says; undefined where it does not know the group or the kind. */
async function resourceOf({
  apiVersion = '',
  kind,
}: KubeObject): Promise<(ApiResource & { path: string }) | undefined> {
  const group = apiVersion === 'v1' ? '/api/v1' : `/apis/${apiVersion}`;
  const { status, text } = await cluster.send('GET', group);
  if (status === 404) return undefined;
  const { resources } = JSON.parse(text) as { resources: ApiResource[] };
  const found = resources.find((each) => each.kind === kind && !each.name.includes('/'));
  if (found === undefined) return undefined;
  return {
    ...found,
    path: found.namespaced ? `${group}/namespaces/${namespace}/${found.name}` : `${group}/${found.name}`,
  };
}

interface Patching {
  readonly patches?: readonly { readonly path?: string }[];
}

/** What kustomize reads, and what is laid over objects that are there already. */
const isNoObject = ({ kind }: KubeObject): boolean =>
  kind === undefined || ['Kustomization', 'Component', 'Application'].includes(kind);

test('the API server takes every object that is made of the built-in stack, field by field', async () => {
  const { stdout } = await runCli(['generate', '--all', '--stack', 'cloudtolocalllm', '-o', 'json']);
  const { files } = JSON.parse(stdout) as { files: { path: string; text: string }[] };
  const read = files
    .filter(({ path, text }) => path.endsWith('.yaml') && /^kind: /m.test(text))
    .flatMap(({ path, text }) =>
      parseAllDocuments(text).map((document) => ({ path, object: document.toJS() as KubeObject & Patching })),
    );
  // A patch is a part of an object; that it fits is shown where the whole folder is built and applied.
  const patches = new Set(
    read.flatMap(({ path, object }) =>
      (object.patches ?? []).flatMap((patch) => (patch.path ? [posix.join(posix.dirname(path), patch.path)] : [])),
    ),
  );
  const documents = read.filter(({ path, object }) => !isNoObject(object) && !patches.has(path));

  const refused: string[] = [];
  const unknown = new Set<string>();
  const taken = new Set<string>();
  for (const { path, object } of documents) {
    const resource = await resourceOf(object);
    if (resource === undefined) {
      unknown.add(object.kind!);
      continue;
    }
    const metadata = { ...object.metadata, ...(resource.namespaced && { namespace }) };
    const query = 'dryRun=All&fieldValidation=Strict&fieldManager=c2l-e2e&force=true';
    const at = `${resource.path}/${object.metadata.name}?${query}`;
    const answer = await cluster.send('PATCH', at, { ...object, metadata }, 'application/apply-patch+yaml');
    if (answer.status >= 300) refused.push(`${path}: ${answer.text}`);
    else taken.add(object.kind!);
  }
  expect(refused).toEqual([]);
  expect([...taken]).toEqual(
    expect.arrayContaining([
      'Role',
      'CronJob',
      'ConfigMap',
      'ValidatingAdmissionPolicy',
      'ExternalSecret',
      'SecretStore',
    ]),
  );
  expect([...unknown].filter((kind) => kind !== 'PrometheusRule')).toEqual([]);
  if (unknown.size > 0) console.warn(`not tried: ${[...unknown].join(', ')}, of which the cluster knows nothing`);
});
