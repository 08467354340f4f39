import { describe, expect, test } from '@jest/globals';
import type { Pod } from '../../src/core/cluster/kubernetes-pod.ts';
import type { Application } from '../../src/core/cluster/kubernetes.ts';
import type { Sandbox } from '../../src/sandbox/sandbox.ts';
import { containerStates, isReady, SandboxApi } from '../support/sandbox-api.ts';
import { backupValues, sandbox } from '../support/sandbox.ts';

const missing = (key: string): string =>
  `CreateContainerConfigError couldn't find key ${key} in Secret cloudtolocalllm/cloudtolocalllm-secrets`;

/** Asks again after every change in the cluster until the answer is yes. */
async function until({ store }: Sandbox, isTrue: () => Promise<boolean>): Promise<void> {
  for (;;) {
    const changed = new Promise<void>((resolve) => {
      const stop = store.subscribe(() => {
        stop();
        resolve();
      });
    });
    if (await isTrue()) {
      return;
    }
    await changed;
  }
}

async function healthOfApplications(api: SandboxApi): Promise<Record<string, string | undefined>> {
  const found = await api.list<Application>('/apis/argoproj.io/v1alpha1/namespaces/argocd/applications');
  return Object.fromEntries(found.map(({ metadata, status }) => [metadata.name, status?.health?.status]));
}

const everyApp = ['postgres-auth', 'postgres', 'redis-tunnel-state', 'api-backend', 'web', 'grafana', 'prometheus'];

async function allReady(api: SandboxApi): Promise<boolean> {
  const pods = await Promise.all(everyApp.map((app) => api.pod(app)));
  return pods.every(isReady);
}

describe('the incident', () => {
  test('stands when the sandbox opens: each container names the first key that it lacks', async () => {
    const api = new SandboxApi(await sandbox({ speed: 1 }));
    expect(containerStates(await api.pod('postgres-auth'))).toEqual([`postgres: ${missing('postgres-auth-password')}`]);
    expect(containerStates(await api.pod('grafana'))).toEqual([`grafana: ${missing('admin-password')}`]);
    expect(containerStates(await api.pod('api-backend'))).toEqual([
      'wait-for-postgres: Completed',
      `db-migrate: ${missing('postgres-auth-password')}`,
      'api-backend: PodInitializing',
    ]);
    expect(containerStates(await api.pod('web'))).toEqual(['wait-for-api: running', 'web: PodInitializing']);
    expect(isReady(await api.pod('postgres'))).toBe(true);
  });

  test('has gone on for minutes, and Argo CD says what it makes of it', async () => {
    const started = await sandbox({ speed: 1 });
    const api = new SandboxApi(started);
    const { metadata } = await api.pod('postgres-auth');
    const age = started.clock.now().getTime() - Date.parse(metadata.creationTimestamp ?? '');
    expect(age).toBeGreaterThan(10 * 60_000);
    expect(Math.abs(started.clock.now().getTime() - Date.now())).toBeLessThan(60_000);
    expect(await healthOfApplications(api)).toEqual({
      postgres: 'Progressing',
      'api-backend': 'Degraded',
      'web-frontend': 'Degraded',
      monitoring: 'Degraded',
    });
  });

  test('ends by itself once all keys are there, within the kubelet’s retry and the chain behind it', async () => {
    const started = await sandbox();
    const api = new SandboxApi(started);
    let since = 0;
    started.store.subscribe(({ resource }) => {
      since = resource === 'secrets' ? started.clock.now().getTime() : since;
    });
    expect((await api.patchSecret(backupValues(started))).status).toBe(200);
    await until(started, () => allReady(api));
    const { containerStatuses } = (await api.pod('postgres-auth')).status ?? {};
    const ran = Date.parse(containerStatuses?.[0]?.state?.running?.startedAt ?? '');
    expect(ran - since).toBeLessThan(15_000);
    expect(readySince(await api.pod('web')) - since).toBeLessThan(20_000);
    await until(started, async () =>
      Object.values(await healthOfApplications(api)).every((word) => word === 'Healthy'),
    );
    expect(JSON.parse((await api.serviceGet('api-backend:8080', '/health')).body)).toEqual({
      status: 'ok',
      database: { status: 'connected' },
    });
    expect((await api.serviceGet('web:8080', '/health')).status).toBe(200);
  });

  test('goes on with the next key where only the two named ones are restored', async () => {
    const started = await sandbox();
    const api = new SandboxApi(started);
    const values = backupValues(started);
    const named = ['postgres-auth-password', 'admin-password'].map((key) => [key, values[key] ?? '']);
    await api.patchSecret(Object.fromEntries(named) as Record<string, string>);
    await until(started, async () => {
      const states = containerStates(await api.pod('api-backend'));
      return states.includes(`db-migrate: ${missing('auth0-issuer-url')}`);
    });
    await until(started, async () => isReady(await api.pod('postgres-auth')));
    expect(containerStates(await api.pod('web'))).toEqual(['wait-for-api: running', 'web: PodInitializing']);
  });

  test('a pod that is deleted while it waits does not wait for the retry', async () => {
    const started = await sandbox({ speed: 20 });
    const api = new SandboxApi(started);
    await api.patchSecret(backupValues(started));
    const blocked = await api.pod('postgres-auth');
    expect((await api.deletePod(blocked)).status).toBe(200);
    let next = blocked;
    await until(started, async () => {
      next = await api.pod('postgres-auth').catch(() => blocked);
      return next.metadata.uid !== blocked.metadata.uid && isReady(next);
    });
    // By the cluster's own stamps, which do not depend on how busy the machine is.
    expect(readySince(next) - Date.parse(next.metadata.creationTimestamp ?? '')).toBeLessThan(6_000);
  });

  test('a password that is not the one of the volume starts the database and keeps the API from it', async () => {
    const started = await sandbox();
    const api = new SandboxApi(started);
    await api.patchSecret({ ...backupValues(started), 'postgres-auth-password': 'w'.repeat(20) });
    await until(started, async () => {
      const { state } = (await api.pod('api-backend')).status?.containerStatuses?.[0] ?? {};
      return isReady(await api.pod('postgres-auth')) && state?.running !== undefined;
    });
    const pod = await api.pod('api-backend');
    const body = { status: 'degraded', database: { status: 'unreachable', detail: 'postgres-auth: 28P01' } };
    expect(await health(started, pod)).toMatchObject({ status: 503, body: JSON.stringify(body) });
    expect(isReady(pod)).toBe(false);
  });
});

