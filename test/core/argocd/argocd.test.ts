import { expect, test } from '@jest/globals';
import { destinationOf, isTrackedAs, trackedBy } from '../../../src/core/argocd/application-objects.ts';
import { applicationsInScope, applicationStates } from '../../../src/core/argocd/argocd.ts';
import { argoCdParts, runsArgoCd } from '../../../src/core/argocd/argocd-parts.ts';
import type { Application } from '../../../src/core/cluster/kubernetes.ts';
import { newFinding } from '../../../src/core/findings/new-finding.ts';
import { snapshotOf, stackOf, type Parts } from '../../support/builders.ts';

const place = { namespace: 'argocd' };
const application = (name: string, parts: Partial<Application> = {}): Application => ({
  metadata: { name, ...place },
  ...parts,
});
const to = (namespace: string): Partial<Application> => ({ spec: { destination: { namespace } } });
const holding = (...namespaces: readonly (string | undefined)[]): Partial<Application> => ({
  status: {
    resources: namespaces.map((namespace) => ({
      kind: 'Secret',
      name: 's',
      ...(namespace !== undefined && { namespace }),
    })),
  },
});

test('in scope is what deploys into the namespaces that are looked at, and what the stack names, by name', () => {
  const applications = [
    application('z', to('shop')),
    application('b', holding('other', 'shop')),
    application('far', { ...to('other'), ...holding('other', undefined) }),
    application('named', to('other')),
    application('bare'),
  ];
  const names = (stack?: ReturnType<typeof stackOf>): string[] =>
    applicationsInScope(snapshotOf({ applications }), stack).map(({ metadata }) => metadata.name);

  expect(names()).toEqual(['b', 'z']);
  expect(names(stackOf({ argocd: { applications: ['named'] } }))).toEqual(['b', 'named', 'z']);
});

const root = newFinding('secret-missing', {
  object: { kind: 'Secret', namespace: 'shop', name: 'app' },
  message: 'secret/app does not exist',
  fix: 'x',
});
const about = (kind: string, name: string, ...causes: readonly string[]) =>
  newFinding('argocd-application-unhealthy', {
    object: { kind, ...place, name },
    message: `about ${name}`,
    causes,
    fix: 'x',
  });

test.each<[string, Partial<Application>, object]>([
  ['nothing', {}, { health: 'Unknown', sync: 'Unknown', syncPolicy: 'manual' }],
  ['a health that is empty', { status: { health: {} } }, { health: 'Unknown', sync: 'Unknown', syncPolicy: 'manual' }],
  [
    'all there is',
    { status: { health: { status: 'Healthy' }, sync: { status: 'Synced' }, operationState: { phase: 'Running' } } },
    { health: 'Healthy', sync: 'Synced', operation: 'Running', syncPolicy: 'manual' },
  ],
])('the state of an application that says %s', (_, parts, expected) => {
  const snapshot = snapshotOf({ applications: [application('shop', { ...to('shop'), ...parts })] });

  expect(applicationStates(snapshot, undefined, [])).toEqual([{ name: 'shop', ...expected }]);
});

test('the reasons of an application are those of its own findings, each once', () => {
  const snapshot = snapshotOf({ applications: [application('shop', to('shop')), application('web', to('shop'))] });
  const found = [root, about('Application', 'shop', root.id, root.id, 'gone'), about('Namespace', 'web', root.id)];

  expect(applicationStates(snapshot, undefined, found).map(({ name, reasons }) => [name, reasons])).toEqual([
    ['shop', ['secret/app does not exist']],
    ['web', undefined],
  ]);
});

const running = (name: string, label?: string, ready?: number): Parts => ({
  argocdDeployments: [
    {
      metadata: { name, ...place, ...(label !== undefined && { labels: { 'app.kubernetes.io/name': label } }) },
      spec: { template: { spec: { containers: [] } } },
      ...(ready !== undefined && { status: { readyReplicas: ready } }),
    },
  ],
});

test.each<[string, Parts, readonly string[]]>([
  ['by its name', running('argocd-redis', undefined, 1), ['argocd-redis 1/1']],
  ['by its label', running('release-redis', 'argocd-redis'), ['argocd-redis 0/1']],
  ['of the highly available installation', running('argocd-redis-ha-haproxy'), ['argocd-redis 0/1']],
  ['that is named alike', running('my-argocd-redis-ha'), []],
  ['that nothing needs', running('argocd-server'), []],
])('a part of Argo CD %s', (_, parts, expected) => {
  const { argocd } = snapshotOf(parts);
  const found = argoCdParts(argocd).flatMap(({ name, members }) =>
    members.map(({ ready, wanted }) => `${name} ${ready}/${wanted}`),
  );

  expect(found).toEqual(expected);
  expect(runsArgoCd(argocd)).toBe(expected.length > 0);
  expect(runsArgoCd({ ...argocd, installed: false })).toBe(false);
});

test('whose object is marked with an application is deployed by it where the mark is about this very object', () => {
  const object = { group: 'apps', kind: 'Deployment', namespace: 'shop', name: 'web' };
  const marked = (mark: string): string | undefined =>
    trackedBy(object, { annotations: { 'argocd.argoproj.io/tracking-id': mark } });

  expect(marked('shop:apps/Deployment:shop/web')).toBe('shop');
  expect(marked('shop:apps/Deployment:shop/copy')).toBeUndefined();
  expect(marked('shop:/Deployment:shop/web')).toBeUndefined();
  expect(marked('shop')).toBeUndefined();
  expect(trackedBy(object, {})).toBeUndefined();
  expect(trackedBy(object, { annotations: {} })).toBeUndefined();
});

test('an application is named by its mark, outside of its own namespace with that', () => {
  expect(isTrackedAs(application('shop'), 'shop')).toBe(true);
  expect(isTrackedAs(application('shop'), 'argocd_shop')).toBe(true);
  expect(isTrackedAs(application('shop'), 'other_shop')).toBe(false);
  expect(isTrackedAs({ metadata: { name: 'shop' } }, '_shop')).toBe(true);
  expect(destinationOf(application('shop'))).toBe('');
  expect(destinationOf(application('shop', { spec: {} }))).toBe('');
});
