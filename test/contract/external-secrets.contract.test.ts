import { afterAll, afterEach, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { jsonOf } from '../support/refusals.ts';
import { runCli, type CliResult } from '../support/run-cli.ts';
import { cuttingProxy } from './support/cutting-proxy.ts';
import { watchSecret } from './support/secret-watcher.ts';
import { worldKinds, type World } from './support/worlds.ts';

jest.setTimeout(180_000);

const base64 = (text: string) => Buffer.from(text).toString('base64');
const values = { kept: 'k'.repeat(20), lost: 'l'.repeat(20) };

describe.each(worldKinds)('a Secret that External Secrets writes, on $name', (kind) => {
  let hasController = kind.isSandbox;
  let world: World;
  let folder: string;
  const api = (resource: string) => `/apis/external-secrets.io/v1/namespaces/${world.namespace}/${resource}`;
  const deployments = () => `/apis/apps/v1/namespaces/${world.namespace}/deployments`;
  const run = kind.isThere
    ? (name: string, body: () => Promise<void>) => {
        test(name, async () => {
          if (hasController) await body();
          else console.warn(`not tried: no External Secrets controller runs beside ${kind.name}`);
        });
      }
    : test.skip;

  beforeAll(async () => {
    if (!kind.isThere) return;
    world = await kind.start();
    folder = mkdtempSync(join(tmpdir(), 'c2l-external-'));
    const lines = Object.entries(values).map(([key, value]) => `${key.toUpperCase()}='${value}'`);
    writeFileSync(join(folder, 'backup.env'), lines.join('\n'), { mode: 0o600 });
    if (!kind.isSandbox) hasController = await isStoreValidated();
  });

  afterEach(async () => {
    if (!kind.isThere) return;
    for (const path of [api('externalsecrets'), deployments(), api('secretstores'), 'secrets']) {
      const { body } = await world.send('GET', path);
      for (const { metadata } of (body['items'] ?? []) as { metadata: { name: string } }[]) {
        await world.send('DELETE', `${path}/${metadata.name}`);
      }
    }
  });

  afterAll(async () => {
    if (!kind.isThere) return;
    rmSync(folder, { recursive: true });
    await world.close();
  });

  /** Whether somebody looks after stores here: the CRDs alone do nothing. */
  async function isStoreValidated(): Promise<boolean> {
    await store('probe', { probe: 'x' });
    const seen = world.eventually(
      'the store is looked at',
      async () => {
        const { body } = await world.send('GET', `${api('secretstores')}/probe`);
        return body['status'] === undefined ? undefined : true;
      },
      15_000,
    );
    return seen.catch(() => false);
  }

  async function store(name: string, entries: Record<string, string>): Promise<void> {
    const data = Object.entries(entries).map(([key, value]) => ({ key, value, version: 'v1' }));
    const spec = {
      provider: { fake: { data: data.flatMap((entry) => [entry, { key: entry.key, value: entry.value }]) } },
    };
    const body = { apiVersion: 'external-secrets.io/v1', kind: 'SecretStore', metadata: { name }, spec };
    const { status } = await world.send('POST', api('secretstores'), body);
    if (status === 409)
      await world.send('PATCH', `${api('secretstores')}/${name}`, { spec }, 'application/merge-patch+json');
  }

  async function external(creationPolicy: string, keys: readonly string[]): Promise<void> {
    const { status, text } = await world.send('POST', api('externalsecrets'), {
      apiVersion: 'external-secrets.io/v1',
      kind: 'ExternalSecret',
      metadata: { name: 'shop' },
      spec: {
        refreshInterval: '1h',
        secretStoreRef: { name: 'vault', kind: 'SecretStore' },
        target: { name: 'app', creationPolicy },
        data: keys.map((key) => ({ secretKey: key, remoteRef: { key: `shop-${key}` } })),
      },
    });
    expect([status, text]).toEqual([201, expect.anything()]);
  }

  async function workload(keys: readonly string[]): Promise<void> {
    const env = keys.map((key) => ({
      name: key.toUpperCase(),
      valueFrom: { secretKeyRef: { name: 'app', key } },
    }));
    const template = {
      metadata: { labels: { app: 'app' } },
      spec: { containers: [{ name: 'app', image: 'busybox:1.36', env }] },
    };
    const spec = { replicas: 0, selector: { matchLabels: { app: 'app' } }, template };
    await world.send('POST', deployments(), { metadata: { name: 'app' }, spec });
  }

  const fix = (...argv: string[]): Promise<CliResult> =>
    runCli(['fix-secrets', '-n', world.namespace, '--yes', ...argv], { kubeconfig: world.kubeconfig, cwd: folder });

  const dataOf = async (): Promise<Record<string, string>> =>
    ((await world.send('GET', 'secrets/app')).body['data'] ?? {}) as Record<string, string>;

  const stepsOf = ({ stdout }: CliResult): string[] =>
    (jsonOf({ stdout }).outcomes ?? []).map(({ action, outcome, detail }) => `${action} ${outcome}: ${detail}`);

  async function isReady(status: string): Promise<void> {
    await world.eventually(`the ExternalSecret is Ready=${status}`, async () => {
      const { body } = await world.send('GET', `${api('externalsecrets')}/shop`);
      const conditions = ((body['status'] as { conditions?: unknown } | undefined)?.conditions ?? []) as {
        type: string;
        status: string;
      }[];
      return conditions.some((each) => each.type === 'Ready' && each.status === status) ? true : undefined;
    });
  }

  run('and owns is repaired by a sync once its store has the value, and never by a patch', async () => {
    await workload(['kept', 'lost']);
    await store('vault', { 'shop-kept': values.kept });
    await external('Owner', ['kept', 'lost']);
    await isReady('False');

    const early = await fix('--from', 'env:backup.env');
    expect([early.code, early.stdout]).toEqual([4, expect.stringContaining('externalsecret/shop is not ready')]);
    expect(await dataOf()).toEqual({});

    await store('vault', { 'shop-kept': values.kept, 'shop-lost': values.lost });
    const done = await fix();
    expect(done.code).toBe(0);
    expect(await dataOf()).toEqual({ kept: base64(values.kept), lost: base64(values.lost) });
  });

  run('and owns is left alone where it maps no such key: that would be dropped again', async () => {
    await workload(['kept', 'lost']);
    await store('vault', { 'shop-kept': values.kept });
    await external('Owner', ['kept']);
    await isReady('True');
    const before = await dataOf();
    const { code, stderr } = await fix('--from', 'env:backup.env');
    expect([code, stderr]).toEqual([
      2,
      expect.stringMatching(/externalsecret\/shop, which owns it and drops .* maps no lost; add it/),
    ]);
    expect(await dataOf()).toEqual(before);
  });

  run('and owns stays, value for value, when it is taken back from it', async () => {
    await store('vault', { 'shop-kept': values.kept });
    await external('Owner', ['kept']);
    await isReady('True');
    const owned = async () => {
      const { metadata } = (await world.send('GET', 'secrets/app')).body;
      return metadata as typeof metadata & { ownerReferences?: object[] };
    };
    const { uid, ownerReferences } = await owned();
    expect(ownerReferences).toMatchObject([{ kind: 'ExternalSecret' }]);
    const watcher = await watchSecret(world, 'app');
    // The controller, told that its object changed, may write the Secret between two requests of c2l.
    let touches = 0;
    const proxy = await cuttingProxy(world.kubeconfig, async (line) => {
      if (!/^PATCH .*secrets\/app/.test(line) || touches === 2) return;
      touches += 1;
      const metadata = { annotations: { 'example.org/touched': String(touches) } };
      await world.send('PATCH', 'secrets/app', { metadata }, 'application/merge-patch+json');
    });
    const { code, stdout } = await runCli(
      ['migrate', 'app', '--to', 'external-secrets', '--undo', '-n', world.namespace, '--yes'],
      { kubeconfig: proxy.kubeconfig },
    );
    proxy.close();
    expect(touches).toBe(2);
    expect([code, stdout]).toEqual([0, expect.stringContaining('is back from External Secrets')]);
    // With it everything that the garbage collector had to do is done: it orphans before it lets an owner go.
    expect((await world.send('GET', `${api('externalsecrets')}/shop`)).status).toBe(404);
    expect((await watcher.end()).wrong).toEqual([]);
    const after = await owned();
    expect([after.uid, after.ownerReferences ?? []]).toEqual([uid, []]);
  });

  run('and only created is brought back by a sync where a key or all of it was taken away', async () => {
    await workload(['kept', 'lost']);
    await store('vault', { 'shop-kept': values.kept, 'shop-lost': values.lost });
    await external('Orphan', ['kept', 'lost']);
    await isReady('True');
    const whole = { kept: base64(values.kept), lost: base64(values.lost) };
    expect(await dataOf()).toEqual(whole);

    const patched = await world.send('PATCH', 'secrets/app', { data: { lost: null } }, 'application/merge-patch+json');
    expect(patched.body['data']).toEqual({ kept: whole.kept });
    const keyBack = await fix('-o', 'json');
    expect([keyBack.code, stepsOf(keyBack)]).toEqual([0, [expect.stringMatching(/^sync.*\(creationPolicy Orphan\)/)]]);
    expect(await dataOf()).toEqual(whole);

    await world.send('DELETE', 'secrets/app');
    const allBack = await fix('-o', 'json');
    expect([allBack.code, stepsOf(allBack)]).toEqual([0, [expect.stringMatching(/^sync.*\(creationPolicy Orphan\)/)]]);
    expect(await dataOf()).toEqual(whole);
  });

  run('and only created is left alone where it maps no such key: the next sync drops that', async () => {
    await workload(['kept', 'lost']);
    await store('vault', { 'shop-kept': values.kept });
    await external('Orphan', ['kept']);
    await isReady('True');
    const { code, stderr } = await fix('--from', 'env:backup.env');
    expect([code, stderr]).toEqual([
      2,
      expect.stringMatching(/externalsecret\/shop, which made it and drops with its next sync .* maps no lost; add it/),
    ]);
    // As is said: a key that is added by hand is gone with that sync.
    await world.send('PATCH', 'secrets/app', { data: { lost: base64('x') } }, 'application/merge-patch+json');
    const annotations = { 'force-sync': 'now' };
    await world.send(
      'PATCH',
      `${api('externalsecrets')}/shop`,
      { metadata: { annotations } },
      'application/merge-patch+json',
    );
    await world.eventually('it is dropped', async () => ('lost' in (await dataOf()) ? undefined : true), 30_000);
  });

  run('and only merges into gets the keys that it does not write', async () => {
    await workload(['kept', 'lost']);
    await store('vault', { 'shop-kept': values.kept });
    await world.send('POST', 'secrets', { metadata: { name: 'app' }, data: { other: base64('o') } });
    await external('Merge', ['kept']);
    await world.eventually('the key is merged', async () => ('kept' in (await dataOf()) ? true : undefined));
    const { code, stderr } = await fix('--from', 'env:backup.env');
    expect([code, stderr]).toEqual([0, expect.anything()]);
    expect(await dataOf()).toEqual({ other: base64('o'), kept: base64(values.kept), lost: base64(values.lost) });
  });

  run('from a store that is not there names the store as what to repair', async () => {
    await workload(['kept']);
    await external('Owner', ['kept']);
    await isReady('False');
    const { code, stderr } = await fix('--from', 'env:backup.env');
    expect([code, stderr]).toEqual([
      2,
      expect.stringMatching(/externalsecret\/shop, whose secretstore\/vault does not exist/),
    ]);
    expect(await dataOf()).toEqual({});
  });
});
