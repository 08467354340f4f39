import { expect, test } from '@jest/globals';
import { refText } from '../../../src/core/cluster/kubernetes.ts';
import type { Snapshot } from '../../../src/core/cluster/snapshot.ts';
import { diagnose } from '../../../src/core/diagnose/diagnose.ts';
import {
  container,
  deployment,
  keyEnv,
  namespace,
  snapshotOf,
  statefulSet,
  type Parts,
} from '../../support/builders.ts';
import { pending, waiting } from '../../support/pod-statuses.ts';

function ending(...parts: readonly Parts[]): Snapshot {
  const closer = {
    configMaps: [],
    configMapNamespaces: new Set<string>(),
    claims: [],
    nodes: [],
    lastWords: new Map<string, string>(),
    endingNamespaces: new Map([[namespace, '2026-01-02T03:00:00Z']]),
    gaps: [],
  };
  return { ...snapshotOf(...parts), closer };
}

test('a namespace that is being deleted explains what is missing in it, and no pod that fails', () => {
  const lacking = { containers: [container('web', { env: [keyEnv('app', 'k')] })] };
  const failing = pending([], [waiting('db', 'CrashLoopBackOff')]);
  const found = diagnose(
    ending(deployment('web', { spec: lacking, pods: 'none' }), statefulSet('db', { pods: failing })),
  );

  expect(found.map(({ code, object, causes }) => [code, refText(object), ...causes].join(' ')).sort()).toEqual([
    'container-crashing statefulset/db',
    'namespace-terminating namespace/shop',
    'secret-missing secret/app namespace-terminating/namespace/shop',
  ]);
  const root = found.find(({ code }) => code === 'namespace-terminating');
  expect(root?.blocks.map(refText)).toEqual(['deployment/web', 'statefulset/db']);
  expect(root?.message).toBe(
    'namespace shop was deleted at 2026-01-02 03:00:00 UTC and is not gone yet: nothing can be created in it',
  );
});
