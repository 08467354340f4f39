import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import type { RestartReport } from '../../src/core/restart/restart-report.ts';
import type { VerifyReport } from '../../src/core/verify/verify-report.ts';
import { runCli } from '../support/run-cli.ts';
import { configMap, secret, workload } from './matrix/manifests.ts';
import { inNamespaceOf, type Situation } from './matrix/set-up-row.ts';
import { container, secretEnv } from './support/pods.ts';
import { worldKinds, type World } from './support/worlds.ts';

jest.setTimeout(240_000);

const settings = { name: 'SETTING', valueFrom: { configMapKeyRef: { name: 'settings', key: 'a' } } };
const refused = 'CreateContainerConfigError';

const lacksConfigMap: Situation = {
  objects: [
    secret('app', 'a'),
    workload('Deployment', 'api', { containers: [container('main', { env: [secretEnv('A', 'app', 'a'), settings] })] }),
  ],
  shows: { api: refused },
};

/** Far longer than a test may take that waits for it. */
const timeout = ['--timeout', '30m'];

describe.each(worldKinds.filter(({ isThere }) => isThere))('what no time heals, on $name', (kind) => {
  let world: World;

  beforeAll(async () => {
    world = await kind.start({ speed: 4 });
  });

  afterAll(async () => {
    await world.close();
  });

  async function c2l(...argv: string[]): Promise<{ readonly code: number; readonly report: unknown }> {
    const { code, stdout } = await runCli([...argv, '-o', 'json'], { kubeconfig: world.kubeconfig, cwd: '/' });
    return { code, report: JSON.parse(stdout) as unknown };
  }

  test('a ConfigMap that is missing ends verify at once, named as the cause, and not once it is there', async () => {
    const namespace = `${world.namespace}-verify`;
    await inNamespaceOf(world, { row: lacksConfigMap, namespace }, async () => {
      const failed = await c2l('verify', '-n', namespace, ...timeout);
      const { checks, findings } = failed.report as VerifyReport;
      expect(failed.code).toBe(1);
      const [ready] = checks;
      expect(ready).toMatchObject({
        outcome: 'fail',
        detail: expect.stringMatching(/configmap\/settings does not exist/),
      });
      expect(findings).toContainEqual(expect.objectContaining({ code: 'configmap-missing' }));
      expect(findings.find(({ code }) => code === 'check-failed')?.causes).toHaveLength(1);

      // kubelet goes on saying that it lacks until it looks again.
      await world.send('POST', `/api/v1/namespaces/${namespace}/configmaps`, configMap('settings', 'a'));
      const healed = await c2l('verify', '-n', namespace, ...timeout);
      expect(healed).toMatchObject({ code: 0, report: { findings: [] } });
    });
  });

  test('a dry run of restart with nothing to do comes to the end of the run', async () => {
    const namespace = `${world.namespace}-restart`;
    await inNamespaceOf(world, { row: lacksConfigMap, namespace }, async () => {
      const argv = ['restart', '-n', namespace, '--yes', ...timeout];
      const planned = await c2l(...argv, '--dry-run');
      const done = await c2l(...argv);
      expect(planned).toMatchObject({ code: 1, report: { verdict: 'problems', dryRun: true } });
      expect(done).toMatchObject({ code: 1, report: { verdict: 'problems', dryRun: false } });
      const told = ({ findings, outcomes }: RestartReport) => ({ ids: findings.map(({ id }) => id), outcomes });
      expect(told(planned.report as RestartReport)).toEqual(told(done.report as RestartReport));
    });
  });
});
