import { expect, test } from '@jest/globals';
import type { ClusterReader } from '../../../src/cluster-ports.ts';
import type { Listed, Resource } from '../../../src/core/cluster/kubernetes.ts';
import type { Observed } from '../../../src/core/cluster/observed.ts';
import { observe } from '../../../src/shell/observe/observe.ts';
import type { Scope } from '../../../src/shell/session.ts';

const everywhere: Scope = { namespaces: [], all: true, expectedNamespaces: [], argocdNamespace: 'argocd' };

/** A cluster in which each of the given resources has one object, in a namespace of the same name. */
function clusterWith(resources: readonly Resource[]): ClusterReader {
  const listed = <R extends Resource>(resource: R): Observed<readonly Listed[R][]> => {
    const metadata = { name: 'x', namespace: resource };
    // What is in an object beside its place does not matter to who only reads lists.
    const items = resources.includes(resource) ? [{ metadata } as unknown as Listed[R]] : [];
    return { state: 'present', value: items };
  };
  return {
    context: 'blue',
    server: 'https://127.0.0.1:1',
    defaultNamespace: 'default',
    namespaceExists: () => Promise.resolve({ state: 'present', value: true }),
    list: (resource) => Promise.resolve(listed(resource)),
    listSecrets: () => Promise.resolve({ state: 'present', value: [] }),
    listRevisions: () => Promise.resolve({ state: 'present', value: [] }),
    listDrillSecrets: () => Promise.resolve({ state: 'present', value: [] }),
    listArgoCdSecrets: () => Promise.resolve({ state: 'present', value: [] }),
    readSecret: () => Promise.resolve({ state: 'absent' }),
    copySecret: () => Promise.resolve({ state: 'absent' }),
    copyWorkload: () => Promise.resolve({ state: 'absent' }),
    readNamespace: () => Promise.resolve({ state: 'absent' }),
    readSynced: () => Promise.resolve({ state: 'absent' }),
    readLog: () => Promise.resolve({ state: 'absent' }),
    isAllowed: () => Promise.resolve({ state: 'present', value: true }),
    listNames: () => Promise.resolve({ state: 'present', value: [] }),
    serverVersion: () => Promise.resolve({ state: 'present', value: 'v1.36.0' }),
    apiGroups: () => Promise.resolve({ state: 'present', value: [] }),
    apiKinds: () => Promise.resolve({ state: 'absent' }),
  };
}

test('names every namespace in which anything was seen, where all are looked at', async () => {
  const seen = ['cronjobs', 'daemonsets', 'ingresses', 'jobs', 'pods'] as const;

  const { namespaces, cronJobs } = await observe(clusterWith(seen), everywhere, new Date(0));

  expect(namespaces).toEqual(seen);
  expect(cronJobs.items).toHaveLength(1);
});

test('names the namespaces that were asked for, also where they are empty', async () => {
  const scope = { ...everywhere, all: false, namespaces: ['shop'] };

  expect((await observe(clusterWith([]), scope, new Date(0))).namespaces).toEqual(['shop']);
});
