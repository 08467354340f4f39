import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { parse } from 'yaml';

import { systemClock } from '../../src/adapters/system-clock.ts';
import type { FixReport } from '../../src/core/fix/secret-reports.ts';
import type { Sandbox } from '../../src/sandbox/sandbox.ts';
import type { NewObject } from '../../src/sandbox/store/stored-object.ts';
import { kubesealStandIn, type KubesealStandIn } from '../support/kubeseal-stand-in.ts';
import { runCli, type CliOptions, type CliResult } from '../support/run-cli.ts';
import { sandbox } from '../support/sandbox.ts';
import { sealingKey, type SealingKey } from '../support/sealing-key.ts';

const namespace = 'team';
const value = 'from-the-backup-0123456789';
const folder = mkdtempSync(join(tmpdir(), 'c2l-seal-values-'));

let standIn: KubesealStandIn;
let key: SealingKey;
let cluster: Sandbox;

beforeAll(async () => {
  [standIn, key] = [await kubesealStandIn(), await sealingKey()];
  writeFileSync(join(folder, 'values.env'), `PASSWORD=${value}\n`, { mode: 0o600 });
  writeFileSync(join(folder, 'cert.pem'), key.certificate);
  writeFileSync(join(folder, 'old.pem'), (await sealingKey(new Date(86_400_000))).certificate);
});

afterAll(async () => {
  await standIn.remove();
  rmSync(folder, { recursive: true });
});

