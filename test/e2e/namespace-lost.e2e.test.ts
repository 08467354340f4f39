import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import type { WalkReport } from '../../src/core/reports/walk-report.ts';
import { automated, GitApplications } from '../contract/support/git-applications.ts';
import type { KubeObject as SentObject } from '../contract/support/worlds.ts';
import { start } from '../support/built-program.ts';
import { serveVault, type ServedVault } from '../support/served-vault.ts';
import { TestCluster, type KubeObject } from './support/cluster.ts';
import { bindEmptyVolumes, freeVolumes } from './support/volumes.ts';
import { until } from './support/wait.ts';

jest.setTimeout(300_000);

const namespace = 'lost-e2e';
const secretName = 'shop-secrets';
const path = `/api/v1/namespaces/${namespace}`;
const password = `p#"%$ ${randomBytes(12).toString('hex')}`;
const sessionKey = randomBytes(24).toString('base64');
const claim = {
  name: 'data',
  spec: {
    accessModes: ['ReadWriteOnce'],
    storageClassName: 'standard',
    resources: { requests: { storage: '1Gi' } },
  },
};
const common = { image: 'postgres:16-alpine', imagePullPolicy: 'IfNotPresent', resources: { requests: { cpu: '5m' } } };
const fromSecret = (name: string, key = 'db-password') => ({
  name,
  valueFrom: { secretKeyRef: { name: secretName, key } },
});

function workload(kind: string, name: string, container: object, volumes: readonly object[] = []): object {
  const spec = { terminationGracePeriodSeconds: 1, containers: [{ ...common, name, ...container }], volumes };
  const template = { metadata: { labels: { app: name } }, spec };
  const more = kind === 'StatefulSet' ? { serviceName: name } : {};
  return {
    apiVersion: 'apps/v1',
    kind,
    metadata: { name },
    spec: { replicas: 1, selector: { matchLabels: { app: name } }, template, ...more },
  };
}

/** What Git holds: everything but the Secret, and no namespace. */
const manifests = {
  'shop/claim.yaml': {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { name: claim.name },
    spec: claim.spec,
  },
  'shop/service.yaml': {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'db' },
    spec: { clusterIP: 'None', selector: { app: 'db' }, ports: [{ port: 5432 }] },
  },
  'shop/db.yaml': workload(
    'StatefulSet',
    'db',
    {
      env: [fromSecret('POSTGRES_PASSWORD'), { name: 'PGDATA', value: '/data/pg' }],
      readinessProbe: { exec: { command: ['pg_isready', '-h', '127.0.0.1'] }, periodSeconds: 1 },
      volumeMounts: [{ name: 'data', mountPath: '/data' }],
    },
    [{ name: 'data', persistentVolumeClaim: { claimName: claim.name } }],
  ),
  'shop/api.yaml': workload('Deployment', 'api', {
    command: ['sleep', '3600'],
    env: [
      fromSecret('SESSION_KEY', 'session-key'),
      fromSecret('PGPASSWORD'),
      { name: 'PGHOST', value: 'db' },
      { name: 'PGUSER', value: 'postgres' },
    ],
    readinessProbe: { exec: { command: ['psql', '-c', 'select 1'] }, periodSeconds: 1, timeoutSeconds: 3 },
  }),
};

const stack = {
  version: 1,
  name: 'lost',
  namespaces: [namespace],
  argocd: { applications: [namespace] },
  secrets: [{ name: secretName, keys: { 'db-password': {}, 'session-key': {} } }],
  components: [
    {
      name: 'db',
      workload: 'StatefulSet/db',
      checks: [
        {
          kind: 'postgres-login',
          user: { value: 'postgres' },
          password: { secret: secretName, key: 'db-password' },
        },
      ],
    },
    { name: 'api', workload: 'Deployment/api', dependsOn: ['db'] },
  ],
};

let cluster: TestCluster;
let git: GitApplications;
let vault: ServedVault;
const inFolder = (name: string) => join(git.folder, name);

function worldOf(of: TestCluster): ConstructorParameters<typeof GitApplications>[0] {
  return {
    send: async (method, place, body, contentType) => {
      const { status, text } = await of.send(method, place, body as object | undefined, contentType);
      return { status, text, body: JSON.parse(text) as SentObject };
    },
    eventually: (what, look, within = 60_000) => until(what, look, { within }),
  };
}

function sql(text: string): string {
  const place = ['--kubeconfig', cluster.kubeconfigPath, '-n', namespace];
  return execFileSync('kubectl', [...place, 'exec', 'deploy/api', '--', 'psql', '-tAc', text], { encoding: 'utf8' });
}

