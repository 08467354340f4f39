import type { Pod } from '../../../src/core/cluster/kubernetes-pod.ts';
import { podStatusText } from '../../../src/core/workloads/pod-status-text.ts';
import type { World } from '../support/worlds.ts';
import { lostNode, onLostNode, removeLostNode } from './lost-node.ts';
import type { Manifest } from './manifests.ts';
import type { Change, MatrixRow } from './row.ts';

/** What a row of any table begins with. */
export type Situation = Pick<MatrixRow, 'objects' | 'hasLostNode' | 'shows' | 'then' | 'thenShows'>;
type Shows = NonNullable<MatrixRow['shows']>;

/** Sets a situation up in a namespace of its own, acts once it shows, and takes it away. */
export async function inNamespaceOf<T>(
  world: World,
  { row, namespace }: { readonly row: Situation; readonly namespace: string },
  act: () => Promise<T>,
): Promise<T> {
  await expectStatus(world, 201, ['POST', '/api/v1/namespaces', { metadata: { name: namespace } }]);
  try {
    await world.eventually(`ServiceAccount of ${namespace}`, async () => {
      const { status } = await world.send('GET', `/api/v1/namespaces/${namespace}/serviceaccounts/default`);
      return status === 200 ? true : undefined;
    });
    if (row.hasLostNode) await expectStatus(world, 201, ['POST', '/api/v1/nodes', lostNode(namespace)]);
    for (const manifest of row.objects) await create(world, namespace, manifest);
    await untilShown(world, namespace, row.shows ?? {});
    for (const change of row.then ?? []) await apply(world, namespace, change);
    await untilShown(world, namespace, row.thenShows ?? {});
    return await act();
  } finally {
    await letGo(world, namespace, row.objects);
    await world.send('DELETE', `/api/v1/namespaces/${namespace}`);
    if (row.hasLostNode) await removeLostNode(world, namespace);
  }
}

/** What a finalizer holds would hold its namespace for ever. */
async function letGo(world: World, namespace: string, objects: readonly Manifest[]): Promise<void> {
  for (const manifest of objects.filter(({ metadata }) => metadata['finalizers'] !== undefined)) {
    const path = `${collection(namespace, manifest)}/${manifest.metadata.name}`;
    await world.send('PATCH', path, { metadata: { finalizers: null } }, mergePatch);
  }
}

const mergePatch = 'application/merge-patch+json';

type Sent = Parameters<World['send']>;

async function expectStatus(world: World, wanted: number, sent: Sent): Promise<void> {
  const { status, text } = await world.send(...sent);
  if (status !== wanted) throw new Error(`${sent[0]} ${sent[1]} was answered with ${status}: ${text}`);
}

const plurals: Readonly<Record<string, string>> = { Ingress: 'ingresses' };

function collection(namespace: string, { apiVersion, kind }: Manifest): string {
  const api = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  return `${api}/namespaces/${namespace}/${plurals[kind] ?? `${kind.toLowerCase()}s`}`;
}

async function create(world: World, namespace: string, manifest: Manifest): Promise<void> {
  await expectStatus(world, 201, ['POST', collection(namespace, manifest), onLostNode(manifest, namespace)]);
}

async function apply(world: World, namespace: string, change: Change): Promise<void> {
  const inNamespace = (path: string): string => {
    const [group = '', ...rest] = path.split('/');
    const api = { deployments: '/apis/apps/v1', statefulsets: '/apis/apps/v1', daemonsets: '/apis/apps/v1' }[group];
    return [`${api ?? '/api/v1'}/namespaces/${namespace}`, group, ...rest].join('/');
  };
  if (change === 'a second later') await untilLater(world, namespace);
  else if (change === 'as its back-off begins anew') await untilBackOff(world, namespace);
  else if ('create' in change) await create(world, namespace, change.create);
  else if ('run' in change) await run(world, namespace, change);
  else if ('delete' in change) await expectStatus(world, 200, ['DELETE', inNamespace(change.delete)]);
  else if ('patch' in change) {
    await expectStatus(world, 200, ['PATCH', inNamespace(change.patch), change.body, mergePatch]);
    await untilObserved(world, inNamespace(change.patch));
  } else
    await expectStatus(world, 200, ['PATCH', `${inNamespace(change.patchStatus)}/status`, change.body, mergePatch]);
}

type Run = Extract<Change, { readonly run: string }>;

