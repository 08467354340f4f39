import { expect, test } from '@jest/globals';
import type { Application } from '../../../src/core/cluster/kubernetes.ts';
import { diagnose } from '../../../src/core/diagnose/diagnose.ts';
import {
  container,
  deployment,
  gap,
  keyEnv,
  secretWith,
  snapshotOf,
  statefulSet,
  type Parts,
} from '../../support/builders.ts';
import { ended, pending, waiting } from '../../support/pod-statuses.ts';
import { told } from '../../support/told.ts';

const place = { namespace: 'argocd' };
const allParts = ['argocd-application-controller', 'argocd-repo-server', 'argocd-redis'];

/** Argo CD's own parts, each with so many pods ready of so many wanted. */
function running(parts: Readonly<Record<string, readonly [ready: number, wanted: number]>>): Parts {
  const build = ([name, [readyReplicas, replicas]]: [string, readonly [number, number]]) => ({
    metadata: { name, ...place },
    spec: { replicas, template: { spec: { containers: [] } } },
    status: { readyReplicas },
  });
  const entries = Object.entries(parts);
  const isController = ([name]: [string, unknown]): boolean => name.endsWith('-controller');
  return {
    argocdDeployments: entries.filter((each) => !isController(each)).map(build),
    argocdStatefulSets: entries.filter(isController).map(build),
  };
}

const well = running(Object.fromEntries(allParts.map((name) => [name, [1, 1] as const])));

function application(name: string, status: Application['status'], destination?: string): Application {
  return {
    metadata: { name, ...place },
    ...(destination !== undefined && { spec: { destination: { namespace: destination } } }),
    ...(status && { status }),
  };
}

const resource = (kind: string, name: string) => ({ group: 'apps', kind, namespace: 'shop', name });
const holding = (status: string, ...resources: readonly ReturnType<typeof resource>[]): Application =>
  application('shop', { health: { status }, resources });
const both = [resource('Deployment', 'web'), resource('Deployment', 'api')];
const lacking = { containers: [container('c', { env: [keyEnv('app', 'k')] })] };
const refused = pending([], [waiting('c', 'CreateContainerConfigError', 'secret "app" not found')]);
const creating = pending([], [waiting('c', 'ContainerCreating')]);
const argocdTold = (parts: readonly Parts[]): string[] =>
  told(diagnose(snapshotOf(...parts)).filter(({ code }) => code.startsWith('argocd-')));

test.each<[string, readonly Parts[], readonly string[]]>([
  [
    'that lacks all but Redis',
    [running({ 'argocd-redis': [1, 1] })],
    [
      'error argocd-unhealthy: argocd-repo-server does not exist in namespace argocd: Argo CD cannot render manifests, so nothing syncs [kubectl -n argocd get pods]',
      'error argocd-unhealthy: argocd-application-controller does not exist in namespace argocd: Argo CD neither syncs nor updates the health of applications [kubectl -n argocd get pods]',
    ],
  ],
  [
    'whose parts are down',
    [running({ 'argocd-application-controller': [0, 1], 'argocd-repo-server': [1, 2], 'argocd-redis': [0, 0] })],
    [
      'error argocd-unhealthy: deployment/argocd-redis is scaled to 0: Argo CD has no cache, so applications do not sync [kubectl -n argocd get pods]',
      'error argocd-unhealthy: deployment/argocd-repo-server has 1 of 2 pods ready: Argo CD cannot render manifests, so nothing syncs [kubectl -n argocd get pods]',
      'error argocd-unhealthy: statefulset/argocd-application-controller has 0 of 1 pod ready: Argo CD neither syncs nor updates the health of applications [kubectl -n argocd get pods]',
    ],
  ],
  [
    'that lacks a part, where Deployments were not read',
    [running({ 'argocd-redis': [1, 1] }), { gaps: [gap('deployments', 'argocd')] }],
    [],
  ],
  [
    'that lacks a part, where StatefulSets were not read',
    [running({ 'argocd-redis': [1, 1] }), { gaps: [gap('statefulsets', 'argocd')] }],
    [],
  ],
  [
    'that runs elsewhere',
    [{ applications: [holding('Healthy', resource('Deployment', 'web'))] }, deployment('web')],
    [
      'warning argocd-unhealthy: no Argo CD runs in namespace argocd: what it says of 1 application there may be old [kubectl -n argocd get pods]',
    ],
  ],
  [
    'that runs elsewhere, or was not read',
    [
      { applications: [holding('Healthy', resource('Deployment', 'web'))] },
      deployment('web'),
      { gaps: [gap('deployments', 'argocd')] },
    ],
    [],
  ],
  ['that is not there', [deployment('web')], []],
])('an Argo CD %s', (_, parts, expected) => {
  expect(argocdTold(parts)).toEqual(expected);
});

