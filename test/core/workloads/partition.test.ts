import { expect, test } from '@jest/globals';
import type { StatefulSet } from '../../../src/core/cluster/kubernetes.ts';
import { isBelowPartition } from '../../../src/core/workloads/partition.ts';
import { workloads, type Workload } from '../../../src/core/workloads/workloads.ts';
import { deployment, namespace, snapshotOf, type Parts } from '../../support/builders.ts';

type Strategy = StatefulSet['spec']['updateStrategy'];

function workloadOf(parts: Parts): Workload {
  return workloads(snapshotOf(parts))[0]!;
}

function statefulSet(updateStrategy?: Strategy, more: Partial<StatefulSet['spec']> = {}): Workload {
  const spec = { template: { spec: { containers: [] } }, ...(updateStrategy && { updateStrategy }), ...more };
  return workloadOf({ statefulSets: [{ metadata: { namespace, name: 'db' }, spec }] });
}

function isBelow(workload: Workload, name: string): boolean {
  return isBelowPartition(workload, { metadata: { namespace, name }, spec: { containers: [] } });
}

const fromTwo: Strategy = { type: 'RollingUpdate', rollingUpdate: { partition: 2 } };

test.each<[string, Strategy, string, boolean]>([
  ['below', fromTwo, 'db-1', true],
  ['at it', fromTwo, 'db-2', false],
  ['above it, by number and not by text', fromTwo, 'db-10', false],
  ['below, by its last number', { rollingUpdate: { partition: 12 } }, 'db-20-11', true],
  ['without a number, which no StatefulSet makes', fromTwo, 'db-0-x', false],
  ['where there is none', { rollingUpdate: {} }, 'db-0', false],
  ['where pods are replaced by hand', { type: 'OnDelete' }, 'db-0', false],
  ['where nothing is said of updates', undefined, 'db-0', false],
])('a pod %s', (_, strategy, name, expected) => {
  expect(isBelow(statefulSet(strategy), name)).toBe(expected);
});

test('a partition counts from the first ordinal on', () => {
  const fromFive = statefulSet(fromTwo, { ordinals: { start: 5 } });

  expect(['db-5', 'db-6', 'db-7'].map((name) => isBelow(fromFive, name))).toEqual([true, true, false]);
});

test('only a StatefulSet has a partition', () => {
  expect(isBelow(workloadOf(deployment('db')), 'db-1')).toBe(false);
});