/** As `kubectl create job --from` does. */
async function run(world: World, namespace: string, { run: name, command }: Run): Promise<void> {
  const batch = `/apis/batch/v1/namespaces/${namespace}`;
  const { body } = await world.send('GET', `${batch}/cronjobs/${name}`);
  const { jobTemplate } = body['spec'] as { jobTemplate: { spec: { template: { spec: { containers: [object] } } } } };
  const { template } = jobTemplate.spec;
  const containers = [{ ...template.spec.containers[0], command: [command] }];
  const owner = { apiVersion: 'batch/v1', kind: 'CronJob', name, uid: body.metadata.uid };
  const job = {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name: `${name}-${command}`, ownerReferences: [owner] },
    spec: { backoffLimit: 0, template: { spec: { ...template.spec, containers } } },
  };
  await expectStatus(world, 201, ['POST', `${batch}/jobs`, job]);
}

/** What a workload's status says is of before the change for as long as its controller has not looked. */
async function untilObserved(world: World, path: string): Promise<void> {
  if (!path.startsWith('/apis/apps/')) return;
  await world.eventually(`the controller looks at ${path}`, async () => {
    const { body } = await world.send('GET', path);
    const { generation } = body.metadata as { generation?: number };
    const { observedGeneration } = body['status'] as { observedGeneration?: number };
    return observedGeneration === generation ? true : undefined;
  });
}

/** In the time of the cluster, which may run faster than ours. */
export async function untilLater(world: World, namespace: string): Promise<void> {
  const now = async (): Promise<string> => {
    const path = `/api/v1/namespaces/${namespace}/configmaps?dryRun=All`;
    const { body } = await world.send('POST', path, { metadata: { name: 'clock' } });
    return String(body.metadata.creationTimestamp);
  };
  const before = await now();
  await world.eventually('a second later', async () => ((await now()) > before ? true : undefined));
}

/** Not before kubelet has tried once more: it tells of a back-off only some time after it began. */
async function untilBackOff(world: World, namespace: string): Promise<void> {
  const look = async () => {
    const { body } = await world.send('GET', `/api/v1/namespaces/${namespace}/pods`);
    const statuses = (body['items'] as Pod[]).flatMap(({ status }) => status?.containerStatuses ?? []);
    return {
      starts: statuses.reduce((sum, { restartCount = 0 }) => sum + restartCount, 0),
      hasEnded: statuses.some(({ state }) => (state?.waiting ?? state?.terminated) !== undefined),
    };
  };
  const before = await look();
  const endsOnceMore = async (): Promise<true | undefined> => {
    const { starts, hasEnded } = await look();
    return starts > before.starts && hasEnded ? true : undefined;
  };
  // Where other work made the row late, kubelet stands in one of its longer pauses, of 80 or 160 s.
  await world.eventually('a container ends once more', endsOnceMore, 240_000);
}

/** Waits for what kubectl prints of the pods, by the start of their names. */
export async function untilShown(world: World, namespace: string, shows: Shows): Promise<void> {
  if (Object.keys(shows).length === 0) return;
  let last = '';
  const look = async (): Promise<true | undefined> => {
    const { body } = await world.send('GET', `/api/v1/namespaces/${namespace}/pods`);
    const pods = body['items'] as Pod[];
    last = pods.map((pod) => `${pod.metadata.name} ${podStatusText(pod)}`).join(', ');
    return Object.entries(shows).every((wanted) => areShown(pods, wanted)) ? true : undefined;
  };
  try {
    // A busy node takes its time over each start.
    await world.eventually(`pods of ${namespace}`, look, 180_000);
  } catch (error) {
    throw new Error(`the pods were last seen as: ${last}`, { cause: error });
  }
}

/** One of them, and where that one runs no other is still on its way there. */
function areShown(pods: readonly Pod[], wanted: [string, string | RegExp]): boolean {
  const [name, text] = wanted;
  const isComing = (pod: Pod): boolean => isShown(pod, [name, 'ContainerCreating']);
  return pods.some((pod) => isShown(pod, wanted)) && !(text === 'Running' && pods.some(isComing));
}

function isShown(pod: Pod, [name, wanted]: [string, string | RegExp]): boolean {
  const text = podStatusText(pod);
  return pod.metadata.name.startsWith(name) && (typeof wanted === 'string' ? text === wanted : wanted.test(text));
}
