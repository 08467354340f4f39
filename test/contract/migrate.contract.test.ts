import { afterAll, afterEach, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { start } from '../support/built-program.ts';
import { kubesealStandIn } from '../support/kubeseal-stand-in.ts';
import { runCli, type CliResult } from '../support/run-cli.ts';
import { sealingKey } from '../support/sealing-key.ts';
import { cuttingProxy, killAt, type Moment } from './support/cutting-proxy.ts';
import { watchSecret } from './support/secret-watcher.ts';
import { worldKinds, type KubeObject, type World } from './support/worlds.ts';

jest.setTimeout(600_000);

const base64 = (text: string) => Buffer.from(text).toString('base64');
const values = { 'db-password': 'canary-db-password-7d1e', user: 'canary-user-77' };
const data = Object.fromEntries(Object.entries(values).map(([key, text]) => [key, base64(text)]));
const controller = process.env['C2L_E2E_SEALED_SECRETS'] ?? 'sealed-secrets/sealed-secrets-controller';

describe.each(worldKinds)('a live Secret that is handed over, on $name', (kind) => {
  let world: World;
  let folder: string;
  let bin: string;
  const runs: Record<string, boolean> = { 'external-secrets': kind.isSandbox, 'sealed-secrets': kind.isSandbox };
  const api = (resource: string) =>
    resource === 'sealedsecrets'
      ? `/apis/bitnami.com/v1alpha1/namespaces/${world.namespace}/${resource}`
      : `/apis/external-secrets.io/v1/namespaces/${world.namespace}/${resource}`;

  beforeAll(async () => {
    if (!kind.isThere) return;
    world = await kind.start();
    folder = mkdtempSync(join(tmpdir(), 'c2l-migrate-'));
    writeFileSync(join(folder, 'kubeconfig'), world.kubeconfig, { mode: 0o600 });
    bin = (await kubesealStandIn()).path;
    if (kind.isSandbox) {
      const { certificate, secret } = await sealingKey();
      writeFileSync(join(folder, 'cert.pem'), certificate);
      await world.send('POST', 'secrets', secret);
      return;
    }
    await store(values);
    const look = (what: string, path: () => string) =>
      world
        .eventually(
          what,
          async () => ((await world.send('GET', path())).body['status'] === undefined ? undefined : true),
          20_000,
        )
        .catch(() => false);
    runs['external-secrets'] = await look('the store is looked at', () => `${api('secretstores')}/vault`);
    await world.send('POST', api('sealedsecrets'), {
      apiVersion: 'bitnami.com/v1alpha1',
      kind: 'SealedSecret',
      metadata: { name: 'probe' },
      spec: { encryptedData: {} },
    });
    runs['sealed-secrets'] = await look('the SealedSecret is looked at', () => `${api('sealedsecrets')}/probe`);
    await world.send('DELETE', `${api('sealedsecrets')}/probe`);
  });

  afterAll(async () => {
    if (!kind.isThere) return;
    rmSync(folder, { recursive: true });
    rmSync(bin, { recursive: true });
    await world.close();
  });

  afterEach(async () => {
    if (!kind.isThere) return;
    for (const resource of ['externalsecrets', 'secretstores', 'sealedsecrets']) {
      const { body } = await world.send('GET', api(resource));
      for (const { metadata } of (body['items'] ?? []) as KubeObject[])
        await world.send('DELETE', `${api(resource)}/${metadata.name}`);
    }
    const { body } = await world.send('GET', 'secrets');
    for (const { metadata } of (body['items'] ?? []) as KubeObject[]) {
      if (metadata.name !== 'sealing-key') await world.send('DELETE', `secrets/${metadata.name}`);
    }
  });

  const tried = (to: string, name: string, body: () => Promise<void>) => {
    if (!kind.isThere) test.skip(name, body);
    else
      test(name, async () => {
        if (runs[to] === true) await body();
        else console.warn(`not tried: no controller of ${to} runs beside ${kind.name}`);
      });
  };

  async function store(entries: Readonly<Record<string, string>>): Promise<void> {
    const list = Object.entries(entries).map(([key, value]) => ({ key, value }));
    await world.send('DELETE', `${api('secretstores')}/vault`);
    await world.send('POST', api('secretstores'), {
      apiVersion: 'external-secrets.io/v1',
      kind: 'SecretStore',
      metadata: { name: 'vault' },
      spec: { provider: { fake: { data: list } } },
    });
    if (!kind.isSandbox && runs['external-secrets'] !== true) return;
    await world.eventually('the store is ready', async () =>
      (await world.send('GET', `${api('secretstores')}/vault`)).body['status'] === undefined ? undefined : true,
    );
  }

  async function secret(more: object = {}): Promise<void> {
    const metadata = { name: 'app', labels: { team: 'shop' }, annotations: { note: 'kept' }, ...more };
    const { status, text } = await world.send('POST', 'secrets', { metadata, type: 'example.test/kind', data });
    if (status !== 201) throw new Error(text);
  }

  const read = async (): Promise<KubeObject> => (await world.send('GET', 'secrets/app')).body;
  const where = () => ['-n', world.namespace];
  const flagsOf = (to: string): string[] => {
    if (to === 'external-secrets') return ['--store', 'vault'];
    return kind.isSandbox ? ['--seal-cert', join(folder, 'cert.pem')] : ['--seal-controller', controller];
  };
  const env = () => (kind.isSandbox ? { PATH: bin } : { PATH: process.env['PATH'] ?? '' });
  const migrate = (to: string, ...flags: string[]): Promise<CliResult> =>
    runCli(['migrate', 'app', '--to', to, ...flagsOf(to), ...where(), ...flags], {
      kubeconfig: world.kubeconfig,
      env: env(),
    });

  function expectClean({ stdout, stderr }: CliResult): void {
    const forms = Object.values(values).flatMap((value) => [value, base64(value)]);
    expect(forms.filter((form) => stdout.includes(form) || stderr.includes(form))).toEqual([]);
  }

  describe.each([
    { to: 'external-secrets', resource: 'externalsecrets', condition: 'Ready' },
    { to: 'sealed-secrets', resource: 'sealedsecrets', condition: 'Synced' },
  ])('to $to', ({ to, resource, condition }) => {
    const writer = async (): Promise<KubeObject | undefined> => {
      const { status, body } = await world.send('GET', `${api(resource)}/app`);
      return status === 200 ? body : undefined;
    };
    const prepare = async (): Promise<void> => {
      if (to === 'external-secrets') await store(values);
      await secret();
    };

    tried(to, 'is never missing or changed, there and back; each done again does nothing', async () => {
      await prepare();
      const watcher = await watchSecret(world, 'app');
      const there = await migrate(to, '--yes');
      expectClean(there);
      expect([there.code, there.stdout, there.stderr]).toEqual([
        0,
        expect.stringMatching(/is with (External|Sealed) Secrets/),
        expect.anything(),
      ]);
      const conditions = ((await writer())?.['status'] as { conditions: { type: string; status: string }[] })
        .conditions;
      expect(conditions).toContainEqual(expect.objectContaining({ type: condition, status: 'True' }));
      const handed = await read();
      expect(handed.metadata).toMatchObject({ labels: { team: 'shop' }, annotations: { note: 'kept' } });
      expect(handed['type']).toBe('example.test/kind');

      const again = await migrate(to, '--yes');
      expect([again.code, again.stdout]).toEqual([0, expect.stringContaining('already')]);
      expect((await read()).metadata.resourceVersion).toBe(handed.metadata.resourceVersion);

      const back = await migrate(to, '--undo', '--yes');
      expect([back.code, await writer()]).toEqual([0, undefined]);
      const left = await read();
      expect(left.metadata).toMatchObject({ labels: { team: 'shop' }, annotations: { note: 'kept' } });
      expect(left.metadata).not.toHaveProperty('ownerReferences.0');
      expect((await migrate(to, '--undo', '--yes')).stdout).toContain('nobody writes');
      const { looks, wrong } = await watcher.end();
      expect(wrong).toEqual([]);
      expect(looks).toBeGreaterThan(20);
      // c2l may write it again: nothing makes it believe in a writer that is gone.
      const audit = await runCli(['audit', 'secret/app', ...where(), '-o', 'json'], { kubeconfig: world.kubeconfig });
      expect(audit.stdout).not.toContain('"by": "');
    });

    tried(to, '--dry-run tells the steps, and nothing is changed', async () => {
      await prepare();
      const before = (await read()).metadata.resourceVersion;
      const { code, stdout } = await migrate(to, '--dry-run', '-o', 'json');
      const report = JSON.parse(stdout) as { outcomes: { action: string; outcome: string }[] };
      expect([code, new Set(report.outcomes.map(({ outcome }) => outcome))]).toEqual([0, new Set(['planned'])]);
      expect(report.outcomes.map(({ action }) => action)).toContain('create-writer');
      expect([(await read()).metadata.resourceVersion, await writer()]).toEqual([before, undefined]);
    });

    tried(to, 'needs consent', async () => {
      await prepare();
      const { code, stderr } = await migrate(to);
      expect([code, stderr, await writer()]).toEqual([2, expect.stringContaining('add --yes'), undefined]);
    });

    tried(to, 'a run that is killed at any write leaves what the next makes right', async () => {
      const proxy = await cuttingProxy(world.kubeconfig);
      writeFileSync(join(folder, 'cut.kubeconfig'), proxy.kubeconfig);
      const argv = [
        'migrate',
        'app',
        '--to',
        to,
        ...flagsOf(to),
        ...where(),
        '--kubeconfig',
        join(folder, 'cut.kubeconfig'),
        '--yes',
      ];
      const path = kind.isSandbox ? `${bin}:${process.env['PATH'] ?? ''}` : (process.env['PATH'] ?? '');
      const program = () => start(argv, { env: { PATH: path } });
      const reset = async (): Promise<void> => {
        await world.send('DELETE', `${api(resource)}/app`);
        await world.eventually('the writer is gone', async () => ((await writer()) === undefined ? true : undefined));
        await world.send('DELETE', 'secrets/app');
        await world.eventually('the Secret is gone', async () =>
          (await world.send('GET', 'secrets/app')).status === 404 ? true : undefined,
        );
        await secret();
      };
      const wrong: string[] = [];
      try {
        if (to === 'external-secrets') await store(values);
        await secret();
        proxy.begin();
        expect(await program().finished).toMatchObject({ exitCode: 0 });
        const writes = proxy.requests.filter(isWrite);
        expect(writes.length).toBeGreaterThan(2);
        const moments: readonly Moment[] = kind.isSandbox ? ['before', 'during', 'after'] : ['during'];
        for (const [nth, line] of writes.entries()) {
          for (const moment of moments) {
            await reset();
            const watcher = await watchSecret(world, 'app');
            await killAt(proxy, program(), { isMeant: nthWrite(nth), moment });
            const again = await program().finished;
            const seen = await watcher.end();
            const place = `${moment} ${line}`;
            if (again.exitCode !== 0)
              wrong.push(`${place}: then exit ${String(again.exitCode)}: ${again.stdout}${again.stderr}`);
            wrong.push(...seen.wrong.map((each) => `${place}: ${each}`));
            const trial = await world.send('GET', `${api('externalsecrets')}/app.c2l-trial`);
            if (trial.status === 200) wrong.push(`${place}: the trial was left behind`);
          }
        }
      } finally {
        proxy.close();
      }
      expect(wrong).toEqual([]);
    });
  });

  tried('external-secrets', 'a store with another value, or without one, leaves the Secret with nobody', async () => {
    await store({ ...values, user: 'another' });
    await secret();
    const watcher = await watchSecret(world, 'app');
    const other = await migrate('external-secrets', '--yes');
    expectClean(other);
    expect([other.code, other.stdout.replaceAll(/\s+/g, ' ')]).toEqual([
      4,
      expect.stringContaining('another value for user'),
    ]);
    await store({ user: values.user });
    expect(await migrate('external-secrets', '--yes', '--timeout', '12s')).toMatchObject({
      code: 4,
      stdout: expect.stringContaining('SecretSyncedError') as unknown,
    });
    // Its controller lets go of it in its own time.
    await world.eventually('no ExternalSecret is left', async () =>
      ((await world.send('GET', api('externalsecrets'))).body['items'] as KubeObject[]).length === 0 ? true : undefined,
    );
    expect((await watcher.end()).wrong).toEqual([]);
  });

  tried('external-secrets', 'it is External Secrets that writes it from then on', async () => {
    await store(values);
    await secret();
    expect(await migrate('external-secrets', '--yes')).toMatchObject({ code: 0 });
    await store({ ...values, user: 'rotated' });
    await world.send(
      'PATCH',
      `${api('externalsecrets')}/app`,
      { metadata: { annotations: { 'force-sync': 'now' } } },
      'application/merge-patch+json',
    );
    await world.eventually('the new value', async () =>
      ((await read())['data'] as typeof data)['user'] === base64('rotated') ? true : undefined,
    );
  });

  tried('sealed-secrets', 'a Secret that is deleted afterwards comes back by itself', async () => {
    await secret();
    expect(await migrate('sealed-secrets', '--yes')).toMatchObject({ code: 0 });
    await world.send('DELETE', 'secrets/app');
    expect(await world.eventually('it is back', async () => (await read())['data'] as object | undefined)).toEqual(
      data,
    );
  });

  // The real controller backs off from a name that it refused before, for longer than a suite can wait.
  const refusedBefore = kind.isSandbox ? tried : () => undefined;
  refusedBefore(
    'sealed-secrets',
    'a SealedSecret that was refused, since nobody had marked the Secret, is made anew',
    async () => {
      await secret();
      expect(await migrate('sealed-secrets', '--yes')).toMatchObject({ code: 0 });
      const { body } = await world.send('GET', `${api('sealedsecrets')}/app`);
      await world.send('DELETE', `${api('sealedsecrets')}/app`);
      await world.eventually('the Secret is gone', async () =>
        (await world.send('GET', 'secrets/app')).status === 404 ? true : undefined,
      );
      await secret();
      const { name, labels } = body.metadata as KubeObject['metadata'] & { labels: object };
      await world.send('POST', api('sealedsecrets'), { ...body, metadata: { name, labels }, status: undefined });
      await world.eventually('the refusal', async () =>
        JSON.stringify((await world.send('GET', `${api('sealedsecrets')}/app`)).body['status'] ?? '').includes(
          'not managed',
        )
          ? true
          : undefined,
      );
      const watcher = await watchSecret(world, 'app');
      expect(await migrate('sealed-secrets', '--yes')).toMatchObject({ code: 0 });
      expect((await watcher.end()).wrong).toEqual([]);
      expect((await read()).metadata).toHaveProperty('ownerReferences.0.kind', 'SealedSecret');
    },
  );
});

function isWrite(line: string): boolean {
  return !line.startsWith('GET') && !line.includes('selfsubjectaccessreviews');
}

/** How often a controller is asked in between differs from run to run. */
function nthWrite(wanted: number): (line: string) => boolean {
  let seen = -1;
  return (line) => isWrite(line) && ++seen === wanted;
}