async function ready(app: string): Promise<void> {
  const found = async (): Promise<KubeObject | undefined> =>
    (await cluster.list(`${path}/pods?labelSelector=app%3D${app}`)).find(
      ({ metadata }) => metadata.deletionTimestamp === undefined,
    );
  await until(
    `${app} ready`,
    async () =>
      (await found())?.status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') ||
      undefined,
    {
      within: 120_000,
      seen: async () => JSON.stringify((await found())?.status ?? (await git.read(namespace))['status']),
    },
  );
}

const volume = async (): Promise<KubeObject> => {
  const volumes = await cluster.list('/api/v1/persistentvolumes');
  return volumes.find(({ spec }) => spec?.claimRef?.namespace === namespace)!;
};

async function remove(): Promise<void> {
  await cluster.remove(path);
  await until('namespace gone', async () => ((await cluster.get(path)) ? undefined : true), { within: 90_000 });
}

const told = process.env['C2L_E2E_CONTROLLERS'] === '1' ? describe : describe.skip;

told('a namespace that is gone with all that was in it, but for the volume', () => {
  beforeAll(async () => {
    cluster = TestCluster.open();
    git = new GitApplications(worldOf(cluster));
    writeFileSync(inFolder('c2l.yaml'), JSON.stringify(stack));
    // Neither has everything.
    writeFileSync(inFolder('backup.env'), `SESSION_KEY='${sessionKey}'\n`, { mode: 0o600 });
    vault = await serveVault();
    await vault.send('PUT', '/secrets/db-password', { value: password });
    await remove();
    await freeVolumes(cluster, namespace);
    await cluster.create('/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });
    await cluster.create(`${path}/secrets`, {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: secretName },
      stringData: { 'db-password': password, 'session-key': sessionKey },
    });
    await bindEmptyVolumes(cluster, namespace, [claim]);
    git.commit(manifests);
    await git.create(git.manifest(namespace, 'shop', namespace));
    await Promise.all([ready('db'), ready('api')]);
    sql("create table orders as select 'kept' as state");
  });

  afterAll(async () => {
    await git.close();
    await vault.stop();
    await remove();
    await freeVolumes(cluster, namespace);
  });

  test('comes back: c2l makes it and the Secret, Argo CD brings the rest, and the old volume is bound again', async () => {
    const before = await volume();
    await remove();
    // The claim is gone for good: whoever wants its data back says that another claim of that name may have it.
    await cluster.patch(`/api/v1/persistentvolumes/${before.metadata.name}`, {
      spec: { claimRef: { uid: null, resourceVersion: null } },
    });

    const from = ['--from', `azure-key-vault:${vault.url}`, '--from', `env:${inFolder('backup.env')}`];
    const argv = ['stabilize', '--yes', '--config', inFolder('c2l.yaml'), ...from];
    const where = ['--kubeconfig', cluster.kubeconfigPath, '--timeout', '3m', '-o', 'json'];
    const run = start([...argv, ...where], { env: vault.env, timeoutMs: 240_000 });
    const { exitCode, stdout, stderr } = await run.finished;

    const report = JSON.parse(stdout) as WalkReport;
    expect([exitCode, report.verdict, stderr]).toEqual([0, 'ok', expect.not.stringContaining(password)]);
    for (const value of [password, sessionKey]) expect(stdout).not.toContain(value);
    const audited = report.phases[0]?.report?.findings.map(({ code }) => code);
    expect(audited).toContain('namespace-missing');
    const fixed = report.phases[1]?.report;
    const steps = fixed?.command === 'fix-secrets' ? fixed.outcomes : [];
    expect(steps.map(({ action, outcome }) => `${action} ${outcome}`)).toEqual([
      'create-namespace done',
      'create-secret done',
    ]);
    const planned = fixed?.command === 'fix-secrets' ? fixed.plan.flatMap(({ keys }) => keys) : [];
    expect(planned.map(({ key, source }) => [key, source?.split(':')[0]])).toEqual([
      ['db-password', 'azure-key-vault'],
      ['session-key', 'env'],
    ]);
    expect((await volume()).metadata.name).toBe(before.metadata.name);
    expect(sql('select state from orders')).toBe('kept\n');
    // By its own doing: nobody changed how it syncs.
    const { spec } = (await git.read(namespace)) as { spec?: { syncPolicy?: object } };
    expect(spec?.syncPolicy).toEqual({ automated });
  });
});
