import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { AuditReport } from '../../src/core/audit/audit-report.ts';
import type { Pod } from '../../src/core/cluster/kubernetes-pod.ts';
import { mapLimited } from '../../src/core/map-limited.ts';
import type { DoctorReport } from '../../src/core/reports/doctor-report.ts';
import type { RestartReport } from '../../src/core/restart/restart-report.ts';
import { start } from '../support/built-program.ts';
import { isExhaustive } from '../support/exhaustive.ts';
import { runCli } from '../support/run-cli.ts';
import { base64, secret, workload, type Manifest } from './matrix/manifests.ts';
import { inNamespaceOf, type Situation } from './matrix/set-up-row.ts';
import { needsA, needsB, rotateA } from './restarts/rows-needed.ts';
import { cuttingProxy, type Moment } from './support/cutting-proxy.ts';
import { isChange } from './support/killed-runs.ts';
import { worldKinds, type KubeObject, type World } from './support/worlds.ts';

jest.setTimeout(900_000);

const immutable = (manifest: Manifest): Manifest => ({ ...manifest, immutable: true });
const others = {
  ...secret('app', 'a', 'b'),
  data: { a: base64('another-value-of-a-x'), b: base64('another-of-b-xx') },
};

interface Sequence extends Situation {
  readonly name: string;
  readonly writes: readonly RegExp[];
}

/** Of pods that are given no time to end, what kubelet keeps is waited for by the clock: then a restart takes long. */
const sequencesOf = (terminationGracePeriodSeconds: number): readonly Sequence[] => [
  {
    name: 'a rollout of two workloads',
    objects: [
      secret('app', 'a', 'b'),
      workload('Deployment', 'api', { ...needsA, terminationGracePeriodSeconds }, { replicas: 2 }),
      workload('StatefulSet', 'queue', { ...needsA, terminationGracePeriodSeconds }),
    ],
    shows: { api: 'Running', queue: 'Running' },
    then: rotateA,
    writes: [/^PATCH .*\/deployments\/api/, /^PATCH .*\/statefulsets\/queue/],
  },
  {
    name: 'an immutable Secret that kubelet has to let go of',
    objects: [
      immutable(secret('app', 'a', 'b')),
      workload('Deployment', 'api', { ...needsA, terminationGracePeriodSeconds }, { replicas: 2 }),
      workload('StatefulSet', 'queue', { ...needsB, terminationGracePeriodSeconds }),
    ],
    shows: { api: 'Running', queue: 'Running' },
    then: ['a second later', { delete: 'secrets/app' }, { create: immutable(others) }],
    writes: [/^PATCH .*\/deployments\/api/, /^PATCH .*\/statefulsets\/queue/],
  },
];

/** Each in a namespace of its own, where most of the time goes by waiting. */
const killsAtOnce = 4;

/** The place among all requests of the write that is meant by its place among the writes. */
type Kill = { readonly write: number; readonly moment: Moment };

