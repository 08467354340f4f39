import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';

import { runCli } from '../support/run-cli.ts';
import { TestCluster, type KubeObject } from './support/cluster.ts';
import { collection } from './support/stack.ts';
import { until } from './support/wait.ts';

jest.setTimeout(120_000);

const namespace = 'external-e2e';
const stack = `
version: 1
name: shop
namespaces: [${namespace}]
azureKeyVault: { vault: shop-vault, clientId: client, tenantId: tenant }
secrets:
  - name: shop-secrets
    keys:
      db_password: {}
      mail-host: { required: false }
      sentry-dsn: { required: false }
  - name: pull
    type: kubernetes.io/dockerconfigjson
    keys:
      .dockerconfigjson: { required: false, from: { azureKeyVault: pull-login } }
`;
const base64 = (text: string): string => Buffer.from(text).toString('base64');
const api = `/apis/external-secrets.io/v1/namespaces/${namespace}`;
const paths: Readonly<Record<string, string>> = {
  ServiceAccount: `/api/v1/namespaces/${namespace}/serviceaccounts`,
  SecretStore: `${api}/secretstores`,
  ExternalSecret: `${api}/externalsecrets`,
};
const secret = (name: string): string => `${collection('Secret', namespace)}/${name}`;
const login = JSON.stringify({ auths: {} });

let cluster: TestCluster;
let folder: string;
let documents: KubeObject[];

type Read = KubeObject & { readonly data?: Record<string, string>; readonly type?: string };
const read = async (name: string): Promise<Read | undefined> => await cluster.get(secret(name));

async function remove(): Promise<void> {
  const path = `/api/v1/namespaces/${namespace}`;
  await cluster.remove(path);
  await until('namespace gone', async () => ((await cluster.get(path)) ? undefined : true), { within: 60_000 });
}

beforeAll(async () => {
  cluster = TestCluster.open();
  folder = mkdtempSync(join(tmpdir(), 'c2l-external-secrets-'));
  writeFileSync(join(folder, 'c2l.yaml'), stack);
  const { stdout } = await runCli(['generate', 'external-secrets'], { cwd: folder });
  documents = parseAllDocuments(stdout).map((document) => document.toJS() as KubeObject);
  await remove();
  await cluster.create('/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });
});

afterAll(async () => {
  rmSync(folder, { recursive: true });
  await remove();
});

test('the API server takes every object as it was made', async () => {
  const answers = await Promise.all(
    documents.map((document) =>
      cluster.send('POST', `${paths[document.kind!]!}?dryRun=All&fieldValidation=Strict`, document),
    ),
  );
  expect(answers.map(({ status, text }) => (status === 201 ? 201 : text))).toEqual(documents.map(() => 201));
  expect(documents.map(({ kind }) => kind)).toEqual([
    'ServiceAccount',
    'SecretStore',
    'ExternalSecret',
    'ExternalSecret',
  ]);
});

describe('with a store of the same name that holds the values itself', () => {
  const values = { 'db-password': 'first', 'mail-host': 'second', 'pull-login': login };

  async function store(entries: Readonly<Record<string, string>>): Promise<void> {
    const data = Object.entries(entries).map(([key, value]) => ({ key, value }));
    const made = documents.find(({ kind }) => kind === 'SecretStore')!;
    await cluster.remove(`${paths['SecretStore']!}/${made.metadata.name}`);
    await cluster.create(paths['SecretStore']!, { ...made, spec: { provider: { fake: { data } } } });
  }
  const sync = (name: string) =>
    cluster.patch(`${paths['ExternalSecret']!}/${name}`, {
      metadata: { annotations: { 'force-sync': String(performance.now()) } },
    });

  beforeAll(async () => {
    if (process.env['C2L_E2E_CONTROLLERS'] !== '1') return;
    const before = {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'shop-secrets' },
      data: { more: base64('x') },
    };
    await cluster.create(collection('Secret', namespace), before);
    await store(values);
    for (const document of documents) {
      if (document.kind === 'ExternalSecret') await cluster.create(paths['ExternalSecret']!, document);
    }
  });

  const tried = process.env['C2L_E2E_CONTROLLERS'] === '1' ? test : test.skip;

  tried(
    'the values arrive under their keys, optional ones that are there among them; what is not mapped goes',
    async () => {
      const data = await until(
        'the values',
        async () => {
          const found = (await read('shop-secrets'))?.data ?? {};
          return 'db_password' in found ? found : undefined;
        },
        { within: 30_000 },
      );
      expect(data).toEqual({ db_password: base64('first'), 'mail-host': base64('second') });
      const pull = await until('the login', () => read('pull'), { within: 30_000 });
      expect([pull.type, pull.data]).toEqual([
        'kubernetes.io/dockerconfigjson',
        { '.dockerconfigjson': base64(login) },
      ]);
    },
  );

  tried('a key that is taken away by hand comes back by itself', async () => {
    await cluster.patch(secret('shop-secrets'), { data: { db_password: null } });
    const isBack = async () =>
      (await read('shop-secrets'))?.data?.['db_password'] === base64('first') ? true : undefined;
    await until('the key', isBack, { within: 90_000 });
  });

  tried('a new value arrives, and one that the vault loses takes nothing away', async () => {
    await store({ ...values, 'db-password': 'rotated', 'sentry-dsn': 'third' });
    await sync('shop-secrets');
    await until(
      'the new value',
      async () => {
        const data = (await read('shop-secrets'))?.data;
        return data?.['db_password'] === base64('rotated') ? data : undefined;
      },
      { within: 30_000 },
    );
    await store({ 'mail-host': 'second' });
    await sync('shop-secrets');
    await sync('pull');
    await until(
      'the loss is seen',
      async () => {
        const { status } = (await cluster.get(`${paths['ExternalSecret']!}/shop-secrets`))!;
        return status?.conditions?.some(({ type, status: is }) => type === 'Ready' && is === 'False')
          ? true
          : undefined;
      },
      { within: 30_000 },
    );
    expect(Object.keys((await read('shop-secrets'))?.data ?? {}).sort()).toEqual([
      'db_password',
      'mail-host',
      'sentry-dsn',
    ]);
    expect((await read('pull'))?.data).toEqual({ '.dockerconfigjson': base64(login) });
  });

  tried('deleting the ExternalSecret and its store keeps the Secret', async () => {
    for (const { kind, metadata } of documents) {
      if (kind === 'ServiceAccount') continue;
      const path = `${paths[kind!]!}/${metadata.name}`;
      await cluster.remove(path);
      await until(`${metadata.name} gone`, async () => ((await cluster.get(path)) ? undefined : true), {
        within: 30_000,
      });
    }
    const { metadata, data } = (await read('shop-secrets'))!;
    expect([metadata, data?.['db_password']]).toEqual([
      expect.not.objectContaining({ ownerReferences: expect.anything() }),
      base64('rotated'),
    ]);
  });
});
