import { afterAll, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import type { WalkReport } from '../../src/core/reports/walk-report.ts';
import { runCli, type CliResult } from '../support/run-cli.ts';
import { untilLater } from './matrix/set-up-row.ts';
import { automated, GitApplications } from './support/git-applications.ts';
import { container, secretEnv } from './support/pods.ts';
import { worldKinds, type World } from './support/worlds.ts';

jest.setTimeout(240_000);

const base64 = (text: string) => Buffer.from(text).toString('base64');
const inGit = 'CHANGE_ME';
const good = 'g'.repeat(20);
describe.each(worldKinds)('a Secret that Argo CD has in Git, on $name', (kind) => {
  const hasArgoCd = kind.isSandbox || process.env['C2L_E2E_CONTROLLERS'] === '1';
  const run = kind.isThere && hasArgoCd ? test : test.skip;
  let world: World;
  let git: GitApplications;
  let count = 0;
  let secret = '';

  beforeAll(async () => {
    if (!kind.isThere || !hasArgoCd) return;
    world = await kind.start();
    git = new GitApplications(world);
    writeFileSync(join(git.folder, 'backup.env'), `A='${good}'\n`, { mode: 0o600 });
  });

  beforeEach(async () => {
    if (!kind.isThere || !hasArgoCd) return;
    await git.remove();
    const deployments = `/apis/apps/v1/namespaces/${world.namespace}/deployments`;
    if (secret !== '') await world.send('DELETE', `${deployments}/${secret}`);
    count += 1;
    // Argo CD may bring the Secret of a case that is over once more.
    secret = `app-${String(count)}`;
    const env = [{ name: 'A', valueFrom: { secretKeyRef: { name: secret, key: 'a' } } }];
    const template = {
      metadata: { labels: { app: secret } },
      spec: { containers: [{ name: 'app', image: 'busybox:1.36', env }] },
    };
    const spec = { replicas: 0, selector: { matchLabels: { app: secret } }, template };
    expect((await world.send('POST', deployments, { metadata: { name: secret }, spec })).status).toBe(201);
  });

  afterAll(async () => {
    if (!kind.isThere || !hasArgoCd) return;
    await git.close();
    await world.close();
  });

  const nameOf = (role: string) => `${world.namespace}-${role}-${String(count)}`;

  const secretManifest = (value: string) => ({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: secret },
    stringData: { a: value },
  });

  /** The Secret as a folder of Git holds it, brought by an Application. */
  async function brought(): Promise<string> {
    const path = `child-${String(count)}`;
    git.commit({ [`${path}/secret.yaml`]: secretManifest(inGit) });
    const child = git.manifest(nameOf('child'), path, world.namespace);
    await git.create(child);
    await holds(inGit);
    return child.metadata.name;
  }

  const valueNow = async () =>
    ((await world.send('GET', `secrets/${secret}`)).body['data'] as Record<string, string> | undefined)?.['a'];
  const holds = (value: string) =>
    world.eventually(`the Secret holds ${value}`, async () =>
      (await valueNow()) === base64(value) ? true : undefined,
    );
  const policyOf = async (name: string) =>
    ((await git.read(name))['spec'] as { syncPolicy?: { automated?: object } }).syncPolicy?.automated;

  const fix = (...argv: string[]): Promise<CliResult> => c2l('fix-secrets', ...argv);

  const c2l = (command: string, ...argv: string[]): Promise<CliResult> =>
    runCli(
      [command, '-n', world.namespace, '--yes', '--overwrite', `${secret}/a`, '--from', 'env:backup.env', ...argv],
      {
        kubeconfig: world.kubeconfig,
        cwd: git.folder,
      },
    );

  run('is left alone, with what self-heal would do and both ways on', async () => {
    const name = await brought();
    const { code, stderr } = await fix();
    expect([code, stderr.replace(/\s+/g, ' ')]).toEqual([
      2,
      expect.stringMatching(
        new RegExp(
          `application ${name} \\(tracking id ${name}:/Secret:${world.namespace}/${secret}\\): a changed value is set back` +
            ` to what Git holds \\(self-heal is on.*change the value in Git, then: .*--pause-sync 15m`,
        ),
      ),
    ]);
    expect(await valueNow()).toBe(base64(inGit));
  });

  run('holds another value for as long as was agreed, and what Git holds afterwards', async () => {
    const name = await brought();
    const running = fix('--pause-sync', '8s');
    await holds(good);
    expect(await policyOf(name)).toBeUndefined();
    const { code, stdout, stderr } = await running;
    expect([code, stderr]).toEqual([
      0,
      expect.stringMatching(/pause +application\/.* for 8.0 s; then Argo CD sets\s+back/),
    ]);
    expect(stdout.replace(/\s+/g, ' ')).toMatch(/done resume application\/.*the time is over/);
    expect(await policyOf(name)).toEqual(automated);
    expect((await git.read(name)).metadata.annotations ?? {}).not.toHaveProperty(['c2l.dev/paused-sync']);
    await holds(inGit);
  });

  run('stays as it was written once Git holds it, and the pause ends then', async () => {
    const name = await brought();
    const running = fix('--pause-sync', '3m');
    await holds(good);
    git.commit({ [`child-${String(count)}/secret.yaml`]: secretManifest(good) });
    const { code, stdout } = await running;
    expect([code, stdout.replace(/\s+/g, ' ')]).toEqual([
      0,
      expect.stringMatching(/Git holds what was written: it stays/),
    ]);
    expect(await policyOf(name)).toEqual(automated);
    expect(await valueNow()).toBe(base64(good));
  });

  run('is held by a walk until what needs it is restarted, proven, and Git holds it', async () => {
    const name = await brought();
    const deployment = `/apis/apps/v1/namespaces/${world.namespace}/deployments/${secret}`;
    const { body } = await world.send('GET', deployment);
    const { template, ...spec } = body['spec'] as { template: { spec: object } };
    const containers = [container('app', { env: [secretEnv('A', secret, 'a')] })];
    const pod = { ...template, spec: { ...template.spec, containers, terminationGracePeriodSeconds: 0 } };
    await world.send('PUT', deployment, { ...body, spec: { ...spec, replicas: 1, template: pod } });
    await world.eventually('it runs', async () => {
      const { status } = (await world.send('GET', deployment)).body as { status?: { readyReplicas?: number } };
      return status?.readyReplicas === 1 ? true : undefined;
    });
    const generation = async () =>
      ((await world.send('GET', deployment)).body.metadata as { generation?: number }).generation ?? 0;
    const before = await generation();
    await untilLater(world, world.namespace);
    const running = c2l('stabilize', '--pause-sync', '3m', '--timeout', '1m', '-o', 'json');
    await holds(good);
    await world.eventually('it is restarted', async () => ((await generation()) > before ? true : undefined));
    expect(await policyOf(name)).toBeUndefined();
    git.commit({ [`child-${String(count)}/secret.yaml`]: secretManifest(good) });
    const { code, stdout, stderr } = await running;
    const { phases } = JSON.parse(stdout) as WalkReport;
    expect([code, stderr, phases.map((phase) => `${phase.name} ${phase.verdict}`)]).toEqual([
      0,
      expect.stringMatching(/syncs again as before the pause; Git holds what was written/),
      ['audit problems', 'fix-secrets ok', 'restart ok', 'verify ok'],
    ]);
    expect(await policyOf(name)).toEqual(automated);
    expect(await valueNow()).toBe(base64(good));
  });

  run('is kept also where an Application of Applications would end the pause, which is paused too', async () => {
    const [root, child] = [nameOf('root'), nameOf('child')];
    const path = `child-${String(count)}`;
    git.commit({
      [`${path}/secret.yaml`]: secretManifest(inGit),
      [`root-${String(count)}/child.yaml`]: git.manifest(child, path, world.namespace),
    });
    // The outer one goes first: it would bring the inner one again.
    await git.create(git.manifest(root, `root-${String(count)}`, 'argocd'));
    git.willBeMade(child);
    await holds(inGit);
    // Long enough for a slow machine to look at both before it is over.
    const running = fix('--pause-sync', '15s');
    await holds(good);
    expect([await policyOf(root), await policyOf(child)]).toEqual([undefined, undefined]);
    const { code, stderr } = await running;
    expect([code, stderr]).toEqual([
      0,
      expect.stringMatching(new RegExp(`application/${root},\\s+application/${child}`)),
    ]);
    expect([await policyOf(root), await policyOf(child)]).toEqual([automated, automated]);
  });
});