test.each<[string, readonly Parts[], readonly string[]]>([
  ['is well', [well, { applications: [holding('Healthy', ...both)] }, deployment('web'), deployment('api')], []],
  [
    'has no health yet, over one that lacks a Secret and one that is ready',
    [
      well,
      { applications: [application('shop', { resources: both })] },
      deployment('web', { spec: lacking, pods: refused }),
      deployment('api'),
    ],
    [
      'warning argocd-application-unhealthy: Argo CD application shop is Unknown over deployment/web, which is not ready [kubectl -n argocd describe application shop]',
    ],
  ],
  [
    'says Healthy over two that lack a Secret',
    [
      well,
      { applications: [holding('Healthy', ...both)] },
      deployment('web', { spec: lacking, pods: refused }),
      deployment('api', { spec: lacking, pods: refused }),
    ],
    [
      'warning argocd-application-misreports: Argo CD application shop says Healthy over deployment/api and deployment/web, which are not ready [kubectl -n argocd annotate application shop argocd.argoproj.io/refresh=normal --overwrite]',
    ],
  ],
  [
    'says Healthy over one that lacks a Secret and runs',
    [well, { applications: [holding('Healthy', ...both)] }, deployment('web', { spec: lacking })],
    [],
  ],
  [
    'is Progressing over what lacks a Secret',
    [well, { applications: [holding('Progressing', ...both)] }, deployment('web', { spec: lacking, pods: refused })],
    [
      'warning argocd-application-unhealthy: Argo CD application shop is Progressing over deployment/web, which is not ready: no progress will come by itself [kubectl -n argocd describe application shop]',
    ],
  ],
  [
    'is Progressing over what runs',
    [well, { applications: [holding('Progressing', ...both)] }, deployment('web')],
    [
      'warning argocd-application-unhealthy: Argo CD application shop is Progressing [kubectl -n argocd describe application shop]',
    ],
  ],
  [
    'is Progressing over what is not there',
    [well, { applications: [holding('Progressing', resource('Job', 'once'))] }, deployment('web', { pods: creating })],
    [
      'warning argocd-application-unhealthy: Argo CD application shop is Progressing [kubectl -n argocd describe application shop]',
    ],
  ],
  [
    'is Progressing in an Argo CD that does not work',
    [running({ 'argocd-redis': [0, 1] }), { applications: [holding('Progressing', ...both)] }, deployment('web')],
    [
      'error argocd-unhealthy: deployment/argocd-redis has 0 of 1 pod ready: Argo CD has no cache, so applications do not sync [kubectl -n argocd get pods]',
      'error argocd-unhealthy: argocd-repo-server does not exist in namespace argocd: Argo CD cannot render manifests, so nothing syncs [kubectl -n argocd get pods]',
      'error argocd-unhealthy: argocd-application-controller does not exist in namespace argocd: Argo CD neither syncs nor updates the health of applications [kubectl -n argocd get pods]',
      'warning argocd-application-unhealthy: Argo CD application shop is Progressing [kubectl -n argocd describe application shop]',
    ],
  ],
  [
    'is Degraded over a container that ended',
    [
      well,
      { applications: [holding('Degraded', resource('StatefulSet', 'db'))] },
      statefulSet('db', { pods: pending([], [ended('db', 1)]) }),
    ],
    [
      'warning argocd-application-unhealthy: Argo CD application shop is Degraded over statefulset/db, which is not ready [kubectl -n argocd describe application shop]',
    ],
  ],
])('an application that %s', (_, parts, expected) => {
  expect(argocdTold(parts)).toEqual(expected);
});

