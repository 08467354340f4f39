import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';

import type { WalkReport } from '../../src/core/reports/walk-report.ts';
import { start } from '../support/built-program.ts';
import { isExhaustive } from '../support/exhaustive.ts';
import { cuttingProxy, killAt, type CuttingProxy, type Moment } from './support/cutting-proxy.ts';
import { isChange } from './support/killed-runs.ts';
import { worldKinds, type KubeObject, type World } from './support/worlds.ts';

jest.setTimeout(900_000);

const container = (name: string) => ({
  name,
  image: 'busybox:1.36',
  imagePullPolicy: 'IfNotPresent',
  command: ['sleep', '3600'],
  resources: { requests: { cpu: '5m' } },
  env: [{ name: 'PASSWORD', valueFrom: { secretKeyRef: { name: 'shop-secrets', key: 'password' } } }],
});
const workload = (kind: 'Deployment' | 'StatefulSet', name: string): object => ({
  apiVersion: 'apps/v1',
  kind,
  metadata: { name },
  spec: {
    ...(kind === 'StatefulSet' && { serviceName: name }),
    selector: { matchLabels: { app: name } },
    template: {
      metadata: { labels: { app: name } },
      spec: { terminationGracePeriodSeconds: 0, containers: [container(name)] },
    },
  },
});
const stackFor = (namespace: string): object => ({
  version: 1,
  name: 'shop',
  namespaces: [namespace],
  secrets: [{ name: 'shop-secrets', keys: { password: {} } }],
  components: [
    { name: 'db', workload: 'StatefulSet/db' },
    { name: 'api', workload: 'Deployment/api', dependsOn: ['db'] },
  ],
});
const manifests = [
  workload('Deployment', 'api'),
  workload('StatefulSet', 'db'),
  {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'db' },
    spec: { selector: { app: 'db' }, ports: [{ port: 80 }] },
  },
  { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'settings' }, data: { colour: 'red' } },
  { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'api' } },
];
const collections = [
  ...['secrets', 'configmaps', 'services', 'serviceaccounts'].map((name) => `/api/v1/namespaces/NS/${name}`),
  ...['deployments', 'statefulsets', 'replicasets'].map((name) => `/apis/apps/v1/namespaces/NS/${name}`),
];
const value = 'canary-of-the-bootstrap-91d3';

describe.each(worldKinds.filter(({ isThere }) => isThere))('a bootstrap that is killed, on $name', (kind) => {
  let world: World;
  let folder: string;
  let proxy: CuttingProxy;
  let namespace: string;

  beforeAll(async () => {
    world = await kind.start();
    namespace = `${world.namespace}-boot`;
    folder = mkdtempSync(join(tmpdir(), 'c2l-killed-bootstrap-'));
    proxy = await cuttingProxy(world.kubeconfig);
    writeFileSync(join(folder, 'kubeconfig'), proxy.kubeconfig);
    writeFileSync(join(folder, 'c2l.yaml'), stringify(stackFor(namespace)));
    writeFileSync(join(folder, 'all.yaml'), manifests.map((each) => stringify(each)).join('---\n'));
    writeFileSync(join(folder, 'backup.env'), `PASSWORD=${value}\n`, { mode: 0o600 });
  });

  afterAll(async () => {
    await empty();
    proxy.close();
    rmSync(folder, { recursive: true });
    await world.close();
  });

  async function empty(): Promise<void> {
    const path = `/api/v1/namespaces/${namespace}`;
    await world.send('DELETE', path);
    const gone = async () => ((await world.send('GET', path)).status === 404 ? true : undefined);
    await world.eventually('the namespace is gone', gone, 240_000);
  }

  function program() {
    const at = (name: string): string => join(folder, name);
    const line = [
      'bootstrap',
      '--kubeconfig',
      at('kubeconfig'),
      '--config',
      at('c2l.yaml'),
      '--manifests',
      at('all.yaml'),
    ];
    return start([...line, '--from', `env:${at('backup.env')}`, '--yes', '-o', 'json'], { timeoutMs: 200_000 });
  }

  /** Every object, with what it wants to be: of pods and ReplicaSets only how many there are. */
  async function found(): Promise<string[]> {
    const answers = await Promise.all(collections.map((path) => world.send('GET', path.replace('NS', namespace))));
    const lists = answers.map(({ body }) => (body['items'] ?? []) as KubeObject[]);
    return lists.flatMap((items, index) =>
      items.map(({ metadata }) => {
        const name = /replicasets$/.test(collections[index]!)
          ? metadata.name.replace(/-[a-z0-9]+$/, '')
          : metadata.name;
        return `${collections[index]!.split('/').at(-1)!} ${name}`;
      }),
    );
  }

  const nthWrite = (wanted: number): ((line: string) => boolean) => {
    let seen = -1;
    return (line) => isChange(line) && ++seen === wanted;
  };

  test('at any write, is gone on with by the next run until all is green, and nothing is there twice', async () => {
    proxy.begin();
    const whole = await program().finished;
    expect([whole.exitCode, whole.stdout]).toEqual([0, expect.not.stringContaining(value)]);
    const writes = proxy.requests.filter(isChange);
    expect(writes.map((line) => /\/(?:namespaces\/[^/]*\/)?([a-z]+)(?:\/[-\w]+)?\?/.exec(line)?.[1])).toEqual(
      expect.arrayContaining([
        'namespaces',
        'secrets',
        'serviceaccounts',
        'configmaps',
        'services',
        'statefulsets',
        'deployments',
      ]),
    );
    const wanted = (await found()).sort();
    const moments: readonly Moment[] = kind.isSandbox && isExhaustive ? ['before', 'during', 'after'] : ['during'];
    const wrong: string[] = [];
    for (const [nth, line] of writes.entries()) {
      for (const moment of moments) {
        const place = `${moment} ${line}`;
        await empty();
        await killAt(proxy, program(), { isMeant: nthWrite(nth), moment });
        const again = await program().finished;
        const { verdict, phases } = JSON.parse(again.stdout) as WalkReport;
        if (again.exitCode !== 0 || verdict !== 'ok') {
          wrong.push(
            `${place}: then exit ${String(again.exitCode)}: ${phases.map(({ summary }) => summary).join('; ')}`,
          );
        }
        const there = (await found()).sort();
        if (there.join() !== wanted.join()) wrong.push(`${place}: then there is ${there.join()}`);
      }
    }
    expect(wrong).toEqual([]);
  });
});
