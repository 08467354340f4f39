import { afterAll, afterEach, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

import { pauseAnnotation } from '../../src/core/argocd/sync-pause.ts';
import type { FixReport } from '../../src/core/fix/secret-reports.ts';
import { startSandbox } from '../../src/sandbox/sandbox.ts';
import { start, type Finished } from '../support/built-program.ts';
import { isExhaustive } from '../support/exhaustive.ts';
import { kubesealStandIn, type KubesealStandIn } from '../support/kubeseal-stand-in.ts';
import { sealingKey } from '../support/sealing-key.ts';
import { cuttingProxy, type CuttingProxy } from './support/cutting-proxy.ts';
import { GitApplications } from './support/git-applications.ts';
import { everyMoment, isChange, killAtEach, type KilledRun } from './support/killed-runs.ts';
import { worldKinds, type KubeObject, type World } from './support/worlds.ts';

jest.setTimeout(900_000);

const mergePatch = 'application/merge-patch+json';
const base64 = (text: string) => Buffer.from(text).toString('base64');
const [inSource, good] = ['i'.repeat(20), 'g'.repeat(20)];
const automated = { selfHeal: true };
const applications = '/apis/argoproj.io/v1alpha1/namespaces/argocd/applications';

type Application = KubeObject & { readonly spec: { readonly syncPolicy?: { readonly automated?: object } } };
type External = KubeObject & { readonly spec: { readonly target: { readonly creationPolicy: string } } };

/**
 * Every request where there is time for it. Else where the value is written while its owner is paused, or told to write it,
 * and where that is put back.
 */
function moments(owner: RegExp, secret = owner): KilledRun['moments'] {
  return (line, index, all) => {
    if (isExhaustive) return everyMoment(line);
    const meant = [
      all.findIndex((each) => isChange(each) && secret.test(each)),
      all.findLastIndex((each) => isChange(each) && owner.test(each)),
    ];
    return meant.includes(index) ? ['during'] : [];
  };
}

const hasControllers = ({ isThere, isSandbox }: (typeof worldKinds)[number]): boolean =>
  isThere && (isSandbox || process.env['C2L_E2E_CONTROLLERS'] === '1');

describe.each(worldKinds.filter(hasControllers))('a run beside who else writes that is killed, on $name', (kind) => {
  let world: World;
  let proxy: CuttingProxy;
  let git: GitApplications;
  let folder: string;
  const deployments = () => `/apis/apps/v1/namespaces/${world.namespace}/deployments`;
  const external = (resource: string) => `/apis/external-secrets.io/v1/namespaces/${world.namespace}/${resource}`;

  beforeAll(async () => {
    world = await kind.start();
    proxy = await cuttingProxy(world.kubeconfig);
    git = new GitApplications(world);
    folder = mkdtempSync(join(tmpdir(), 'c2l-killed-owners-'));
    writeFileSync(join(folder, 'kubeconfig'), proxy.kubeconfig);
    writeFileSync(join(folder, 'backup.env'), `A='${good}'\n`, { mode: 0o600 });
  });

  /** Each case is about one Secret, which this needs. */
  async function need(secret: string): Promise<void> {
    const env = [{ name: 'A', valueFrom: { secretKeyRef: { name: secret, key: 'a' } } }];
    const template = {
      metadata: { labels: { app: 'app' } },
      spec: { containers: [{ name: 'app', image: 'busybox:1.36', env }] },
    };
    const spec = { replicas: 0, selector: { matchLabels: { app: 'app' } }, template };
    expect((await world.send('POST', deployments(), { metadata: { name: 'app' }, spec })).status).toBe(201);
  }

  afterEach(async () => {
    await world.send('DELETE', `${deployments()}/app`);
  });

  afterAll(async () => {
    proxy.close();
    await git.close();
    rmSync(folder, { recursive: true });
    await world.close();
  });

  function fix(...argv: string[]) {
    const where = ['--kubeconfig', join(folder, 'kubeconfig'), '-n', world.namespace, '-o', 'json'];
    return ['fix-secrets', '--yes', '--from', `env:${join(folder, 'backup.env')}`, ...where, ...argv];
  }

  async function valueOf(secret: string): Promise<string | undefined> {
    const { body } = await world.send('GET', `secrets/${secret}`);
    return (body['data'] as Record<string, string> | undefined)?.['a'];
  }

  /** As a person would write it: nothing of an earlier case is left on it. */
  async function write(secret: string, metadata: object): Promise<void> {
    await world.send('DELETE', `secrets/${secret}`);
    const body = { metadata: { name: secret, ...metadata }, data: { a: base64(inSource) } };
    expect((await world.send('POST', 'secrets', body)).status).toBe(201);
  }

  test('at any write while Argo CD is paused leaves nothing paused, and the value written', async () => {
    await need('in-git');
    const name = `${world.namespace}-team`;
    git.commit({ 'team/config.yaml': { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'team' } } });
    const manifest = git.manifest(name, 'team', world.namespace);
    await git.create({ ...manifest, spec: { ...manifest.spec, syncPolicy: { automated } } } as typeof manifest);
    const tracking = `${name}:/Secret:${world.namespace}/in-git`;
    const { wrong, kills } = await killAtEach(proxy, {
      reset: async () => {
        await world.send(
          'PATCH',
          `${applications}/${name}`,
          { metadata: { annotations: { [pauseAnnotation]: null } }, spec: { syncPolicy: { automated } } },
          mergePatch,
        );
        await write('in-git', { annotations: { 'argocd.argoproj.io/tracking-id': tracking } });
      },
      start: () => start(fix('--overwrite', 'in-git/a', '--pause-sync', '300ms')),
      exitCode: 0,
      problems: async () => {
        const { spec, metadata } = (await git.read(name)) as Application;
        return [
          ...(JSON.stringify(spec.syncPolicy?.automated) === JSON.stringify(automated) ? [] : ['it syncs no more']),
          ...(metadata.annotations?.[pauseAnnotation] === undefined ? [] : ['the note of the pause is left']),
          ...((await valueOf('in-git')) === base64(good) ? [] : ['the value is not written']),
        ];
      },
      moments: moments(/\/applications\//, /\/secrets\/in-git/),
    });
    expect(wrong).toEqual([]);
    expect(kills.length).toBeGreaterThan(1);
  });

  test('at any write while External Secrets is paused leaves nothing paused', async () => {
    await need('in-store');
    const data = [{ key: 'shop-a', value: inSource }];
    await world.send('POST', external('secretstores'), {
      apiVersion: 'external-secrets.io/v1',
      kind: 'SecretStore',
      metadata: { name: 'vault' },
      spec: { provider: { fake: { data } } },
    });
    await world.send('POST', external('externalsecrets'), {
      apiVersion: 'external-secrets.io/v1',
      kind: 'ExternalSecret',
      metadata: { name: 'in-store' },
      spec: {
        refreshInterval: '1h',
        secretStoreRef: { name: 'vault', kind: 'SecretStore' },
        target: { name: 'in-store', creationPolicy: 'Owner' },
        data: [{ secretKey: 'a', remoteRef: { key: 'shop-a' } }],
      },
    });
    const path = `${external('externalsecrets')}/in-store`;
    const isBack = () =>
      world.eventually('it is as in the store', async () =>
        (await valueOf('in-store')) === base64(inSource) ? true : undefined,
      );
    const { wrong, kills } = await killAtEach(proxy, {
      reset: async () => {
        const metadata = { annotations: { [pauseAnnotation]: null } };
        await world.send('PATCH', path, { metadata, spec: { target: { creationPolicy: 'Owner' } } }, mergePatch);
        await isBack();
      },
      start: () => start(fix('--overwrite', 'in-store/a', '--pause-sync', '300ms')),
      exitCode: 0,
      problems: async () => {
        const { spec, metadata } = (await world.send('GET', path)).body as External;
        // Its owner writes again: what it does not hold itself is set back.
        await isBack();
        return [
          ...(spec.target.creationPolicy === 'Owner' ? [] : [`its policy is ${spec.target.creationPolicy}`]),
          ...(metadata.annotations?.[pauseAnnotation] === undefined ? [] : ['the note of the pause is left']),
        ];
      },
      moments: moments(/\/externalsecrets\//, /\/secrets\/in-store/),
    });
    expect(wrong).toEqual([]);
    expect(kills.length).toBeGreaterThan(1);
  });

  describe('while it seals', () => {
    let standIn: KubesealStandIn | undefined;
    let env: Record<string, string>;

    beforeAll(async () => {
      const { certificate } = await sealingKey();
      writeFileSync(join(folder, 'cert.pem'), certificate);
      if (kind.isSandbox) standIn = await kubesealStandIn();
      env = { PATH: `${standIn?.path ?? ''}:${process.env['PATH'] ?? ''}` };
      await world.send('POST', `/apis/bitnami.com/v1alpha1/namespaces/${world.namespace}/sealedsecrets`, {
        apiVersion: 'bitnami.com/v1alpha1',
        kind: 'SealedSecret',
        metadata: { name: 'sealed' },
        spec: { encryptedData: {}, template: {} },
      });
    });

    afterAll(() => standIn?.remove());

    test('at any request has changed nothing, and is done anew', async () => {
      await need('sealed');
      const argv = fix(...(kind.isSandbox ? ['--seal-cert', join(folder, 'cert.pem')] : []));
      const { wrong, kills } = await killAtEach(proxy, {
        reset: () => Promise.resolve(),
        start: () => start(argv, { env }),
        exitCode: 1,
        problems: async ({ stdout }: Finished) => {
          const { sealed = [] } = JSON.parse(stdout) as FixReport;
          const keys = sealed.flatMap(({ spec }) => Object.keys(spec.encryptedData));
          return [
            ...(keys.join() === 'a' ? [] : [`sealed is ${keys.join() || 'nothing'}`]),
            ...((await valueOf('sealed')) === undefined ? [] : ['the Secret was written']),
          ];
        },
        moments: (line, index, all) =>
          isExhaustive ? everyMoment(line) : index === all.length - 1 ? (['after'] as const) : [],
      });
      expect([wrong, kills.length > 0]).toEqual([[], true]);
    });
  });
});

test('a run that fills the vault of a store, killed at what it sends to either, leaves what a second run makes right', async () => {
  const sandbox = await startSandbox({ scenario: 'healthy', speed: 40 });
  const { store, vault } = sandbox;
  const proxy = await cuttingProxy(sandbox.kubeconfig);
  const folder = mkdtempSync(join(tmpdir(), 'c2l-killed-fill-'));
  const namespace = 'team';
  const apiVersion = 'external-secrets.io/v1';
  try {
    writeFileSync(join(folder, 'kubeconfig'), proxy.kubeconfig);
    writeFileSync(join(folder, 'ca.pem'), vault.caPem);
    writeFileSync(join(folder, 'backup.env'), `A='${good}'\n`, { mode: 0o600 });
    store.create('namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });
    store.create('secretstores', {
      apiVersion,
      kind: 'SecretStore',
      metadata: { namespace, name: 'vault' },
      spec: { provider: { azurekv: { vaultUrl: vault.url } } },
    });
    const env = [{ name: 'A', valueFrom: { secretKeyRef: { name: 'app', key: 'a' } } }];
    const spec = { containers: [{ name: 'main', image: 'example.test/main', env }] };
    store.create('pods', { apiVersion: 'v1', kind: 'Pod', metadata: { namespace, name: 'app' }, spec });
    const identity = { IDENTITY_ENDPOINT: vault.identityEndpoint, IDENTITY_HEADER: vault.identityHeader };
    const files = { NODE_EXTRA_CA_CERTS: join(folder, 'ca.pem') };
    let entry = '';
    let count = 0;
    const reset = (): Promise<void> => {
      count += 1;
      entry = `team-a-${String(count)}`;
      if (count > 1) store.remove('externalsecrets', namespace, 'app');
      if (store.get('secrets', namespace, 'app') !== undefined) store.remove('secrets', namespace, 'app');
      store.create('externalsecrets', {
        apiVersion,
        kind: 'ExternalSecret',
        metadata: { namespace, name: 'app' },
        spec: {
          refreshInterval: '1h',
          secretStoreRef: { name: 'vault' },
          target: { name: 'app' },
          data: [{ secretKey: 'a', remoteRef: { key: entry } }],
        },
      });
      return Promise.resolve();
    };
    const run = () => {
      const from = ['--from', `env:${join(folder, 'backup.env')}`, '--fill-store'];
      const where = ['--kubeconfig', join(folder, 'kubeconfig'), '-n', namespace, '-o', 'json'];
      return start(['fix-secrets', '--yes', ...from, ...where], { env: { ...identity, ...files } });
    };
    const problems = (): Promise<readonly string[]> => {
      const secret = store.get('secrets', namespace, 'app') as { data?: Record<string, string> } | undefined;
      const stored = vault.requests.filter((line) => line.startsWith('PUT') && line.includes(entry));
      return Promise.resolve([
        ...(vault.read(entry) === good ? [] : ['the vault has not the value']),
        ...(secret?.data?.['a'] === base64(good) ? [] : ['the Secret has not the value']),
        ...(stored.length === 1 ? [] : [`it was stored ${String(stored.length)} times`]),
      ]);
    };
    const killed = { reset, start: run, exitCode: 0, problems, moments: moments(/\/externalsecrets\//) };
    const { wrong, kills } = await killAtEach(proxy, killed);
    expect([wrong, kills.length > 0]).toEqual([[], true]);

    // The vault is no part of the cluster: whoever stored a value there may not live to see the answer.
    await reset();
    const first = run();
    const asked = () => vault.requests.some((line) => line.startsWith('PUT') && line.includes(entry));
    while (!asked()) await delay(1);
    first.child.kill('SIGKILL');
    await first.finished;
    expect([(await run().finished).exitCode, await problems()]).toEqual([0, []]);
  } finally {
    proxy.close();
    await sandbox.close();
    rmSync(folder, { recursive: true });
  }
});