/** A Secret of Sealed Secrets in which one key was never sealed. */
beforeEach(async () => {
  cluster = await sandbox();
  const { store } = cluster;
  store.create('namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });
  store.create('secrets', { ...key.secret, metadata: { ...key.secret.metadata, namespace } });
  store.create('sealedsecrets', {
    apiVersion: 'bitnami.com/v1alpha1',
    kind: 'SealedSecret',
    metadata: { namespace, name: 'app', annotations: { 'sealedsecrets.bitnami.com/namespace-wide': 'true' } },
    spec: { encryptedData: {}, template: { metadata: { labels: { app: 'shop' } } } },
  });
  const env = [{ name: 'PASSWORD', valueFrom: { secretKeyRef: { name: 'app', key: 'password' } } }];
  const spec = { containers: [{ name: 'main', image: 'example.test/main', env }] };
  store.create('pods', { apiVersion: 'v1', kind: 'Pod', metadata: { namespace, name: 'app' }, spec });
});

function fix(argv: readonly string[], options: CliOptions = {}): Promise<CliResult> {
  const all = ['fix-secrets', '-n', namespace, '--from', 'env:values.env', '--yes', ...argv];
  return runCli(all, { kubeconfig: cluster.kubeconfig, cwd: folder, env: { PATH: standIn.path }, ...options });
}

function held(): string | undefined {
  const secret = cluster.store.get('secrets', namespace, 'app') as unknown as
    { data?: Record<string, string> } | undefined;
  const text = secret?.data?.['password'];
  return text === undefined ? undefined : Buffer.from(text, 'base64').toString();
}

/** Its controllers work while the process does anything else. */
async function until(isSo: () => boolean): Promise<void> {
  for (let looks = 0; looks < 200 && !isSo(); looks++) await systemClock.sleep(10, AbortSignal.timeout(60_000));
  expect(isSo()).toBe(true);
}

/** What the controller makes of the manifest that was printed. */
function apply(manifest: NewObject): void {
  cluster.store.mutate('sealedsecrets', namespace, 'app', (draft) => {
    draft['spec'] = manifest['spec'];
  });
  cluster.store.remove('secrets', namespace, 'app');
}

test('is sealed for the controller, which makes the key of what was printed', async () => {
  const { code, stdout } = await fix(['--seal-cert', 'cert.pem', '-o', 'json']);
  const report = JSON.parse(stdout) as FixReport;
  expect([code, report.verdict]).toEqual([1, 'problems']);
  expect(report.outcomes).toEqual([
    {
      action: 'seal-values',
      object: { kind: 'SealedSecret', namespace, name: 'app' },
      outcome: 'done',
      detail: 'password sealed: sealedsecret/app is to be committed and applied',
    },
  ]);
  expect(report.plan).toMatchObject([{ action: 'seal', keys: [{ key: 'password', change: 'ADD' }] }]);
  expect(report.sealed).toMatchObject([
    {
      kind: 'SealedSecret',
      metadata: { name: 'app', namespace, annotations: { 'sealedsecrets.bitnami.com/namespace-wide': 'true' } },
      spec: { template: { metadata: { labels: { app: 'shop' } } } },
    },
  ]);
  expect(held()).toBeUndefined();
  apply(report.sealed?.[0] as unknown as NewObject);
  await until(() => held() === value);
  expect([stdout.includes(value), (await standIn.calls()).includes(value)]).toEqual([false, false]);
});

test('is printed as a manifest to commit, and said so', async () => {
  const { stdout } = await fix(['--seal-cert', 'cert.pem']);
  const [, text = ''] = stdout.split('\n---\n');
  const end = text.search(/^(?![ a-zA-Z"]+.*: ?)/m);
  const manifest = parse(text.slice(0, end)) as NewObject;
  expect(manifest).toMatchObject({ kind: 'SealedSecret', metadata: { name: 'app', namespace } });
  expect(stdout.trimEnd().split('\n').at(-1)).toMatch(/commit the SealedSecret above.*kubectl apply -f FILE/);
});

test('is not sealed in a dry run, which says that it would be', async () => {
  const { code, stdout } = await fix(['--seal-cert', 'cert.pem', '--dry-run', '-o', 'json']);
  const report = JSON.parse(stdout) as FixReport;
  expect([code, report.plan, report.outcomes, report.sealed]).toEqual([
    1,
    [expect.objectContaining({ action: 'seal' })],
    [],
    undefined,
  ]);
});

test.each([
  ['kubeseal is not there', { PATH: '/nowhere' }, ['--seal-cert', 'cert.pem'], /kubeseal is not on PATH/],
  [
    'no controller gives its certificate',
    {},
    [],
    /no certificate of the Sealed\s+Secrets controller: it is not at kube-system\/.*--seal-cert FILE/s,
  ],
  ['the usual certificate has ended', { SEALED_SECRETS_CERT: 'old.pem' }, [], /certificate of old\.pem ended at 1970/],
] as const)('where %s it is refused, with what to do by hand', async (_, env, argv, says) => {
  const { code, stderr } = await fix(argv, { env: { PATH: standIn.path, ...env } });
  expect([code, stderr]).toEqual([2, expect.stringMatching(says)]);
  expect(stderr).toMatch(/is written by Sealed Secrets \(app\).*seal the values with kubeseal/);
});

test.each([
  [
    'cannot be read',
    ['--seal-cert', 'none.pem'],
    /certificate none\.pem cannot be read: there is no such file; .*--fetch-cert/,
  ],
  ['has ended', ['--seal-cert', 'old.pem'], /certificate of old\.pem ended at 1970-01-02/],
  ['is none', ['--seal-cert', 'values.env'], /values\.env holds no certificate/],
  ['no such controller has', ['--seal-controller', 'here/nobody'], /controller: it is not at here\/nobody; name it/],
])('a certificate that %s is named, and nothing is done', async (_, argv, says) => {
  const { code, stderr } = await fix(argv);
  expect([code, stderr]).toEqual([2, expect.stringMatching(says)]);
});

test('the right to ask the controller is named where it is missing', async () => {
  cluster.deny({ verb: 'get', resource: 'services', subresource: 'proxy' });
  const { code, stderr } = await fix([]);
  expect([code, stderr.replace(/\s+/g, ' ')]).toEqual([
    2,
    expect.stringMatching(
      /nothing can be sealed here: .*not allowed to get services\/proxy kube-system\/sealed-secrets.*--seal-cert FILE/,
    ),
  ]);
});

test('the certificate that kubeseal itself would take is taken', async () => {
  const { code, stdout } = await fix(['-o', 'json'], {
    env: { PATH: standIn.path, SEALED_SECRETS_CERT: 'cert.pem' },
  });
  expect([code, (JSON.parse(stdout) as FixReport).sealed?.length]).toEqual([1, 1]);
});
