import { expect, test } from '@jest/globals';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { ExitCode } from '../../src/exit-codes.ts';
import type { Sandbox } from '../../src/sandbox/sandbox.ts';
import { boundRoles, readDocuments } from '../contract/support/role-account.ts';
import { drill, type Answer, namespace, newFolder, run, secretName, secrets } from '../support/drill-world.ts';
import { runCli } from '../support/run-cli.ts';
import { sandbox } from '../support/sandbox.ts';

/** Under the Role that is printed for drills; what is told of it, and every Secret is as it was. */
async function recovered(cluster: Sandbox, name: string): Promise<Answer['report']> {
  const before = secrets(cluster);
  const printed = await runCli(['generate', 'rbac', '--for', 'dr-drill', '--stack', 'cloudtolocalllm']);
  const documents = readDocuments(printed.stdout);
  for (const { kind, metadata } of documents) {
    if (kind === 'Namespace') cluster.store.create('namespaces', { apiVersion: 'v1', kind, metadata });
  }
  cluster.allowOnly(boundRoles(documents));

  const { code, report } = await drill(cluster, run(name));

  expect({ code, error: report.error?.message, outcome: report.outcome, verdict: report.verdict }).toEqual({
    code: 0,
    outcome: 'recovered',
    verdict: 'ok',
  });
  expect(secrets(cluster)).toEqual(before);
  expect(report.data.map(({ component, state }) => `${component} ${state}`)).toEqual([
    'postgres-auth kept',
    'postgres kept',
  ]);
  const { phases, tookMs } = report.recovery!;
  expect(phases.map((phase) => phase.name)).toEqual([
    'detect',
    'decide',
    'values',
    'write',
    'first-pod',
    'all-verified',
  ]);
  const sum = phases.reduce((total, { durationMs }) => total + durationMs, 0);
  // Between them lie lines of the journal, which take longer on a machine that is busy.
  expect(Math.abs(sum - tookMs)).toBeLessThan(Math.max(200, tookMs * 0.15));
  return report;
}

test.each([
  'total-secret-loss',
  'missing-keys',
  'wrong-value',
  'corrupted-value',
  'vault-outage',
  'registry-credentials-loss',
])('%s is recovered from under the printed Role, and every Secret is as it was', async (name) => {
  await recovered(await sandbox({ scenario: 'healthy' }), name);
});

test('a revision that an earlier repair kept is lost and put back, and nobody is blamed for it', async () => {
  const cluster = await sandbox({ scenario: 'incident' });
  const cwd = newFolder();
  writeFileSync(join(cwd, 'backup.env'), cluster.envBackupText, { mode: 0o600 });
  const from = ['--from', 'env:backup.env', '-n', namespace];
  await runCli(['stabilize', '--yes', ...from], { kubeconfig: cluster.kubeconfig, cwd });
  const before = secrets(cluster);

  const { report } = await drill(cluster, run('total-secret-loss'));

  expect(report.faults.map(({ object }) => object.name)).toContainEqual(expect.stringContaining('.c2l-'));
  expect({ outcome: report.outcome, wrong: report.wrong }).toEqual({ outcome: 'recovered', wrong: [] });
  expect(secrets(cluster)).toEqual(before);
});

/** Every workload as its deployer knows it, and the claims. */
function workloads({ store }: Sandbox): object[] {
  return ['deployments', 'statefulsets', 'daemonsets', 'persistentvolumeclaims'].flatMap((resource) =>
    store.list(resource, namespace).map(({ kind, metadata, spec }) => {
      const { labels = {}, annotations = {} } = metadata;
      const own = Object.entries(annotations).filter(([key]) => key !== 'deployment.kubernetes.io/revision');
      return { kind, name: metadata.name, labels, annotations: Object.fromEntries(own), spec };
    }),
  );
}

test.each([
  ['Argo CD brings the workloads', true, /^Argo CD brings 7 workloads/],
  ['the copies bring the workloads', false, /^bring 7 workloads back from the copies in namespace c2l-drill$/],
])('namespace-loss: %s', async (_, selfHeal, says) => {
  const cluster = await sandbox({ scenario: 'healthy' });
  for (const { metadata } of cluster.store.list('applications')) {
    cluster.store.mutate('applications', metadata.namespace, metadata.name, (application) => {
      application['spec'] = {
        ...(application['spec'] as object),
        ...(!selfHeal && { syncPolicy: {} }),
      };
    });
  }
  const before = workloads(cluster);

  const report = await recovered(cluster, 'namespace-loss');

  expect(report.wrong).toEqual([]);
  expect(report.timeline.map(({ detail }) => detail)).toContainEqual(expect.stringMatching(says));
  expect(workloads(cluster)).toEqual(before);
});

