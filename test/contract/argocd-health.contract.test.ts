import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import type { AuditReport } from '../../src/core/audit/audit-report.ts';
import { runCli } from '../support/run-cli.ts';
import { GitApplications } from './support/git-applications.ts';
import { container, secretEnv } from './support/pods.ts';
import { worldKinds, type World } from './support/worlds.ts';

jest.setTimeout(240_000);

const refused = 'CreateContainerConfigError';
const needy = {
  selector: { matchLabels: { app: 'web' } },
  template: {
    metadata: { labels: { app: 'web' } },
    spec: { containers: [container('main', { env: [secretEnv('A', 'app', 'a')] })] },
  },
};

interface Row {
  readonly situation: string;
  readonly workload: Readonly<Record<string, unknown>> & { readonly kind: string };
  /** What Argo CD says of it. */
  readonly says: string;
  readonly finding: string;
}

/** Argo CD looks at what controllers count, not at pods. */
const rows: readonly Row[] = [
  {
    situation: 'a DaemonSet that is updated OnDelete is Healthy whatever its pods do',
    workload: {
      apiVersion: 'apps/v1',
      kind: 'DaemonSet',
      metadata: { name: 'web' },
      spec: { ...needy, updateStrategy: { type: 'OnDelete' } },
    },
    says: 'Healthy',
    finding: 'argocd-application-misreports says Healthy over daemonset/web, which is not ready',
  },
  {
    situation: 'a StatefulSet is Progressing for ever',
    workload: {
      apiVersion: 'apps/v1',
      kind: 'StatefulSet',
      metadata: { name: 'web' },
      spec: { ...needy, serviceName: 'web', replicas: 1 },
    },
    says: 'Progressing',
    finding: 'argocd-application-unhealthy is Progressing',
  },
];

interface Told {
  readonly status?: { readonly health?: { readonly status?: string }; readonly resources?: readonly object[] };
}

describe.each(worldKinds)('what Argo CD says over pods that cannot start, on $name', (kind) => {
  const isPlayed = kind.isThere && (kind.isSandbox || process.env['C2L_E2E_CONTROLLERS'] === '1');
  const run = isPlayed ? test.each(rows) : test.skip.each(rows);
  let world: World;
  let git: GitApplications;

  beforeAll(async () => {
    if (!isPlayed) return;
    world = await kind.start();
    git = new GitApplications(world);
  });

  afterAll(async () => {
    if (!isPlayed) return;
    await git.close();
    await world.close();
  });

  run('$situation, and audit names what it stands on', async ({ workload, says, finding }) => {
    const name = `${world.namespace}-${workload.kind.toLowerCase()}`;
    git.commit({ [`${workload.kind}/web.yaml`]: workload });
    await git.create(git.manifest(name, workload.kind, world.namespace));
    await world.eventually(`application ${name} says ${says} while its pod is refused`, async () => {
      const { status } = (await git.read(name)) as Told;
      const pods = await world.send('GET', 'pods');
      const isRefused = pods.text.includes(refused) && (status?.resources ?? []).length > 0;
      return isRefused && status?.health?.status === says ? true : undefined;
    });

    const argv = ['audit', '-n', world.namespace, '-o', 'json'];
    const { code, stdout } = await runCli(argv, { kubeconfig: world.kubeconfig });
    const { findings } = JSON.parse(stdout) as AuditReport;
    const told = findings.find(({ object }) => object.kind === 'Application' && object.name === name);
    expect(code).toBe(1);
    expect(`${told?.code ?? 'nothing'} ${told?.message ?? ''}`.replace(`Argo CD application ${name} `, '')).toContain(
      finding,
    );
    expect(told?.causes).toEqual([`secret-missing/${world.namespace}/app`]);
    await git.remove();
    await world.eventually(`${workload.kind.toLowerCase()} of ${name} is gone`, async () => {
      await world.send('DELETE', `/apis/apps/v1/namespaces/${world.namespace}/${workload.kind.toLowerCase()}s/web`);
      const { text } = await world.send('GET', 'pods');
      return text.includes('"web-') ? undefined : true;
    });
  });
});