test('an application is put down to its own roots, else to Argo CD', () => {
  const causesOf = (...parts: Parts[]) =>
    diagnose(snapshotOf(...parts))
      .filter(({ code }) => code.startsWith('argocd-application-'))
      .map(({ causes }) => causes);
  const broken = running({
    'argocd-redis': [0, 1],
    'argocd-repo-server': [1, 1],
    'argocd-application-controller': [1, 1],
  });
  const shop = { applications: [holding('Progressing', resource('Deployment', 'web'))] };

  expect(causesOf(broken, shop, deployment('web'))).toEqual([['argocd-unhealthy/argocd/deployment/argocd-redis']]);
  expect(causesOf(broken, shop, deployment('web', { spec: lacking, pods: refused }))).toEqual([
    ['secret-missing/shop/app'],
  ]);
  expect(causesOf(well, shop, deployment('web'))).toEqual([[]]);
});

const syncing = (status: Application['status'], destination?: string): Parts[] => [
  well,
  {
    applications: [
      application(
        'shop',
        { health: { status: 'Healthy' }, resources: [resource('Deployment', 'web')], ...status },
        destination,
      ),
    ],
  },
  deployment('web'),
  secretWith('app', { k: 'the-very-secret-value' }),
];

test.each<[string, Application['status'], readonly string[]]>([
  [
    'of a condition',
    {
      conditions: [
        { type: 'SharedResourceWarning', message: 'no' },
        { type: 'ComparisonError', message: 'rpc  error:\n\n  no such host ' },
      ],
    },
    [
      'warning argocd-sync-failed: Argo CD application shop does not sync: ComparisonError: rpc error: no such host [kubectl -n argocd describe application shop]',
    ],
  ],
  [
    'of a condition without words',
    { conditions: [{ type: 'SyncError' }] },
    [
      'warning argocd-sync-failed: Argo CD application shop does not sync: SyncError [kubectl -n argocd describe application shop]',
    ],
  ],
  [
    'of a condition that quotes a manifest',
    { conditions: [{ type: 'SyncError', message: 'Deployment is wrong: Invalid value: "x"' }] },
    [
      'warning argocd-sync-failed: Argo CD application shop does not sync: SyncError: Deployment is wrong: [kubectl -n argocd describe application shop]',
    ],
  ],
  [
    'of its last sync',
    { operationState: { phase: 'Failed', message: 'one or more objects failed to apply' } },
    [
      'warning argocd-sync-failed: Argo CD application shop does not sync: its last sync is Failed: one or more objects failed to apply [kubectl -n argocd describe application shop]',
    ],
  ],
  [
    'of its last sync, an error',
    { operationState: { phase: 'Error' } },
    [
      'warning argocd-sync-failed: Argo CD application shop does not sync: its last sync is Error [kubectl -n argocd describe application shop]',
    ],
  ],
  [
    'of a value that its words hold',
    { operationState: { phase: 'Failed', message: 'login with the-very-secret-value refused' } },
    [
      'warning argocd-sync-failed: Argo CD application shop does not sync: its last sync is Failed: login with [redacted] refused [kubectl -n argocd describe application shop]',
    ],
  ],
  ['of nothing: it runs', { operationState: { phase: 'Running', message: 'waiting' } }, []],
])('an application that does not sync because %s', (_, status, expected) => {
  expect(argocdTold(syncing(status, 'shop'))).toEqual(expected);
});
