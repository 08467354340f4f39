import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import type { AuditReport } from '../../src/core/report.ts';
import { runCli } from '../support/run-cli.ts';
import { container, PodBench, secretEnv } from './support/pods.ts';
import { worldKinds, type World } from './support/worlds.ts';

jest.setTimeout(120_000);

describe.each(worldKinds)('who may get Secrets by name on $name, and not list them', (kind) => {
  const run = kind.isThere ? test : test.skip;
  let world: World;

  beforeAll(async () => {
    if (kind.isThere) world = await kind.start();
  });

  afterAll(async () => {
    if (kind.isThere) await world.close();
  });

  run('gets the full answer', async () => {
    const bench = new PodBench(world);
    await bench.createSecret('app', ['there']);
    const env = [secretEnv('A', 'app', 'there'), secretEnv('B', 'app', 'lost'), secretEnv('C', 'gone', 'c')];
    await bench.createPod('api', { containers: [container('main', { env })] });

    const kubeconfig = await world.withoutListingSecrets();
    const { stdout } = await runCli(['audit', '-n', world.namespace, '-o', 'json'], { kubeconfig });
    const { verdict, findings } = JSON.parse(stdout) as AuditReport;
    const own = findings.filter(({ object }) => object.namespace === world.namespace);

    expect(own.map(({ code, secret, key }) => [code, secret, key])).toEqual([
      ['secret-key-missing', 'app', 'lost'],
      ['secret-missing', 'gone', undefined],
    ]);
    expect(verdict).toBe('problems');
  });
});