function readySince({ status }: Pod): number {
  const condition = status?.conditions?.find(({ type }) => type === 'Ready') as { lastTransitionTime?: string };
  return Date.parse(condition.lastTransitionTime ?? '');
}

/** Asks the program in a pod directly: no Service leads to one that is not ready. */
async function health({ store, clock, programs }: Sandbox, { metadata }: Pod): Promise<unknown> {
  await new Promise<void>((resolve) => {
    clock.after(1000, resolve);
  });
  const stored = store.get('pods', metadata.namespace, metadata.name)!;
  return programs.httpGet(stored, { port: 8080, path: '/health', headers: {} });
}

describe('the other scenarios', () => {
  test('total-secret-loss: the Secret is gone and whatever needs it cannot start', async () => {
    const api = new SandboxApi(await sandbox({ scenario: 'total-secret-loss', speed: 1 }));
    const gone = 'CreateContainerConfigError secret "cloudtolocalllm-secrets" not found';
    for (const [app, container] of [
      ['postgres-auth', 'postgres'],
      ['postgres', 'postgres'],
      ['grafana', 'grafana'],
    ] as const) {
      expect(containerStates(await api.pod(app))).toEqual([`${container}: ${gone}`]);
    }
    expect(containerStates(await api.pod('api-backend'))[0]).toBe('wait-for-postgres: running');
    expect(isReady(await api.pod('prometheus'))).toBe(true);
    expect(await healthOfApplications(api)).toEqual({
      postgres: 'Progressing',
      'api-backend': 'Progressing',
      'web-frontend': 'Progressing',
      monitoring: 'Progressing',
    });
  });

  test('healthy: everything is ready and Argo CD is green', async () => {
    const api = new SandboxApi(await sandbox({ scenario: 'healthy', speed: 1 }));
    expect(await allReady(api)).toBe(true);
    expect(new Set(Object.values(await healthOfApplications(api)))).toEqual(new Set(['Healthy']));
  });

  test('one that does not exist is refused with those that do', async () => {
    await expect(sandbox({ scenario: 'flood' })).rejects.toMatchObject({
      code: 'usage',
      message: "no scenario 'flood'",
      hint: 'scenarios: incident, total-secret-loss, healthy, empty',
    });
  });
});

test('no two sandboxes share a value, and each value is as strong as the stack asks for', async () => {
  const [first, second] = [backupValues(await sandbox()), backupValues(await sandbox())];
  expect(Object.keys(first)).toHaveLength(12);
  for (const [key, value] of Object.entries(first)) {
    expect([key, second[key]]).not.toEqual([key, value]);
  }
  expect(first['admin-password']!.length).toBeGreaterThanOrEqual(16);
  expect(Buffer.from(first['jwt-secret']!, 'base64')).toHaveLength(32);
});