test('owner-fight: the recovery is begun again each time that it was undone', async () => {
  const cluster = await sandbox({ scenario: 'healthy' });

  const report = await recovered(cluster, 'owner-fight');

  expect(report.wrong).toEqual(Array(2).fill('somebody else broke the Secrets again: the recovery was begun again'));
  const told = report.timeline.map(({ detail }) => detail);
  // Each write is told when it was made, not when all is over.
  const written = told.findIndex((detail) => detail.startsWith('written: '));
  expect(written).toBeGreaterThan(0);
  expect(written).toBeLessThan(told.findLastIndex((detail) => detail.endsWith('again, after its repair')));
});

test('registry-credentials-loss does not start where the backup does not hold the credentials', async () => {
  const cluster = await sandbox({ scenario: 'healthy' });
  const cwd = newFolder();
  const lines = cluster.envBackupText.split('\n').filter((line) => !line.startsWith('REGCRED'));
  writeFileSync(join(cwd, 'poor.env'), lines.join('\n'), { mode: 0o600 });
  const argv = ['run', 'registry-credentials-loss', '--confirm', 'c2l-sandbox', '--from', 'env:poor.env'];

  const { code, report } = await drill(cluster, argv, { cwd });

  expect({ code, outcome: report.outcome }).toEqual({ code: ExitCode.problems, outcome: 'not-started' });
  expect(report.findings.map(({ object, key }) => `${object.name} ${key ?? ''}`)).toEqual([
    'regcred .dockerconfigjson',
  ]);
});

/** A Secret that External Secrets writes, and a workload that needs it. */
async function deployOwned(cluster: Sandbox): Promise<void> {
  const token = 'taken-from-a-store-elsewhere';
  const external = { apiVersion: 'external-secrets.io/v1' };
  const place = { namespace, name: 'owned' };
  const { store } = cluster;
  store.create('secretstores', {
    ...external,
    kind: 'SecretStore',
    metadata: place,
    spec: { provider: { fake: { data: [{ key: 'token', value: token, version: 'v1' }] } } },
  });
  store.create('externalsecrets', {
    ...external,
    kind: 'ExternalSecret',
    metadata: place,
    spec: {
      refreshInterval: '1h',
      secretStoreRef: { kind: 'SecretStore', name: 'owned' },
      target: { name: 'owned', creationPolicy: 'Owner' },
      data: [{ secretKey: 'token', remoteRef: { key: 'token', version: 'v1' } }],
    },
  });
  const env = [{ name: 'TOKEN', valueFrom: { secretKeyRef: { name: 'owned', key: 'token' } } }];
  const container = { name: 'owned', image: 'busybox:1.36', command: ['sleep', '3600'], env };
  store.create('deployments', {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: place,
    spec: {
      replicas: 1,
      selector: { matchLabels: { app: 'owned' } },
      template: { metadata: { labels: { app: 'owned' } }, spec: { containers: [container] } },
    },
  });
  const isReady = () => (store.get('deployments', namespace, 'owned')?.['status'] as Ready | undefined)?.readyReplicas;
  while (isReady() !== 1) await new Promise((resolve) => setImmediate(resolve));
}

interface Ready {
  readonly readyReplicas?: number;
}

const owners = ({ store }: Sandbox) =>
  store.list('externalsecrets').map(({ spec, metadata: { annotations = {} } }) => ({
    spec,
    paused: annotations['c2l.dev/paused-sync'],
  }));

test.each([
  ['lose-secrets, secrets: [owned]', 'is deleted'],
  ['lose-keys, keys: [token]', 'loses token'],
])('External Secrets is paused for the fault, and brings the Secret back: %s', async (fault, says) => {
  const cluster = await sandbox({ scenario: 'healthy' });
  await deployOwned(cluster);
  const before = { owners: owners(cluster), secrets: secrets(cluster) };
  const cwd = newFolder();
  const backup = `${cluster.envBackupText}TOKEN='taken-from-a-store-elsewhere'\n`;
  writeFileSync(join(cwd, 'full.env'), backup, { mode: 0o600 });
  const text = `version: 1\nname: mine\ndescription: its own\nfaults: [{ kind: ${fault} }]\n`;
  writeFileSync(join(cwd, 'mine.yaml'), text);

  const argv = ['run', './mine.yaml', '--confirm', 'c2l-sandbox', '--from', 'env:full.env'];
  const { code, report } = await drill(cluster, argv, { cwd });

  expect({ code, outcome: report.outcome, wrong: report.wrong }).toEqual({ code: 0, outcome: 'recovered', wrong: [] });
  const told = report.timeline.map(({ detail }) => detail);
  const order = ['pause externalsecret/owned', `secret/owned ${says}`, 'those that were paused write again'];
  expect(told.filter((detail) => order.includes(detail))).toEqual(order);
  expect({ owners: owners(cluster), secrets: secrets(cluster) }).toEqual(before);
});

test('current-state recovers what is broken now, and that stays', async () => {
  const cluster = await sandbox();

  const { code, report } = await drill(cluster, run('current-state'));

  expect({ code, outcome: report.outcome }).toEqual({ code: 0, outcome: 'recovered' });
  const secret = cluster.store.get('secrets', namespace, secretName)!;
  expect(Object.keys(secret['data'] as object)).toContain('postgres-auth-password');
});
