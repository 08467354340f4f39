import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { addRunningPod, startApiWorld, type ApiWorld } from '../support/api-world.ts';

const strategic = 'application/strategic-merge-patch+json';
const merge = 'application/merge-patch+json';
const deployments = '/apis/apps/v1/namespaces/demo/deployments';
const pods = '/api/v1/namespaces/demo/pods';

describe('objects of the API', () => {
  let world: ApiWorld;

  beforeEach(async () => {
    world = await startApiWorld();
  });

  afterEach(async () => {
    await world.api.close();
  });

  async function createDeployment(): Promise<void> {
    const containers = [
      { name: 'a', image: 'one:1', env: [{ name: 'X', value: '1' }] },
      { name: 'b', image: 'two:1' },
    ];
    const template = { metadata: { labels: { app: 'web' } }, spec: { containers } };
    const { status } = await world.send('POST', deployments, {
      body: { metadata: { name: 'web' }, spec: { selector: { matchLabels: { app: 'web' } }, template } },
    });
    expect(status).toBe(201);
  }

  test('a new Deployment gets the defaults of the API and generation 1', async () => {
    await createDeployment();
    const answer = await world.send('GET', `${deployments}/web`);
    expect(answer.at('metadata.generation')).toBe(1);
    expect(answer.at('spec')).toMatchObject({ replicas: 1, progressDeadlineSeconds: 600 });
    expect(answer.at('spec.template.spec')).toMatchObject({
      restartPolicy: 'Always',
      terminationGracePeriodSeconds: 30,
    });
  });

  test('a strategic merge changes the named container and leaves the other alone', async () => {
    await createDeployment();
    const env = [
      { name: 'X', $patch: 'delete' },
      { name: 'Y', value: '2' },
    ];
    const answer = await world.send('PATCH', `${deployments}/web`, {
      body: {
        spec: {
          template: {
            spec: {
              containers: [
                { name: 'b', image: 'two:2' },
                { name: 'a', env },
              ],
            },
          },
        },
      },
      type: strategic,
    });
    const containers = answer.at('spec.template.spec.containers') as { name: string; image: string; env?: unknown }[];
    expect(containers.map(({ name, image }) => `${name} ${image}`)).toEqual(['a one:1', 'b two:2']);
    expect(containers[0]?.env).toEqual([{ name: 'Y', value: '2' }]);
    expect(answer.at('metadata.generation')).toBe(2);
  });

  test('an annotation on the object leaves the generation, one on the template counts it up', async () => {
    await createDeployment();
    const patch = (body: unknown) => world.send('PATCH', `${deployments}/web`, { body, type: strategic });
    expect((await patch({ metadata: { annotations: { a: 'b' } } })).at('metadata.generation')).toBe(1);
    const restarted = { 'kubectl.kubernetes.io/restartedAt': 'now' };
    const answer = await patch({ spec: { template: { metadata: { annotations: restarted } } } });
    expect(answer.at('metadata.generation')).toBe(2);
    expect(answer.at('spec.template.metadata.annotations')).toEqual(restarted);
  });

  test('the status changes only through its subresource', async () => {
    await createDeployment();
    const direct = await world.send('PATCH', `${deployments}/web`, { body: { status: { replicas: 5 } }, type: merge });
    expect(direct.at('status')).toEqual({});
    const body = { status: { replicas: 5 }, spec: { replicas: 9 } };
    const answer = await world.send('PATCH', `${deployments}/web/status`, { body, type: merge });
    expect([answer.at('status.replicas'), answer.at('spec.replicas'), answer.at('metadata.generation')]).toEqual([
      5, 1, 1,
    ]);
  });

  test('a JSON patch is applied whole or not at all', async () => {
    await createDeployment();
    const patch = (body: unknown) =>
      world.send('PATCH', `${deployments}/web`, { body, type: 'application/json-patch+json' });
    const done = await patch([
      { op: 'test', path: '/spec/replicas', value: 1 },
      { op: 'replace', path: '/spec/replicas', value: 3 },
      { op: 'add', path: '/metadata/labels', value: { 'a/b': 'c' } },
      { op: 'remove', path: '/spec/template/spec/containers/1' },
    ]);
    expect([done.at('spec.replicas'), done.at('metadata.labels')]).toEqual([3, { 'a/b': 'c' }]);
    expect(done.at('spec.template.spec.containers')).toHaveLength(1);
    const refused = await patch([
      { op: 'replace', path: '/spec/replicas', value: 7 },
      { op: 'test', path: '/metadata/labels/a~1b', value: 'other' },
    ]);
    expect([refused.status, refused.at('reason')]).toEqual([422, 'Invalid']);
    expect((await world.send('GET', `${deployments}/web`)).at('spec.replicas')).toBe(3);
  });

  test('a custom resource takes merge patches and no strategic ones', async () => {
    const applications = '/apis/argoproj.io/v1alpha1/namespaces/demo/applications';
    await world.send('POST', applications, { body: { metadata: { name: 'app' }, spec: {}, status: { health: {} } } });
    const annotated = { body: { metadata: { annotations: { 'argocd.argoproj.io/refresh': 'normal' } } } };
    expect((await world.send('PATCH', `${applications}/app`, { ...annotated, type: strategic })).status).toBe(415);
    const answer = await world.send('PATCH', `${applications}/app`, { ...annotated, type: merge });
    expect([answer.status, answer.at('metadata.annotations')]).toEqual([200, annotated.body.metadata.annotations]);
  });

  test('the spec of a pod cannot be changed, but for its images', async () => {
    addRunningPod(world.store, 'p');
    const patch = (container: object) =>
      world.send('PATCH', `${pods}/p`, {
        body: { spec: { containers: [{ name: 'main', ...container }] } },
        type: strategic,
      });
    expect((await patch({ image: 'busybox:1.37' })).status).toBe(200);
    const refused = await patch({ command: ['true'] });
    expect(refused.status).toBe(422);
    expect(refused.at('message')).toMatch('pod updates may not change fields other than');
  });

  test('deleting a pod that runs leaves it to the kubelet, with grace 0 it is gone at once', async () => {
    addRunningPod(world.store, 'p');
    const deleted = await world.send('DELETE', `${pods}/p`);
    expect(deleted.at('metadata')).toMatchObject({
      deletionGracePeriodSeconds: 30,
      deletionTimestamp: '2030-01-01T00:00:30Z',
    });
    expect(world.store.get('pods', 'demo', 'p')).toBeDefined();
    await world.send('DELETE', `${pods}/p?gracePeriodSeconds=0`);
    expect(world.store.get('pods', 'demo', 'p')).toBeUndefined();
  });

  test('a finalizer keeps a deleted object until it is taken off', async () => {
    world.store.create('secrets', {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 's', namespace: 'demo', finalizers: ['a/b'] },
      type: 'Opaque',
    });
    const path = '/api/v1/namespaces/demo/secrets/s';
    await world.send('DELETE', path);
    expect(world.store.get('secrets', 'demo', 's')?.metadata.deletionTimestamp).toBeDefined();
    await world.send('PATCH', path, { body: { metadata: { finalizers: null } }, type: merge });
    expect(world.store.get('secrets', 'demo', 's')).toBeUndefined();
  });

  test('orphaned dependents lose the reference to their owner', async () => {
    await createDeployment();
    const { uid } = world.store.get('deployments', 'demo', 'web')!.metadata;
    const owner = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web', uid };
    world.store.create('replicasets', {
      apiVersion: 'apps/v1',
      kind: 'ReplicaSet',
      metadata: { name: 'rs', namespace: 'demo', ownerReferences: [owner] },
    });
    await world.send('DELETE', `${deployments}/web`, { body: { propagationPolicy: 'Orphan' } });
    expect(world.store.get('replicasets', 'demo', 'rs')?.metadata.ownerReferences).toEqual([]);
  });

  test('a namespace goes with everything in it', async () => {
    await createDeployment();
    addRunningPod(world.store, 'p');
    await world.send('DELETE', '/api/v1/namespaces/demo');
    expect(world.store.resources()).toEqual([]);
    expect((await world.send('POST', pods, { body: { metadata: { name: 'q' } } })).at('message')).toBe(
      'namespaces "demo" not found',
    );
  });

  test('a collection is deleted as far as its labels match', async () => {
    for (const name of ['a', 'b', 'c']) {
      world.store.create('secrets', {
        apiVersion: 'v1',
        kind: 'Secret',
        metadata: { name, namespace: 'demo', labels: { keep: String(name === 'b') } },
      });
    }
    await world.send('DELETE', '/api/v1/namespaces/demo/secrets?labelSelector=keep!%3Dtrue');
    expect(world.store.list('secrets').map(({ metadata }) => metadata.name)).toEqual(['b']);
  });

  test('an eviction leaves the pod to the kubelet, or refuses where a budget has no room', async () => {
    addRunningPod(world.store, 'a', { app: 'web' });
    addRunningPod(world.store, 'b', { app: 'web' });
    world.store.create('poddisruptionbudgets', {
      apiVersion: 'policy/v1',
      kind: 'PodDisruptionBudget',
      metadata: { name: 'web', namespace: 'demo' },
      spec: { maxUnavailable: '50%', selector: { matchLabels: { app: 'web' } } },
    });
    const evict = (name: string) => world.send('POST', `${pods}/${name}/eviction`, { body: { metadata: { name } } });
    expect((await evict('a')).status).toBe(201);
    expect(world.store.get('pods', 'demo', 'a')?.metadata.deletionTimestamp).toBeDefined();
    const refused = await evict('b');
    expect(refused.status).toBe(429);
    expect(refused.at('details.causes.0.message')).toBe(
      'The disruption budget web needs 1 healthy pods and has 1 currently',
    );
  });
});
