import { afterAll, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';

import { runCli } from '../support/run-cli.ts';
import { TestCluster, type KubeObject } from './support/cluster.ts';
import { collection } from './support/stack.ts';
import { until } from './support/wait.ts';

jest.setTimeout(120_000);

const namespace = 'admission-e2e';
const stack = `
version: 1
name: shop
namespaces: [${namespace}]
secrets:
  - name: shop-secrets
    keys: { db-password: {}, session-key: {}, mail-host: { required: false } }
`;
const base64 = (text: string): string => Buffer.from(text, 'latin1').toString('base64');
const whole = { 'db-password': 'first', 'session-key': 'second', 'mail-host': 'third' };
const secrets = collection('Secret', namespace);
const shopSecrets = `${secrets}/shop-secrets`;
const admission = '/apis/admissionregistration.k8s.io/v1';
const policies: Readonly<Record<string, string>> = {
  ValidatingAdmissionPolicy: `${admission}/validatingadmissionpolicies`,
  ValidatingAdmissionPolicyBinding: `${admission}/validatingadmissionpolicybindings`,
};
const binding = `${admission}/validatingadmissionpolicybindings/c2l-shop-secrets`;

let cluster: TestCluster;
let folder: string;
let documents: KubeObject[];

const secret = (name: string, values: Readonly<Record<string, string>>, annotations = {}): object => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name, annotations },
  data: Object.fromEntries(Object.entries(values).map(([key, value]) => [key, base64(value)])),
});
const create = (values: Readonly<Record<string, string>>, annotations = {}) =>
  cluster.send('POST', secrets, secret('shop-secrets', values, annotations));
const merge = (patch: object) => cluster.send('PATCH', shopSecrets, patch, 'application/merge-patch+json');
const set = (key: string, value: string | null, annotations = {}) =>
  merge({ metadata: { annotations }, data: { [key]: value === null ? null : base64(value) } });

async function remove(): Promise<void> {
  for (const { kind, metadata } of documents) await cluster.remove(`${policies[kind!]!}/${metadata.name}`);
  const path = `/api/v1/namespaces/${namespace}`;
  await cluster.remove(path);
  await until('namespace gone', async () => ((await cluster.get(path)) ? undefined : true), { within: 60_000 });
}

