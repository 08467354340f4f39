import { expect, test } from '@jest/globals';
import type { Pod } from '../../../src/core/cluster/kubernetes-pod.ts';
import { endingPods, heldOnLostNode, lostNodeObstacle } from '../../../src/core/workloads/lost-nodes.ts';
import { workloads } from '../../../src/core/workloads/workloads.ts';
import { daemonSet, namespace, snapshotOf, statefulSet, type Parts } from '../../support/builders.ts';

const lost = new Set(['n1']);
const told = 'node n1 is not ready and lets no pod go: bring it back, or once it is surely off: kubectl delete node n1';
const on = (parts: Parts, nodeName?: string, deletionTimestamp?: string, phase?: string): Parts => ({
  ...parts,
  pods: (parts.pods ?? []).map((pod): Pod => ({
    ...pod,
    metadata: { ...pod.metadata, ...(deletionTimestamp !== undefined && { deletionTimestamp }) },
    spec: { ...pod.spec, ...(nodeName !== undefined && { nodeName }) },
    status: { ...pod.status, ...(phase !== undefined && { phase }) },
  })),
});
const at = '2026-01-02T03:00:00Z';

test.each<[string, Parts, ReadonlySet<string>, string | undefined]>([
  ['a pod on a lost node', on(statefulSet('db'), 'n1'), lost, told],
  ['a pod on another node', on(statefulSet('db'), 'n2'), lost, undefined],
  ['a pod on no node', on(statefulSet('db')), lost, undefined],
  ['a pod where no node is lost', on(statefulSet('db'), 'n1'), new Set(), undefined],
  ['a pod that is being ended on a lost node', on(statefulSet('db'), 'n1', at), lost, told],
  ['a pod that a DaemonSet makes anew elsewhere', on(daemonSet('db'), 'n1'), lost, undefined],
])('a workload is held up by %s', (_, parts, nodes, expected) => {
  const snapshot = snapshotOf(parts);
  const [workload] = workloads(snapshot);

  expect(workload && lostNodeObstacle(workload, nodes, snapshot)).toBe(expected);
});

test.each<[string, Parts, readonly string[]]>([
  ['is being ended', on(statefulSet('db'), 'n1', at), ['db-0']],
  ['was ended', on(statefulSet('db'), 'n1', at, 'Failed'), []],
  ['had ended before', on(statefulSet('db'), 'n1', at, 'Succeeded'), []],
  ['lives', on(statefulSet('db'), 'n1'), []],
  ['is no pod of a StatefulSet', on(daemonSet('db'), 'n1', at), []],
])('a StatefulSet waits for a pod that %s', (_, parts, expected) => {
  for (const kind of ['StatefulSet', 'DaemonSet']) {
    const found = endingPods(snapshotOf(parts), { kind, namespace, name: 'db' });
    expect(found.map(({ metadata }) => metadata.name)).toEqual(kind === 'StatefulSet' ? expected : []);
  }
});

test('of pods that are to be gone the first on a lost node counts', () => {
  const { pods = [] } = statefulSet('db', { replicas: 2 });
  const placed = pods.map((pod, index) => ({ ...pod, spec: { ...pod.spec, nodeName: `n${2 - index}` } }));

  expect(heldOnLostNode(placed, lost)).toBe(told);
  expect(heldOnLostNode(placed, new Set(['n3']))).toBeUndefined();
});
