import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

import { pauseAnnotation } from '../../src/core/argocd/sync-pause.ts';
import type { RestartReport } from '../../src/core/restart/restart-report.ts';
import { runCli } from '../support/run-cli.ts';
import { base64, secret, workload } from './matrix/manifests.ts';
import { untilLater, untilShown } from './matrix/set-up-row.ts';
import { needsA } from './restarts/rows-needed.ts';
import { container, secretEnv } from './support/pods.ts';
import { worldKinds, type KubeObject, type World } from './support/worlds.ts';

jest.setTimeout(300_000);

const mergePatch = 'application/merge-patch+json';
const needsFixed = { containers: [container('main', { env: [secretEnv('A', 'fixed', 'a')] })] };
const applications = '/apis/argoproj.io/v1alpha1/namespaces/argocd/applications';

const hasArgoCd = ({ isThere, isSandbox }: (typeof worldKinds)[number]): boolean =>
  isThere && (isSandbox || process.env['C2L_E2E_CONTROLLERS'] === '1');

describe.each(worldKinds.filter(hasArgoCd))('a restart of what Argo CD heals by itself, on $name', (kind) => {
  let world: World;
  let folder: string;
  let application: string;

  beforeAll(async () => {
    world = await kind.start({ speed: 4 });
    application = `${world.namespace}-healed`;
    folder = mkdtempSync(join(tmpdir(), 'c2l-self-heal-'));
    const repository = join(folder, 'repository');
    const git = (...words: string[]) => execFileSync('git', ['-C', repository, ...words]);
    mkdirSync(join(repository, 'shop'), { recursive: true });
    git('init', '--quiet', '--initial-branch=main');
    for (const manifest of [
      workload('Deployment', 'api', needsA, { replicas: 2 }),
      workload('StatefulSet', 'queue', needsA, { replicas: 1 }),
      workload('Deployment', 'store', needsFixed, { replicas: 2 }),
      workload('StatefulSet', 'log', needsFixed, { replicas: 1 }),
    ]) {
      writeFileSync(join(repository, 'shop', `${manifest.metadata.name}.yaml`), JSON.stringify(manifest));
    }
    git('add', '--all');
    git('-c', 'user.name=t', '-c', 'user.email=t@example.test', 'commit', '--quiet', '--message=shop');
    await world.send('POST', 'secrets', secret('app', 'a', 'b'));
    await world.send('POST', 'secrets', { ...secret('fixed', 'a'), immutable: true });
    const made = await world.send('POST', applications, {
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'Application',
      metadata: { name: application, namespace: 'argocd' },
      spec: {
        project: 'default',
        source: { repoURL: pathToFileURL(repository).href, path: 'shop', targetRevision: 'main' },
        destination: { server: 'https://kubernetes.default.svc', namespace: world.namespace },
        syncPolicy: { automated: { prune: true, selfHeal: true } },
      },
    });
    expect(made.status).toBe(201);
    await untilShown(world, world.namespace, { api: 'Running', queue: 'Running', store: 'Running', log: 'Running' });
  });

  afterAll(async () => {
    await world.send('PATCH', `${applications}/${application}`, { spec: { syncPolicy: null } }, mergePatch);
    await world.send('DELETE', `${applications}/${application}`);
    rmSync(folder, { recursive: true });
    await world.close();
  });

  async function restart(): Promise<{ code: number; done: string[] }> {
    const argv = ['restart', '-n', world.namespace, '--yes', '--timeout', '120s', '-o', 'json'];
    const { code, stdout } = await runCli(argv, { kubeconfig: world.kubeconfig, cwd: '/' });
    const { outcomes } = JSON.parse(stdout) as RestartReport;
    const touched = outcomes.filter(({ action }) => action !== 'keep-pod' && action !== 'wait-ready');
    return {
      code,
      done: touched.map(({ action, outcome, object: { kind: is } }) => `${outcome} ${action} ${is}`).sort(),
    };
  }

  async function listed(path: string): Promise<readonly KubeObject[]> {
    const { body } = await world.send('GET', path);
    return body['items'] as KubeObject[];
  }

  const apps = () => `/apis/apps/v1/namespaces/${world.namespace}`;

  /** What somebody that fights over the workloads would change: their generations, and the pods that stay. */
  async function standing(): Promise<readonly string[]> {
    const workloads = [...(await listed(`${apps()}/deployments`)), ...(await listed(`${apps()}/statefulsets`))];
    return [
      ...workloads.map(
        ({ metadata }) => `${metadata.name} ${String((metadata as { generation?: number }).generation)}`,
      ),
      ...(await listed('pods'))
        .filter(({ metadata }) => !('deletionTimestamp' in metadata))
        .map(({ metadata }) => metadata.uid),
    ].sort();
  }

  /** Argo CD compares anew, as often as it takes until it says so. */
  async function compared(): Promise<string> {
    const name = 'argocd.argoproj.io/refresh';
    await world.send(
      'PATCH',
      `${applications}/${application}`,
      { metadata: { annotations: { [name]: 'normal' } } },
      mergePatch,
    );
    return world.eventually('Argo CD compares', async () => {
      const { body } = await world.send('GET', `${applications}/${application}`);
      const { health, sync } = (body['status'] ?? {}) as { health?: { status: string }; sync?: { status: string } };
      if (body.metadata.annotations?.[name] !== undefined || health?.status !== 'Healthy') return undefined;
      return `${sync?.status ?? ''}, ${health.status}`;
    });
  }

  test('ends, and nothing fights: neither over the annotation of a rollout nor over a pod that is gone', async () => {
    await compared();
    // Starts and writes are told to the second: what is written in the second of a start may be in the pod already.
    await untilLater(world, world.namespace);
    await world.send(
      'PATCH',
      'secrets/app?fieldManager=rotator',
      { data: { a: base64('rotated-value-of-a-xx') } },
      mergePatch,
    );
    expect(await restart()).toEqual({
      code: 0,
      done: ['done restart-workload Deployment', 'done restart-workload StatefulSet'],
    });
    const rolled = await standing();
    expect(await compared()).toBe('Synced, Healthy');
    expect(await compared()).toBe('Synced, Healthy');
    expect(await standing()).toEqual(rolled);

    await world.send('PATCH', 'secrets/app', { data: { a: null } }, mergePatch);
    await world.send('DELETE', 'pods/queue-0');
    await untilShown(world, world.namespace, { queue: 'CreateContainerConfigError' });
    await world.send(
      'PATCH',
      'secrets/app?fieldManager=rotator',
      { data: { a: base64('rotated-value-of-a-xx') } },
      mergePatch,
    );
    const { code, done } = await restart();
    expect([code, done.filter((step) => step.startsWith('failed'))]).toEqual([0, []]);
    await untilShown(world, world.namespace, { queue: 'Running' });
    const replaced = await standing();
    expect(await compared()).toBe('Synced, Healthy');
    expect(await standing()).toEqual(replaced);
  });

  test('of an immutable Secret pauses who would scale back what must be gone at one time, and no longer', async () => {
    expect(await compared()).toBe('Synced, Healthy');
    const before = await standing();
    await untilLater(world, world.namespace);
    await world.send('DELETE', 'secrets/fixed');
    await world.send('POST', 'secrets', { ...secret('fixed', 'a', 'b'), immutable: true });

    expect(await restart()).toEqual({
      code: 0,
      done: [
        'done pause-sync Application',
        'done restart-workload Deployment',
        'done restart-workload StatefulSet',
        'done resume-sync Application',
      ],
    });
    const { body } = await world.send('GET', `${applications}/${application}`);
    expect(body['spec']).toMatchObject({ syncPolicy: { automated: { prune: true, selfHeal: true } } });
    expect(Object.keys(body.metadata.annotations ?? {})).not.toContain(pauseAnnotation);
    expect(await compared()).toBe('Synced, Healthy');
    // Their two workloads and three pods, and nothing else.
    const after = await standing();
    expect(after).toHaveLength(before.length);
    expect(after.filter((each) => !before.includes(each))).toHaveLength(5);
  });
});