beforeAll(async () => {
  cluster = TestCluster.open();
  folder = mkdtempSync(join(tmpdir(), 'c2l-admission-'));
  writeFileSync(join(folder, 'c2l.yaml'), stack);
  const lines = ['DB_PASSWORD=restored-value', 'SESSION_KEY=restored-value'];
  writeFileSync(join(folder, 'backup.env'), lines.join('\n'), { mode: 0o600 });
  const { stdout } = await runCli(['generate', 'admission-policy'], { cwd: folder });
  documents = parseAllDocuments(stdout).map((document) => document.toJS() as KubeObject);
  await remove();
  await cluster.create('/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });
  for (const document of documents) await cluster.create(policies[document.kind!]!, document);
  await until(
    'the policy in force',
    async () =>
      (await cluster.send('POST', `${secrets}?dryRun=All`, secret('shop-secrets', {}))).status === 422
        ? true
        : undefined,
    { within: 30_000 },
  );
});

beforeEach(() => cluster.remove(shopSecrets));

afterAll(async () => {
  rmSync(folder, { recursive: true });
  await remove();
});

describe('what the API server refuses, by the name of the key', () => {
  test.each<[string, Readonly<Record<string, string>>, RegExp]>([
    ['a new Secret that lacks a key', { 'db-password': 'x' }, /lacks session-key, which stack shop needs/],
    ['an empty value', { ...whole, 'db-password': '' }, /has an empty value in db-password/],
    ['a placeholder', { ...whole, 'session-key': 'CHANGE_ME_soon' }, /holds a placeholder in session-key/],
  ])('%s', async (_case, values, says) => {
    const { status, text } = await create(values);
    expect([status, text]).toEqual([422, expect.stringMatching(says)]);
    for (const value of Object.values(values)) if (value.length > 1) expect(text).not.toContain(value);
  });

  test.each<[string, string, string | null, RegExp]>([
    ['the loss of a required key', 'db-password', null, /would lose db-password/],
    ['the loss of an optional key that is there', 'mail-host', null, /would lose mail-host/],
    ['a key that is emptied', 'session-key', '', /has an empty value in session-key/],
    ['a value that becomes a placeholder', 'db-password', 'changeme', /holds a placeholder in db-password/],
  ])('%s', async (_case, key, value, says) => {
    await create(whole);
    const { status, text } = await set(key, value);
    expect([status, text]).toEqual([422, expect.stringMatching(says)]);
  });
});

describe('what it lets through', () => {
  test('a Secret of another name, with anything in it', async () => {
    const { status } = await cluster.send('POST', secrets, secret('other', { 'db-password': '' }));
    expect(status).toBe(201);
  });

  test.each<[string, string, string]>([
    ['another value', 'db-password', 'rotated'],
    ['an optional key that is emptied', 'mail-host', ''],
    ['a value that is no text', 'db-password', '\xff\xfe'],
    ['a key that the stack does not know', 'more', 'x'],
  ])('%s', async (_case, key, value) => {
    await create(whole);
    expect((await set(key, value)).status).toBe(200);
  });

  test('one write with the break-glass annotation, and no second one with the same', async () => {
    const emergency = { 'c2l.dev/break-glass': 'rotation of 14:05' };
    await create(whole);
    expect((await set('db-password', null, emergency)).status).toBe(200);
    expect((await set('session-key', null, emergency)).status).toBe(422);
    expect((await set('session-key', null, { 'c2l.dev/break-glass': 'rotation of 14:06' })).status).toBe(200);
  });

  test('the repair by c2l, and changes to a Secret that is broken already', async () => {
    expect((await create({ 'mail-host': 'x' }, { 'c2l.dev/break-glass': 'as before the policy' })).status).toBe(201);
    expect((await merge({ metadata: { labels: { team: 'shop' } } })).status).toBe(200);
    const argv = ['fix-secrets', '--yes', '--from', 'env:backup.env', '--kubeconfig', cluster.kubeconfigPath];
    const { code, stdout } = await runCli(argv, { cwd: folder });
    expect([code, stdout]).toEqual([0, expect.any(String)]);
    const { data } = (await cluster.get(shopSecrets)) as KubeObject & { data: object };
    expect(Object.keys(data).sort()).toEqual(['db-password', 'mail-host', 'session-key']);
  });

  test('what External Secrets writes', async () => {
    if (process.env['C2L_E2E_CONTROLLERS'] !== '1') {
      console.warn('not tried: no External Secrets controller runs');
      return;
    }
    const api = `/apis/external-secrets.io/v1/namespaces/${namespace}`;
    const data = Object.entries(whole).map(([key, value]) => ({ key, value, version: 'v1' }));
    await cluster.create(`${api}/secretstores`, {
      apiVersion: 'external-secrets.io/v1',
      kind: 'SecretStore',
      metadata: { name: 'store' },
      spec: { provider: { fake: { data } } },
    });
    await cluster.create(`${api}/externalsecrets`, {
      apiVersion: 'external-secrets.io/v1',
      kind: 'ExternalSecret',
      metadata: { name: 'shop' },
      spec: {
        refreshInterval: '1h',
        secretStoreRef: { name: 'store' },
        target: { name: 'shop-secrets' },
        data: data.map(({ key }) => ({ secretKey: key, remoteRef: { key, version: 'v1' } })),
      },
    });
    await until('the Secret is there', () => cluster.get(shopSecrets), {
      within: 30_000,
      seen: async () => JSON.stringify((await cluster.get(`${api}/externalsecrets/shop`))?.status),
    });
    await cluster.remove(`${api}/externalsecrets/shop`);
  });
});

test('a policy that only warns refuses nothing', async () => {
  const { stdout } = await runCli(['generate', 'admission-policy', '--mode', 'warn'], { cwd: folder });
  const [, warning] = parseAllDocuments(stdout).map((document) => document.toJS() as KubeObject);
  await cluster.patch(binding, { spec: warning!.spec! });
  const attempt = async () => (await create({ 'db-password': 'x' })).status;
  await until('the new mode in force', async () => ((await attempt()) === 201 ? true : undefined), { within: 30_000 });
  await cluster.remove(shopSecrets);
  await cluster.patch(binding, { spec: documents[1]!.spec! });
});

test('a write costs little more than without it', async () => {
  // What else the node does meanwhile slows most writes, but hardly the quickest tenth.
  const quick = async (): Promise<number> => {
    const times: number[] = [];
    for (let round = 0; round < 60; round++) {
      const start = performance.now();
      await merge({ metadata: { labels: { round: String(round) } } });
      times.push(performance.now() - start);
    }
    return times.sort((left, right) => left - right)[6]!;
  };
  await create(whole);
  const guarded = await quick();
  await cluster.remove(binding);
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  const bare = await quick();
  console.info(`a write of the Secret: ${guarded.toFixed(1)} ms with the policy, ${bare.toFixed(1)} ms without`);
  expect(guarded - bare).toBeLessThan(10);
});
