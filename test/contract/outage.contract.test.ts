import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { container, initStateOf, isRefused, PodBench, postgresImage, secretEnv, stateOf } from './support/pods.ts';
import { worldKinds, type World } from './support/worlds.ts';

jest.setTimeout(180_000);

describe.each(worldKinds)('an outage on $name', (kind) => {
  const run = kind.isThere ? test : test.skip;
  let world: World;
  let bench: PodBench;

  beforeAll(async () => {
    if (kind.isThere) {
      world = await kind.start();
      bench = new PodBench(world);
    }
  });

  afterAll(async () => {
    if (kind.isThere) {
      await world.close();
    }
  });

  run('kubelet names one missing key, after it the next, and starts the same pod once all are there', async () => {
    await bench.createSecret('one-by-one', ['present']);
    const env = ['present', 'first', 'second'].map((key) => secretEnv(key.toUpperCase(), 'one-by-one', key));
    await bench.createPod('one-by-one', { containers: [container('main', { env })] });

    const refused = await bench.seePod('one-by-one', isRefused);
    expect(stateOf(refused, 'main')?.waiting?.message).toBe(
      `couldn't find key first in Secret ${world.namespace}/one-by-one`,
    );
    expect(refused.status.phase).toBe('Pending');

    await bench.addKey('one-by-one', 'first');
    const next = await bench.seePod(
      'one-by-one',
      (pod) => !/first/.test(stateOf(pod, 'main')?.waiting?.message ?? 'first'),
    );
    expect(stateOf(next, 'main')?.waiting?.message).toBe(
      `couldn't find key second in Secret ${world.namespace}/one-by-one`,
    );

    await bench.addKey('one-by-one', 'second');
    const running = await bench.seePod('one-by-one', (pod) => stateOf(pod, 'main')?.running !== undefined);
    expect(running.uid).toBe(refused.uid);
    expect(running.status.containerStatuses?.[0]?.restartCount).toBe(0);
  });

  run('an init container that waits for a dependency runs; once that answers the next one lacks its key', async () => {
    await bench.createSecret('chain', ['postgres-password']);
    await world.send('POST', 'services', {
      metadata: { name: 'chain-db' },
      spec: { selector: { app: 'chain-db' }, ports: [{ port: 5432 }], clusterIP: 'None' },
    });
    const host = `chain-db.${world.namespace}.svc.cluster.local`;
    const waiting = container('wait-for-db', {
      image: postgresImage,
      command: ['sh', '-c', `until pg_isready -h ${host} -p 5432; do sleep 1; done`],
    });
    const migrating = container('migrate', {
      command: ['sh', '-c', 'exit 0'],
      env: [secretEnv('KEY', 'chain', 'missing')],
    });
    await bench.createPod('chain', {
      initContainers: [waiting, migrating],
      containers: [container('main', { env: [secretEnv('KEY', 'chain', 'missing')] })],
    });

    const blocked = await bench.seePod('chain', (pod) => initStateOf(pod, 'wait-for-db')?.running !== undefined);
    expect(initStateOf(blocked, 'migrate')?.waiting).toEqual({ reason: 'PodInitializing' });
    expect(stateOf(blocked, 'main')?.waiting).toEqual({ reason: 'PodInitializing' });

    const readiness = { exec: { command: ['pg_isready', '-h', '127.0.0.1'] }, periodSeconds: 1 };
    const database = container('postgres', {
      image: postgresImage,
      command: undefined,
      env: [
        { name: 'POSTGRES_USER', value: 'app' },
        secretEnv('POSTGRES_PASSWORD', 'chain', 'postgres-password'),
        { name: 'PGDATA', value: '/tmp/pgdata' },
      ],
      ports: [{ containerPort: 5432 }],
      readinessProbe: readiness,
      resources: { requests: { cpu: '1m', memory: '32Mi' } },
    });
    await bench.createPod('chain-db', { containers: [database] }, { app: 'chain-db' });
    const refused = await bench.seePod(
      'chain',
      (pod) => initStateOf(pod, 'migrate')?.waiting?.reason === 'CreateContainerConfigError',
    );
    expect(initStateOf(refused, 'migrate')?.waiting?.message).toBe(
      `couldn't find key missing in Secret ${world.namespace}/chain`,
    );
    expect(initStateOf(refused, 'wait-for-db')?.terminated?.exitCode).toBe(0);
    expect(stateOf(refused, 'main')?.waiting).toEqual({ reason: 'PodInitializing' });

    await bench.addKey('chain', 'missing');
    const through = await bench.seePod('chain', (pod) => stateOf(pod, 'main')?.running !== undefined);
    expect(through.status.phase).toBe('Running');
  });

  run('a whole missing Secret and a missing ConfigMap are told apart by the message alone', async () => {
    await bench.createPod('no-secret', { containers: [container('main', { env: [secretEnv('A', 'nope', 'a')] })] });
    const configMapKeyRef = { name: 'cm', key: 'a' };
    await bench.createPod('no-configmap', {
      containers: [container('main', { env: [{ name: 'A', valueFrom: { configMapKeyRef } }] })],
    });
    const noSecret = await bench.seePod('no-secret', isRefused);
    expect(stateOf(noSecret, 'main')?.waiting?.message).toBe('secret "nope" not found');
    const noConfigMap = await bench.seePod('no-configmap', isRefused);
    expect(stateOf(noConfigMap, 'main')?.waiting?.message).toBe('configmap "cm" not found');
  });

  run('an optional key or Secret that is absent stops nothing', async () => {
    await bench.createSecret('optional', ['present']);
    const env = [secretEnv('A', 'optional', 'absent', true), secretEnv('B', 'nope', 'absent', true)];
    await bench.createPod('optional', { containers: [container('main', { env })] });
    await bench.seePod('optional', (pod) => stateOf(pod, 'main')?.running !== undefined);
  });

  run('a secret volume raises no state, only a FailedMount event', async () => {
    await bench.createSecret('mounted', ['present']);
    const main = container('main', { volumeMounts: [{ name: 'v', mountPath: '/v' }] });
    const items = [{ key: 'missing', path: 'missing' }];
    await bench.createPod('no-key-to-mount', {
      containers: [main],
      volumes: [{ name: 'v', secret: { secretName: 'mounted', items } }],
    });
    await bench.createPod('no-key-to-project', {
      containers: [main],
      volumes: [{ name: 'v', projected: { sources: [{ secret: { name: 'mounted', items } }] } }],
    });
    await bench.createPod('no-secret-to-mount', {
      containers: [main],
      volumes: [{ name: 'v', secret: { secretName: 'nope' } }],
    });
    const noKey = 'MountVolume.SetUp failed for volume "v" : references non-existent secret key: missing';
    expect(await bench.seeEvent('no-key-to-mount', 'FailedMount', /secret key/)).toBe(`Warning: ${noKey}`);
    expect(await bench.seeEvent('no-key-to-project', 'FailedMount', /secret key/)).toBe(`Warning: ${noKey}`);
    expect(await bench.seeEvent('no-secret-to-mount', 'FailedMount', /not found/)).toBe(
      'Warning: MountVolume.SetUp failed for volume "v" : secret "nope" not found',
    );
    for (const name of ['no-key-to-mount', 'no-key-to-project', 'no-secret-to-mount']) {
      const pod = await bench.seePod(name, ({ status }) => status.containerStatuses !== undefined);
      expect(stateOf(pod, 'main')).toEqual({ waiting: { reason: 'ContainerCreating' } });
    }
  });

  run('a secret volume is mounted by itself once its key is there', async () => {
    await bench.createSecret('mounted-later', ['present']);
    const items = [{ key: 'missing', path: 'missing' }];
    await bench.createPod('mounted-later', {
      containers: [container('main', { volumeMounts: [{ name: 'v', mountPath: '/v' }] })],
      volumes: [{ name: 'v', secret: { secretName: 'mounted-later', items } }],
    });
    await bench.seeEvent('mounted-later', 'FailedMount', /missing/);
    await bench.addKey('mounted-later', 'missing');
    await bench.seePod('mounted-later', (pod) => stateOf(pod, 'main')?.running !== undefined);
  });

  run('envFrom does not miss a key, but a whole Secret', async () => {
    await bench.createSecret('whole', ['present']);
    await bench.createPod('env-from', {
      containers: [container('main', { envFrom: [{ secretRef: { name: 'whole' } }] })],
    });
    await bench.createPod('env-from-nothing', {
      containers: [container('main', { envFrom: [{ secretRef: { name: 'nope' } }] })],
    });
    await bench.seePod('env-from', (pod) => stateOf(pod, 'main')?.running !== undefined);
    const refused = await bench.seePod('env-from-nothing', isRefused);
    expect(stateOf(refused, 'main')?.waiting?.message).toBe('secret "nope" not found');
  });

  run('of two containers the good one runs while the bad one waits, and the pod is Pending', async () => {
    await bench.createSecret('half', ['present']);
    await bench.createPod('half', {
      containers: [container('good'), container('main', { env: [secretEnv('A', 'half', 'missing')] })],
    });
    const pod = await bench.seePod('half', (seen) => isRefused(seen) && stateOf(seen, 'good')?.running !== undefined);
    expect(pod.status.phase).toBe('Pending');
    expect(pod.status.conditions?.find(({ type }) => type === 'Ready')).toMatchObject({
      status: 'False',
      reason: 'ContainersNotReady',
    });
  });

  run(
    'a missing pull secret is an event where the image is on the node, and stops a pod whose image is not',
    async () => {
      await bench.createPod('image-there', {
        containers: [container('main')],
        imagePullSecrets: [{ name: 'regcred' }],
      });
      await bench.seePod('image-there', (pod) => stateOf(pod, 'main')?.running !== undefined);
      expect(await bench.seeEvent('image-there', 'FailedToRetrieveImagePullSecret', /./)).toBe(
        'Warning: Unable to retrieve some image pull secrets (regcred); attempting to pull the image may not succeed.',
      );
      await bench.createPod('image-absent', {
        containers: [container('main', { image: 'registry.invalid/absent:1' })],
        imagePullSecrets: [{ name: 'regcred' }],
      });
      const seen = new Set<string>();
      await bench.seePod('image-absent', (pod) => {
        seen.add(stateOf(pod, 'main')?.waiting?.reason ?? '');
        return seen.has('ErrImagePull') && seen.has('ImagePullBackOff');
      });
    },
  );

  run('a pod that no node has room for is Pending with FailedScheduling, not for a Secret', async () => {
    await bench.createPod('too-large', {
      containers: [container('main', { resources: { requests: { cpu: '1000' } } })],
    });
    const pod = await bench.seePod('too-large', ({ status }) => status.conditions !== undefined);
    expect(pod.status.conditions?.find(({ type }) => type === 'PodScheduled')).toMatchObject({
      status: 'False',
      reason: 'Unschedulable',
    });
    expect(pod.status.phase).toBe('Pending');
    expect(await bench.seeEvent('too-large', 'FailedScheduling', /./)).toMatch(/^Warning: .*Insufficient cpu/);
  });

  run('a Pending pod is evicted whatever the PodDisruptionBudget says, a Running one gets 429', async () => {
    await bench.createSecret('guarded', ['present']);
    const labels = { app: 'guarded' };
    await world.send('POST', `/apis/policy/v1/namespaces/${world.namespace}/poddisruptionbudgets`, {
      metadata: { name: 'guarded' },
      spec: { minAvailable: 1, selector: { matchLabels: labels } },
    });
    await bench.createPod('guarded-running', { containers: [container('main')] }, labels);
    await bench.createPod(
      'guarded-pending',
      { containers: [container('main', { env: [secretEnv('A', 'guarded', 'missing')] })] },
      labels,
    );
    await bench.seePod('guarded-running', ({ status }) => status.containerStatuses?.[0]?.ready === true);
    const pending = await bench.seePod('guarded-pending', isRefused);
    const evict = (name: string, uid?: string) =>
      world.send('POST', `pods/${name}/eviction`, {
        apiVersion: 'policy/v1',
        kind: 'Eviction',
        metadata: { name },
        deleteOptions: uid === undefined ? {} : { preconditions: { uid } },
      });
    const refusal = await world.eventually('a refusal that names the budget', async () => {
      const answer = await evict('guarded-running');
      return /needs 1 healthy/.test(answer.text) ? answer : undefined;
    });
    expect(refusal.status).toBe(429);
    expect(refusal.body['message']).toBe("Cannot evict pod as it would violate the pod's disruption budget.");
    expect((refusal.body['details'] as { causes: unknown[] }).causes).toEqual([
      { reason: 'DisruptionBudget', message: 'The disruption budget guarded needs 1 healthy pods and has 1 currently' },
    ]);
    expect((await evict('guarded-pending', 'other')).status).toBe(409);
    expect((await evict('guarded-pending', pending.uid)).status).toBe(201);
    await world.eventually('the evicted pod is gone', async () => {
      const { status } = await world.send('GET', 'pods/guarded-pending');
      return status === 404 ? true : undefined;
    });
  });

  run('the service proxy says 503 without endpoints and 404 without a Service', async () => {
    await world.send('POST', 'services', {
      metadata: { name: 'lonely' },
      spec: { selector: { app: 'lonely' }, ports: [{ port: 80 }] },
    });
    // The API server's proxy finds a Service by its own cache, which learns of a new one a moment later.
    const lonely = await world.eventually('the proxy knows the Service', async () => {
      const answer = await world.send('GET', 'services/lonely:80/proxy/health');
      return answer.body['message'] === 'services "lonely" not found' ? undefined : answer;
    });
    expect([lonely.status, lonely.body['message']]).toEqual([503, 'no endpoints available for service "lonely"']);
    const absent = await world.send('GET', 'services/absent:80/proxy/');
    expect([absent.status, absent.body['message']]).toEqual([404, 'services "absent" not found']);
  });
});
