import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Pod } from '../../../src/core/cluster/kubernetes-pod.ts';
import { refText } from '../../../src/core/cluster/kubernetes.ts';
import type { RestartReport } from '../../../src/core/restart/restart-report.ts';
import { containerStatuses } from '../../../src/core/workloads/pod-state.ts';
import { runCli } from '../../support/run-cli.ts';
import { inNamespaceOf, untilShown } from '../matrix/set-up-row.ts';
import type { World } from '../support/worlds.ts';
import type { RestartRow } from './row.ts';

export interface RestartSeen {
  readonly restarts: Readonly<Record<string, number>>;
  readonly replaces: Readonly<Record<string, number>>;
  readonly exit: number;
  readonly steps: readonly string[];
}

/** Sets a row up, runs `restart` on it, and counts whose pods are others than before. */
export async function playRestart(world: World, row: RestartRow, namespace: string): Promise<RestartSeen> {
  return inNamespaceOf(world, { row, namespace }, async () => {
    const before = await podsOf(world, namespace);
    const { code, stdout, stderr } = await restart(world, row, namespace);
    const { outcomes } = JSON.parse(stdout) as Partial<RestartReport>;
    if (outcomes === undefined) throw new Error(`restart gave no report: ${stdout}${stderr}`);
    const after = new Set((await podsOf(world, namespace)).filter(isStaying).map(({ metadata }) => metadata.uid));
    const gone = before.filter(({ metadata }) => !after.has(metadata.uid));
    await untilShown(world, namespace, row.after ?? {});
    return {
      restarts: counted(gone.filter(isAtWork)),
      replaces: counted(gone.filter((pod) => !isAtWork(pod))),
      exit: code,
      steps: outcomes.map(({ outcome, action, object, detail }) =>
        `${outcome} ${action} ${refText(object)}: ${detail}`.replaceAll(namespace, 'NAMESPACE'),
      ),
    };
  });
}

async function restart(world: World, { options = [], components }: RestartRow, namespace: string) {
  const cwd = await mkdtemp(join(tmpdir(), 'c2l-restarts-'));
  try {
    if (components !== undefined) {
      const stack = { version: 1, name: 'row', namespaces: [namespace], components };
      await writeFile(join(cwd, 'c2l.yaml'), JSON.stringify(stack));
    }
    const argv = ['restart', '-n', namespace, '--yes', '--timeout', '60s', '-o', 'json', ...options];
    return await runCli(argv, { kubeconfig: world.kubeconfig, cwd });
  } finally {
    await rm(cwd, { recursive: true, force: true });
  }
}

async function podsOf(world: World, namespace: string): Promise<Pod[]> {
  const { body } = await world.send('GET', `/api/v1/namespaces/${namespace}/pods`);
  return (body['items'] as Pod[]).filter(isStaying);
}

function isStaying({ metadata }: Pod): boolean {
  return metadata.deletionTimestamp === undefined;
}

function isAtWork(pod: Pod): boolean {
  return containerStatuses(pod).some(({ state }) => state?.running !== undefined);
}

/** By the name of what the pods belong to. */
function counted(pods: readonly Pod[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { metadata } of pods) {
    const name = metadata.labels?.['app'] ?? metadata.name;
    counts[name] = (counts[name] ?? 0) + 1;
  }
  return counts;
}