describe.each(worldKinds.filter(({ isThere }) => isThere))('a restart that is killed, on $name', (kind) => {
  // The sandbox is killed three times as often.
  const sequences = sequencesOf(kind.isSandbox ? 1 : 0);
  let world: World;
  let folder: string;

  beforeAll(async () => {
    world = await kind.start();
    folder = mkdtempSync(join(tmpdir(), 'c2l-killed-restart-'));
  });

  afterAll(async () => {
    rmSync(folder, { recursive: true });
    await world.close();
  });

  function restart(kubeconfig: string, namespace: string) {
    const argv = ['restart', '--kubeconfig', kubeconfig, '-n', namespace, '--yes', '--timeout', '90s'];
    return start(argv, { timeoutMs: 150_000 });
  }

  async function report(...argv: string[]): Promise<unknown> {
    const { stdout } = await runCli([...argv, '-o', 'json'], { kubeconfig: world.kubeconfig, cwd: '/' });
    return JSON.parse(stdout) as unknown;
  }

  async function list(namespace: string, path: string): Promise<readonly KubeObject[]> {
    const api = path === 'pods' ? '/api/v1' : '/apis/apps/v1';
    const { body } = await world.send('GET', `${api}/namespaces/${namespace}/${path}`);
    return body['items'] as KubeObject[];
  }

  /** What is not as it must be, in words. */
  async function problems(namespace: string, before: ReadonlySet<string>): Promise<string[]> {
    const workloads = [...(await list(namespace, 'deployments')), ...(await list(namespace, 'statefulsets'))];
    const pods = (await list(namespace, 'pods')) as unknown as Pod[];
    const kept = pods.filter(
      ({ metadata }) => before.has(metadata.uid ?? '') && metadata.deletionTimestamp === undefined,
    );
    const { outcomes, verdict } = (await report('restart', '-n', namespace, '--dry-run')) as RestartReport;
    const again = outcomes.filter(({ outcome }) => outcome === 'planned').map(({ object }) => object.name);
    return [
      ...workloads.flatMap(({ metadata, spec, status }) => {
        const { replicas } = spec as { replicas: number };
        const wanted = metadata.name === 'api' ? 2 : 1;
        const notes = Object.keys(metadata.annotations ?? {}).filter((name) => name.startsWith('c2l.dev/'));
        return [
          ...(replicas === wanted ? [] : [`${metadata.name} is scaled to ${String(replicas)}`]),
          ...((status as { readyReplicas?: number }).readyReplicas === wanted ? [] : [`${metadata.name} is not ready`]),
          ...notes.map((note) => `${metadata.name} still has ${note}`),
        ];
      }),
      ...kept.map(({ metadata }) => `${metadata.name} still holds the old value`),
      ...(again.length === 0 && verdict === 'ok'
        ? []
        : [`another restart would touch ${again.join(', ')}: ${verdict}`]),
    ];
  }

  /** Between the kill and the next run: nobody can overlook what was scaled away. */
  async function untold(namespace: string): Promise<string[]> {
    const away = [...(await list(namespace, 'deployments')), ...(await list(namespace, 'statefulsets'))].filter(
      ({ spec }) => (spec as { replicas: number }).replicas === 0,
    );
    if (away.length === 0) return [];
    const { examinations } = (await report('doctor', '-n', namespace)) as DoctorReport;
    const { findings } = (await report('audit', '-n', namespace)) as AuditReport;
    return away.flatMap(({ metadata: { name } }) => {
      const text = `${name} in namespace ${namespace} is scaled to 0 by a restart that did not end`;
      const isTold = examinations.some(({ detail, next }) => detail.includes(text) && next?.startsWith('c2l restart'));
      const isFound = findings.some(({ message }) => message.includes(`${name} is scaled to 0 by a restart`));
      return [...(isTold ? [] : [`doctor does not tell of ${name}`]), ...(isFound ? [] : [`audit has not ${name}`])];
    });
  }

  /** Plays it once, with a kill or without; what is wrong afterwards, and how many writes there were. */
  async function play(
    sequence: Sequence,
    namespace: string,
    kill?: Kill,
  ): Promise<{ wrong: string[]; writes: string[] }> {
    const proxy = await cuttingProxy(world.kubeconfig);
    const kubeconfig = join(folder, namespace);
    writeFileSync(kubeconfig, proxy.kubeconfig);
    const seen = inNamespaceOf(world, { row: sequence, namespace }, async () => {
      const before = new Set((await list(namespace, 'pods')).map(({ metadata }) => metadata.uid));
      const first = restart(kubeconfig, namespace);
      proxy.begin(kill && { isMeant: nth(kill.write), moment: kill.moment, kill: () => first.child.kill('SIGKILL') });
      const { exitCode, stderr } = await first.finished;
      await proxy.settled();
      const writes = proxy.requests.filter(isChange);
      if (kill === undefined) {
        return { writes, wrong: [...(exitCode === 0 ? [] : [stderr]), ...(await problems(namespace, before))] };
      }
      const overlooked = await untold(namespace);
      proxy.begin();
      const again = await restart(kubeconfig, namespace).finished;
      const failed = again.exitCode === 0 ? [] : [`then exit ${String(again.exitCode)}: ${again.stderr}`];
      const lived = exitCode === null || kill.moment === 'after' ? [] : ['lived on'];
      return { writes, wrong: [...lived, ...overlooked, ...failed, ...(await problems(namespace, before))] };
    });
    return seen.finally(() => {
      proxy.close();
    });
  }

  test.each(sequences)('at any write leaves what a second run makes right: $name', async (sequence) => {
    const base = `${world.namespace}-${String(sequences.indexOf(sequence))}`;
    const whole = await play(sequence, base);
    expect(whole.wrong).toEqual([]);
    for (const wanted of sequence.writes) expect(whole.writes.join('\n')).toMatch(new RegExp(wanted, 'm'));

    // Where each try takes half a minute, the one moment that leaves most behind.
    const moments: readonly Moment[] = kind.isSandbox || isExhaustive ? ['before', 'during', 'after'] : ['after'];
    const kills = whole.writes.flatMap((_, write) => moments.map((moment): Kill => ({ write, moment })));
    const wrong = await mapLimited(kills, killsAtOnce, async (kill) => {
      const seen = await play(sequence, `${base}-${String(kills.indexOf(kill))}`, kill);
      return seen.wrong.map((problem) => `${kill.moment} write ${String(kill.write)}: ${problem}`);
    });
    expect(wrong.flat()).toEqual([]);
  });
});

function nth(wanted: number): (line: string) => boolean {
  let seen = -1;
  return (line) => {
    if (isChange(line)) seen += 1;
    return isChange(line) && seen === wanted;
  };
}
