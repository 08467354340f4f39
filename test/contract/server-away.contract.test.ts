import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

import type { RestartReport } from '../../src/core/restart/restart-report.ts';
import type { VerifyReport } from '../../src/core/verify/verify-report.ts';
import { start } from '../support/built-program.ts';
import { secret, workload } from './matrix/manifests.ts';
import { inNamespaceOf, type Situation } from './matrix/set-up-row.ts';
import { needsA, rotateA } from './restarts/rows-needed.ts';
import { partingProxy, type PartingProxy } from './support/parting-proxy.ts';
import { container } from './support/pods.ts';
import { worldKinds, type World } from './support/worlds.ts';

jest.setTimeout(240_000);

/** It becomes ready only after the server has gone. */
const late = {
  containers: [
    container('main', { readinessProbe: { exec: { command: ['true'] }, initialDelaySeconds: 12, periodSeconds: 1 } }),
  ],
};

const rotated: Situation = {
  objects: [secret('app', 'a', 'b'), workload('Deployment', 'api', needsA), workload('StatefulSet', 'queue', needsA)],
  shows: { api: 'Running', queue: 'Running' },
  then: rotateA,
};

describe.each(worldKinds.filter(({ isThere }) => isThere))(
  'an API server that is gone for a while, on $name',
  (kind) => {
    /** As long as it takes until a server of one node is up again. */
    const awayMs = kind.isSandbox ? 5000 : 30_000;
    let world: World;
    let proxy: PartingProxy;
    let folder: string;

    beforeAll(async () => {
      world = await kind.start({ speed: 2 });
      proxy = await partingProxy(world.kubeconfig);
      folder = mkdtempSync(join(tmpdir(), 'c2l-away-'));
      writeFileSync(join(folder, 'kubeconfig'), proxy.kubeconfig);
    });

    afterAll(async () => {
      proxy.close();
      rmSync(folder, { recursive: true });
      await world.close();
    });

    function c2l(...argv: string[]) {
      const where = ['--kubeconfig', join(folder, 'kubeconfig'), '--timeout', '150s', '-o', 'json'];
      return start([...argv, ...where], { timeoutMs: 180_000 });
    }

    async function away(): Promise<void> {
      const before = proxy.parted();
      proxy.cut();
      await delay(awayMs);
      expect(proxy.parted()).toBeGreaterThan(before);
      proxy.mend();
    }

    const path = (namespace: string, rest: string) => `/apis/apps/v1/namespaces/${namespace}/${rest}`;

    test('restart waits for it, and does nothing twice', async () => {
      const namespace = `${world.namespace}-restart`;
      await inNamespaceOf(world, { row: rotated, namespace }, async () => {
        const running = c2l('restart', '-n', namespace, '--yes');
        await world.eventually('a restart is begun', async () => {
          const { body } = await world.send('GET', path(namespace, 'deployments/api'));
          return JSON.stringify(body['spec']).includes('restartedAt') ? true : undefined;
        });
        await away();
        const { exitCode, stdout, stderr } = await running.finished;
        expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: expect.any(String) });
        const { outcomes, findings } = JSON.parse(stdout) as RestartReport;
        const done = outcomes.filter(({ action }) => action === 'restart-workload').map(({ outcome }) => outcome);
        expect([done, findings]).toEqual([['done', 'done'], []]);
        // One change of the template each, whatever was sent again.
        for (const workloads of ['deployments/api', 'statefulsets/queue']) {
          const { body } = await world.send('GET', path(namespace, workloads));
          expect(body.metadata).toMatchObject({ generation: 2 });
        }
      });
    });

    test('verify goes on where it was', async () => {
      const namespace = `${world.namespace}-verify`;
      const row = { objects: [workload('Deployment', 'api', late)], shows: { api: 'Running' } };
      await inNamespaceOf(world, { row, namespace }, async () => {
        const running = c2l('verify', '-n', namespace);
        await running.said('stderr', /0 of 1/);
        await away();
        const { exitCode, stdout, stderr } = await running.finished;
        expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: expect.any(String) });
        const { checks, findings } = JSON.parse(stdout) as VerifyReport;
        expect([checks.map(({ outcome }) => outcome), findings]).toEqual([['pass'], []]);
      });
    });
  },
);
