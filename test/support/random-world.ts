import fc from 'fast-check';
import type { Container, PodSpec, Volume } from '../../src/core/cluster/kubernetes-pod.ts';
import type { Snapshot } from '../../src/core/cluster/snapshot.ts';
import {
  barePod,
  container,
  cronJob,
  daemonSet,
  deployment,
  job,
  keyEnv,
  secret,
  service,
  snapshotOf,
  statefulSet,
  type Parts,
} from './builders.ts';

/** A cluster in which all is well, with what it was made from, so that a law can say what must follow. */
export interface RandomWorld {
  readonly snapshot: Snapshot;
  readonly workloads: readonly RandomWorkload[];
  readonly needs: readonly RandomNeed[];
}

export interface RandomWorkload {
  /** `Deployment/w0`. */
  readonly id: string;
  /** Indices of the workloads that an init container waits for: always earlier ones. */
  readonly waitsFor: readonly number[];
}

export interface RandomNeed {
  readonly workload: number;
  readonly secret: string;
  readonly key: string;
  readonly optional: boolean;
}

const kinds = {
  Deployment: deployment,
  StatefulSet: statefulSet,
  DaemonSet: daemonSet,
  Job: job,
  CronJob: cronJob,
  Pod: barePod,
} as const;
/** What nothing stands behind a Service of, because it has no pods of its own that last. */
const cannotServe: readonly string[] = ['Job', 'CronJob', 'Pod'];

interface DraftNeed extends Omit<RandomNeed, 'workload'> {
  readonly via: 'env' | 'volume' | 'projected-volume';
  readonly init: boolean;
}

interface Draft {
  readonly kind: keyof typeof kinds;
  readonly replicas: number;
  readonly needs: readonly DraftNeed[];
  readonly waits: readonly number[];
}

const need: fc.Arbitrary<DraftNeed> = fc.record({
  secret: fc.constantFrom('s0', 's1', 's2'),
  key: fc.constantFrom('alpha', 'beta', 'gamma', 'delta'),
  optional: fc.boolean(),
  via: fc.constantFrom('env', 'volume', 'projected-volume'),
  init: fc.boolean(),
});

const draft: fc.Arbitrary<Draft> = fc.record({
  kind: fc.constantFrom(...(Object.keys(kinds) as (keyof typeof kinds)[])),
  replicas: fc.integer({ min: 0, max: 3 }),
  needs: fc.array(need, { maxLength: 5 }),
  waits: fc.uniqueArray(fc.nat(6), { maxLength: 2 }),
});

export const randomWorld: fc.Arbitrary<RandomWorld> = fc
  .array(draft, { minLength: 1, maxLength: 7 })
  .map((drafts): RandomWorld => {
    const workloads = drafts.map((each, index) => ({
      id: `${each.kind}/w${index}`,
      waitsFor: each.waits.filter((other) => other < index && !cannotServe.includes(drafts[other]!.kind)),
    }));
    const needs = drafts.flatMap((each, workload) =>
      each.needs.map(({ secret: name, key, optional }) => ({ workload, secret: name, key, optional })),
    );
    const secrets = [...new Set(needs.map((each) => each.secret))].sort().map((name) => {
      const own = needs.filter((each) => each.secret === name).map(({ key }) => key);
      return secret(name, [...new Set(own)].sort());
    });
    const parts = drafts.flatMap((each, index) => partsOf(each, index, workloads[index]!.waitsFor));
    return { snapshot: snapshotOf(...secrets, ...parts), workloads, needs };
  });

function partsOf({ kind, replicas, needs }: Draft, index: number, waitsFor: readonly number[]): Parts[] {
  const name = `w${index}`;
  const env = (init: boolean) =>
    needs
      .filter((each) => each.via === 'env' && each.init === init)
      .map((each) => keyEnv(each.secret, each.key, each.optional));
  const waiters = waitsFor.map((other): Container =>
    container(`wait-${other}`, { command: ['sh', '-c', `until nc -z w${other} 80; do sleep 1; done`] }),
  );
  const volumes = needs.flatMap(volumeOf);
  const spec: Partial<PodSpec> = {
    initContainers: [...waiters, container('prepare', { env: env(true) })],
    containers: [container('main', { env: env(false), volumeMounts: volumes.map(mountOf) })],
    volumes,
  };
  const workload = kind === 'Pod' ? barePod(name, spec) : kinds[kind](name, { spec, replicas });
  return cannotServe.includes(kind) ? [workload] : [workload, service(name)];
}

function volumeOf({ via, secret: secretName, key, optional }: DraftNeed, place: number): readonly Volume[] {
  const name = `v${place}`;
  const items = [{ key, path: key }];
  switch (via) {
    case 'env':
      return [];
    case 'volume':
      return [{ name, secret: { secretName, items, optional } }];
    case 'projected-volume':
      return [{ name, projected: { sources: [{ secret: { name: secretName, items, optional } }] } }];
  }
}

function mountOf({ name }: Volume) {
  return { name, mountPath: `/${name}` };
}

/** Ids of the users of a key, and of all that waits for them. */
export function blockedBy({ workloads, needs }: RandomWorld, lost: Pick<RandomNeed, 'secret' | 'key'>): string[] {
  const blocked = new Set(
    needs
      .filter(({ secret: name, key, optional }) => name === lost.secret && key === lost.key && !optional)
      .map(({ workload }) => workload),
  );
  // Whoever waits comes after what it waits for.
  for (const [index, { waitsFor }] of workloads.entries()) {
    if (waitsFor.some((other) => blocked.has(other))) blocked.add(index);
  }
  return [...blocked].map((index) => workloads[index]!.id).sort();
}

/** The snapshot with every list in an order that the keys decide. */
export function reordered(snapshot: Snapshot, order: (index: number) => number): Snapshot {
  const visit = (value: unknown): unknown => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
    const entries = Object.entries(value).map(([name, inner]: [string, unknown]) => [
      name,
      name === 'items' && Array.isArray(inner) ? shuffled(inner as unknown[], order) : visit(inner),
    ]);
    return Object.fromEntries(entries) as unknown;
  };
  return visit(snapshot) as Snapshot;
}

function shuffled(items: readonly unknown[], order: (index: number) => number): unknown[] {
  return items
    .map((item, index) => ({ item, rank: order(index) }))
    .sort((left, right) => left.rank - right.rank)
    .map(({ item }) => item);
}
