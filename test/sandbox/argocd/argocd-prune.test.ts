import { expect, test } from '@jest/globals';

import { prune, surplusOf, trackingIdOf } from '../../../src/sandbox/argocd/argocd-prune.ts';
import type { NewObject, StoredObject } from '../../../src/sandbox/store/stored-object.ts';
import { stillCluster, type StillCluster } from '../../support/sandbox-cluster.ts';

function brought(name: string, more: object = {}, options?: string): NewObject {
  const object: NewObject = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace: 'test' } };
  const annotations = {
    'argocd.argoproj.io/tracking-id': trackingIdOf('shop', object),
    ...(options !== undefined && { 'argocd.argoproj.io/sync-options': options }),
  };
  return { ...object, metadata: { ...object.metadata, annotations, ...more } };
}

/** But for what Kubernetes itself puts into a namespace. */
const names = ({ store }: StillCluster): string[] =>
  store
    .list('configmaps', 'test')
    .map(({ metadata }) => metadata.name)
    .filter((name) => name !== 'kube-root-ca.crt');

const owner = { apiVersion: 'v1', kind: 'Secret', name: 'owner', uid: 'u' };
const approval = { 'argocd.argoproj.io/deletion-approved': 'now' };

test.each([
  ['what left Git goes', { prune: true }, {}, [undefined, undefined], ['kept', 'owned']],
  ['nothing goes where prune is not on', {}, {}, [undefined, undefined], ['kept', 'first', 'second', 'owned']],
  ['what says no stays', { prune: true }, {}, ['Prune=false', undefined], ['kept', 'first', 'owned']],
  ['all wait for a yes', { prune: true }, {}, ['Prune=confirm', undefined], ['kept', 'first', 'second', 'owned']],
  ['and go with it', { prune: true }, approval, ['Prune=confirm', undefined], ['kept', 'owned']],
])('%s', (_case, policy, annotations, [first, second], left) => {
  const cluster = stillCluster();
  const kept = brought('kept');
  cluster.apply(
    kept,
    brought('first', {}, first),
    brought('second', {}, second),
    brought('owned', { ownerReferences: [owner] }),
  );
  const application = { kind: 'Application', metadata: { name: 'shop', annotations } } as unknown as StoredObject;
  const surplus = surplusOf(cluster, application, [kept]);
  expect(surplus.map(({ object }) => object.metadata.name)).toEqual(['first', 'second']);
  prune(cluster, application, { surplus, policy, isEmpty: false });
  const there = names(cluster);
  expect(there.sort()).toEqual([...left].sort());
});

test('a source that became empty takes nothing away, unless it may', () => {
  const cluster = stillCluster();
  cluster.apply(brought('first'));
  const application = { kind: 'Application', metadata: { name: 'shop' } } as unknown as StoredObject;
  const surplus = surplusOf(cluster, application, []);
  prune(cluster, application, { surplus, policy: { prune: true }, isEmpty: true });
  expect(names(cluster)).toEqual(['first']);
  prune(cluster, application, { surplus, policy: { prune: true, allowEmpty: true }, isEmpty: true });
  expect(names(cluster)).toEqual([]);
});
