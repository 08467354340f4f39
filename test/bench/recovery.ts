import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestCluster } from '../e2e/support/cluster.ts';
import { basicAuthStatus, postgresLogin, serviceGet } from '../e2e/support/proofs.ts';
import { collection, namespace, pod, pods, secretName } from '../e2e/support/stack.ts';
import { untilStates } from '../e2e/support/states.ts';
import { envBackup, keptKeys } from '../e2e/support/values.ts';
import { until } from '../e2e/support/wait.ts';
import { start } from '../support/built-program.ts';
import { home, median } from './measure.ts';
import type { Row } from './rows.ts';

const workloads = 8;
const stuck = ['postgres-auth', 'grafana', 'api-backend'] as const;
const secretPath = `${collection('Secret')}/${secretName}`;
type Values = Readonly<Record<string, string>>;

function lostKeys(values: Values): string[] {
  return Object.keys(values).filter((key) => !(keptKeys as readonly string[]).includes(key));
}

async function deletePods(cluster: TestCluster, apps: readonly string[]): Promise<void> {
  const found = await Promise.all(apps.map((app) => pod(cluster, app)));
  const names = found.flatMap((one) => (one === undefined ? [] : [one.metadata.name]));
  await Promise.all(names.map((name) => cluster.remove(`/api/v1/namespaces/${namespace}/pods/${name}`)));
}

/** Loses the keys again and waits until every consumer stands as in the incident. */
async function breakAgain(cluster: TestCluster, values: Values): Promise<void> {
  await cluster.patch(`${secretPath}?fieldManager=bench-breaks`, {
    data: Object.fromEntries(lostKeys(values).map((key) => [key, null])),
  });
  await deletePods(cluster, [...stuck, 'web']);
  const noKey = (key: string): string =>
    `CreateContainerConfigError: couldn't find key ${key} in Secret ${namespace}/${secretName}`;
  await untilStates(cluster, 'postgres-auth', { postgres: noKey('postgres-auth-password') });
  await untilStates(cluster, 'grafana', { grafana: noKey('admin-password') });
  await untilStates(cluster, 'api-backend', { 'db-migrate': noKey('postgres-auth-password') });
  await untilStates(cluster, 'web', { 'wait-for-api': 'running' });
}

/** As many ready pods as there were workloads, and no other. */
async function allReady(cluster: TestCluster): Promise<boolean> {
  const live = await pods(cluster);
  const ready = live.filter(({ status }) =>
    status?.conditions?.some((one) => one.type === 'Ready' && one.status === 'True'),
  );
  return ready.length === workloads && live.length === workloads;
}

async function verified(cluster: TestCluster, values: Values): Promise<boolean> {
  const login = { user: 'appuser', database: 'auth', password: values['postgres-auth-password']! };
  const grafana = { app: 'grafana', port: 3000, path: '/api/org' };
  const admin = { user: 'admin', password: values['admin-password']! };
  const proofs = [
    async () => (await postgresLogin(cluster, 'postgres-auth', login)).exitCode === 0,
    async () => (await serviceGet(cluster, 'api-backend', 8080, '/health')).status === 200,
    async () => (await serviceGet(cluster, 'web', 8080, '/health')).status === 200,
    async () => (await basicAuthStatus(cluster, grafana, admin)) === 200,
  ];
  return (await Promise.all(proofs.map((proof) => proof().catch(() => false)))).every(Boolean);
}

/** The best a person could do: all keys in one patch, exactly the right pods at once, a look twice a second. */
async function byHand(cluster: TestCluster, values: Values): Promise<number> {
  const data = lostKeys(values).map((key) => [key, Buffer.from(values[key]!).toString('base64')]);
  await cluster.patch(`${secretPath}?fieldManager=kubectl-patch`, { data: Object.fromEntries(data) as object });
  const written = performance.now();
  await deletePods(cluster, stuck);
  await until(
    'recovery by hand',
    async () => ((await allReady(cluster)) && (await verified(cluster, values)) ? true : undefined),
    {
      within: 120_000,
      every: 500,
    },
  );
  return performance.now() - written;
}

/** From the moment that somebody else sees the keys in the Secret to the end of the program. */
async function byC2l(cluster: TestCluster, values: Values, backup: string): Promise<number> {
  const walk = start(['stabilize', '--yes', '--from', `env:${backup}`, '--kubeconfig', cluster.kubeconfigPath], {
    timeoutMs: 240_000,
  });
  const restored = async (): Promise<number | undefined> => {
    const found = (await cluster.get(secretPath)) as { data?: Record<string, string> } | undefined;
    return found?.data?.['admin-password'] === undefined ? undefined : performance.now();
  };
  const written = await until('the Secret to be written', restored, { within: 60_000, every: 20 });
  const { exitCode, stderr } = await walk.finished;
  const ended = performance.now();
  if (exitCode !== 0 || !(await verified(cluster, values)))
    throw new Error(`stabilize: ${String(exitCode)}\n${stderr}`);
  return ended - written;
}

/** From the Secret written to everything verified, against the best by hand, on a deployed incident. */
export async function recoveryRow(cluster: TestCluster, values: Values, pairs: number): Promise<Row> {
  const backup = join(home, 'backup.env');
  writeFileSync(backup, envBackup(values), { mode: 0o600 });
  // The first recovery makes the database; every measured one finds it, as a real outage does.
  await byHand(cluster, values);
  const times = { byHand: [] as number[], byC2l: [] as number[] };
  for (let pair = 0; pair < pairs; pair++) {
    await breakAgain(cluster, values);
    times.byHand.push(await byHand(cluster, values));
    await breakAgain(cluster, values);
    times.byC2l.push(await byC2l(cluster, values, backup));
    const [hand, ours] = [times.byHand, times.byC2l].map((list) => ((list.at(-1) ?? 0) / 1000).toFixed(1));
    process.stderr.write(`recovery ${String(pair + 1)} of ${String(pairs)}: by hand ${hand!} s, c2l ${ours!} s\n`);
  }
  return {
    measured: 'Secret written to all verified, real cluster',
    value: median(times.byC2l) / 1000,
    unit: 's',
    against: { name: 'by hand', value: median(times.byHand) / 1000 },
    limit: 1.1,
  };
}
