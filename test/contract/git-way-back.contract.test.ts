import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { openKubeseal } from '../../src/adapters/owners/kubeseal.ts';
import { SecretValue } from '../../src/core/secrets/secret-value.ts';
import { kubesealStandIn, type KubesealStandIn } from '../support/kubeseal-stand-in.ts';
import { runCli, type CliResult } from '../support/run-cli.ts';
import { sealingKey } from '../support/sealing-key.ts';
import { GitApplications } from './support/git-applications.ts';
import { watchSecret } from './support/secret-watcher.ts';
import { worldKinds, type KubeObject, type World } from './support/worlds.ts';

jest.setTimeout(300_000);

const applications = '/apis/argoproj.io/v1alpha1/namespaces/argocd/applications';
const controllerCertificate =
  '/api/v1/namespaces/sealed-secrets/services/sealed-secrets-controller:8080/proxy/v1/cert.pem';
const base64 = (text: string) => Buffer.from(text).toString('base64');
const [good, wrong] = ['g'.repeat(20), 'w'.repeat(20)];

const hasControllers = ({ isThere, isSandbox }: (typeof worldKinds)[number]): boolean =>
  isThere && (isSandbox || process.env['C2L_E2E_CONTROLLERS'] === '1');

/** What a cluster adds, a commit has not. */
function asCommitted({ metadata, ...rest }: KubeObject, spec: unknown = rest['spec']): object {
  const apiVersion = 'bitnami.com/v1alpha1';
  return { apiVersion, kind: 'SealedSecret', metadata: { name: metadata.name }, spec };
}

describe.each(worldKinds.filter(hasControllers))('a Secret that Git gives to Sealed Secrets, on $name', (kind) => {
  let world: World;
  let git: GitApplications;
  let standIn: KubesealStandIn | undefined;
  let env: Record<string, string>;
  let certificate: string;
  let name: string;

  beforeAll(async () => {
    world = await kind.start();
    git = new GitApplications(world);
    name = `${world.namespace}-sealed`;
    if (kind.isSandbox) {
      const key = await sealingKey();
      standIn = await kubesealStandIn();
      await world.send('POST', 'secrets', key.secret);
      certificate = key.certificate;
    } else certificate = (await world.send('GET', controllerCertificate)).text;
    writeFileSync(join(git.folder, 'cert.pem'), certificate);
    env = { PATH: standIn?.path ?? process.env['PATH'] ?? '' };
  });

  afterAll(async () => {
    await standIn?.remove();
    await git.close();
    await world.close();
  });

  const sealed = () => `/apis/bitnami.com/v1alpha1/namespaces/${world.namespace}/sealedsecrets/app`;

  async function value(): Promise<string | undefined> {
    const { body } = await world.send('GET', 'secrets/app');
    return (body['data'] as Record<string, string> | undefined)?.['a'];
  }

  /** Argo CD looks every three minutes, or when it is asked. */
  async function synced(what: string, isSo: () => Promise<boolean>): Promise<void> {
    const annotations = { 'argocd.argoproj.io/refresh': 'normal' };
    const merge = 'application/merge-patch+json';
    await world.send('PATCH', `${applications}/${name}`, { metadata: { annotations } }, merge);
    await world.eventually(what, async () => {
      const { metadata, ...rest } = await git.read(name);
      const { sync } = (rest['status'] ?? {}) as { sync?: { status: string } };
      const isAnswered = metadata.annotations?.['argocd.argoproj.io/refresh'] === undefined;
      return isAnswered && sync?.status === 'Synced' && (await isSo()) ? true : undefined;
    });
  }

  function migrate(...flags: string[]): Promise<CliResult> {
    const argv = ['migrate', 'app', '--to', 'sealed-secrets', '--yes', '--seal-cert', join(git.folder, 'cert.pem')];
    return runCli([...argv, '-n', world.namespace, ...flags], { kubeconfig: world.kubeconfig, env });
  }

  async function seal(text: string): Promise<Record<string, string>> {
    const sealer = await openKubeseal({ env });
    const data = new Map([['a', SecretValue.fromText(text)]]);
    const request = { namespace: world.namespace, name: 'app', data, scope: 'strict', certificate } as const;
    return Object.fromEntries((await sealer?.seal(request, AbortSignal.timeout(60_000))) ?? []);
  }

  test('has the value that was before when a commit is reverted, and is Git’s again when all of them are', async () => {
    const plain = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'app' }, data: { a: base64(good) } };
    git.commit({ 'app/secret.yaml': plain });
    await git.create(git.manifest(name, 'app', world.namespace));
    await synced('Argo CD brings the Secret', async () => (await value()) === base64(good));
    const watcher = await watchSecret(world, 'app');

    const there = await migrate();
    expect([there.code, there.stdout]).toEqual([0, expect.stringContaining('is with Sealed Secrets')]);
    const handed = (await world.send('GET', sealed())).body;
    const moved = git.commit({ 'app/secret.yaml': null, 'app/sealed.yaml': asCommitted(handed) });
    await synced('Argo CD has the SealedSecret', async () => {
      const { metadata } = (await world.send('GET', sealed())).body;
      return metadata.annotations?.['argocd.argoproj.io/tracking-id'] !== undefined;
    });
    const { looks, wrong: changes } = await watcher.end();
    expect([changes, looks > 10]).toEqual([[], true]);

    const spec = { ...(handed['spec'] as object), encryptedData: await seal(wrong) };
    const mistake = git.commit({ 'app/sealed.yaml': asCommitted(handed, spec) });
    await synced('the mistake is in the cluster', async () => (await value()) === base64(wrong));
    git.revert(mistake);
    await synced('the value is as it was', async () => (await value()) === base64(good));

    const back = await migrate('--undo');
    git.revert(moved);
    await synced('the SealedSecret is gone', async () => (await world.send('GET', sealed())).status === 404);
    expect([back.code, await value()]).toEqual([0, base64(good)]);
    const { body } = await world.send('GET', 'secrets/app');
    expect([body.metadata.annotations?.['argocd.argoproj.io/tracking-id'], body.metadata]).toEqual([
      `${name}:/Secret:${world.namespace}/app`,
      expect.not.objectContaining({ ownerReferences: expect.anything() }),
    ]);
  });
});
