import { describe, expect, test } from '@jest/globals';
import type { ConfigMap } from '../../../src/core/cluster/kubernetes.ts';
import type { Snapshot } from '../../../src/core/cluster/snapshot.ts';
import { draftStack, type DraftedStack } from '../../../src/core/init/draft-stack.ts';
import {
  barePod,
  container,
  cronJob,
  deployment,
  job,
  keyEnv,
  namespace,
  owner,
  secret,
  service,
  snapshotOf,
  statefulSet,
  type Parts,
} from '../../support/builders.ts';

const drafted = (
  parts: readonly Parts[],
  configMaps: readonly ConfigMap[] = [],
  more: Partial<Snapshot> = {},
): DraftedStack => draftStack({ ...snapshotOf(...parts), ...more }, configMaps);

const wave = (name: string, of: string, env: readonly object[] = []): Parts =>
  deployment(name, {
    annotations: { 'argocd.argoproj.io/sync-wave': of },
    spec: { containers: [container(name, { env: env as never })] },
  });

const uses = (name: string, ...env: readonly object[]): Parts =>
  deployment(name, { spec: { containers: [container(name, { env: env as never })] } });

const names = ({ draft }: DraftedStack): string[] => draft.components.map(({ name }) => name);

describe('the draft of a stack', () => {
  test('is what must be there, and how it hangs together', () => {
    const { draft, questions } = drafted([
      uses('web', keyEnv('app', 'token'), { name: 'DB_HOST', value: 'db' }),
      statefulSet('db'),
      service('db'),
      secret('app', ['token']),
    ]);
    expect({ ...draft, secrets: draft.secrets.map(({ name }) => name) }).toEqual({
      name: namespace,
      namespaces: [namespace],
      productionContexts: [],
      argocd: { namespace: 'argocd', applications: [] },
      secrets: ['app'],
      components: [
        { name: 'db', workload: 'StatefulSet/db', dependsOn: [], checks: [], notes: [] },
        {
          name: 'web',
          workload: 'Deployment/web',
          dependsOn: ['db'],
          checks: [],
          notes: ['Guess: it depends on db, as variable DB_HOST names db.'],
        },
      ],
      leftOut: [],
    });
    expect(questions).toEqual([]);
  });

  test('names the Applications of these namespaces alone', () => {
    const application = (name: string, place: string) => ({
      metadata: { name, namespace: 'argocd' },
      spec: { destination: { namespace: place } },
      status: { resources: [{ group: 'apps', kind: 'Deployment', namespace: place, name: 'web' }] },
    });
    const { draft } = drafted([
      deployment('web'),
      { applications: [application('shop', namespace), application('x', 'y')] },
    ]);
    expect(draft.argocd).toEqual({ namespace: 'argocd', applications: ['shop'] });
  });

  test('keeps the first namespace, and of the others those in which something lies', () => {
    const elsewhere = (parts: Parts): Parts => ({
      deployments: (parts.deployments ?? []).map((each) => ({
        ...each,
        metadata: { ...each.metadata, namespace: 'data' },
      })),
    });
    const { draft } = drafted([elsewhere(deployment('db', { pods: 'none' }))], [], {
      namespaces: [namespace, 'empty', 'data'],
    });
    expect(draft.namespaces).toEqual([namespace, 'data']);
    expect(draft.components).toMatchObject([{ name: 'db', namespace: 'data' }]);
    expect(drafted([], [], { namespaces: [] }).draft).toMatchObject({ name: '', namespaces: [] });
  });

  test('tells two workloads of one name apart', () => {
    expect(names(drafted([deployment('web'), statefulSet('web'), deployment('api')])).sort()).toEqual([
      'api',
      'shop-web-deployment',
      'shop-web-statefulset',
    ]);
  });

  test('leaves out what comes and goes, with the reason', () => {
    const run = job('nightly-1');
    const [of] = run.jobs ?? [];
    const runOf: Parts = {
      jobs:
        of === undefined
          ? []
          : [{ ...of, metadata: { ...of.metadata, ownerReferences: [owner('CronJob', 'nightly')] } }],
    };
    const { draft } = drafted([job('once'), cronJob('nightly'), runOf, barePod('alone'), deployment('web')]);
    expect(draft.components.map(({ name }) => name)).toEqual(['web']);
    const left = (what: string, why: string) => `Left out: ${what}, as ${why}; what it needs stands in the Secrets.`;
    expect(Object.fromEntries(draft.leftOut.map(({ workload, note }) => [workload, note]))).toEqual({
      'Job/once': left('Job shop/once', 'it runs once, and is never ready to be waited for'),
      'CronJob/nightly': left('CronJob shop/nightly', 'it runs by its schedule, and is never ready to be waited for'),
      'Pod/alone': left('Pod shop/alone', 'no controller starts it again, so that it cannot be restarted in order'),
    });
  });

  const optional = (name: string, ...more: readonly object[]): Parts =>
    uses(name, keyEnv('app', 'token', true), ...more);
  const note = 'Guess: not critical, as it starts without every key that it could use.';
  test.each<[string, readonly Parts[], boolean]>([
    ['needs no key that it takes', [optional('web')], true],
    ['needs one of them', [optional('web', keyEnv('app', 'other'))], false],
    ['takes none', [deployment('web')], false],
    ['is needed by another', [optional('web'), service('web'), uses('api', { name: 'WEB_HOST', value: 'web' })], false],
    [
      'needs a key before it starts',
      [
        deployment('web', {
          spec: {
            initContainers: [container('i', { env: [keyEnv('app', 'x')] })],
            containers: [container('web', { env: [keyEnv('app', 'token', true)] })],
          },
        }),
      ],
      false,
    ],
    [
      'pulls with credentials',
      [
        deployment('web', {
          spec: {
            containers: [container('web', { env: [keyEnv('app', 'token', true)] })],
            imagePullSecrets: [{ name: 'r' }],
          },
        }),
      ],
      false,
    ],
  ])('guesses that a component is an extra where it %s', (_, parts, isExtra) => {
    const web = drafted(parts).draft.components.find(({ name }) => name === 'web');
    expect([web?.critical, web?.notes.includes(note)]).toEqual(isExtra ? [false, true] : [undefined, false]);
  });
});

test('a health path is marked as a guess', () => {
  const probe = { containerPort: 80 };
  const spec = {
    containers: [container('web', { ports: [probe], readinessProbe: { httpGet: { port: 80, path: '/up' } } })],
  };
  const ports = [{ port: 80 }];
  const services: Parts = {
    services: [{ metadata: { name: 'web', namespace }, spec: { selector: { app: 'web' }, ports } }],
  };
  const [web] = drafted([deployment('web', { spec, labels: { app: 'web' } }), services]).draft.components;
  expect(web?.notes).toEqual(['Guess: /up proves that it works, as its readiness probe asks for that.']);
});

describe('sync waves', () => {
  test('order the draft, before what others need, and are told', () => {
    const found = drafted([
      deployment('late'),
      uses('api', { name: 'DB_HOST', value: 'db' }),
      deployment('db'),
      service('db'),
      wave('web', '2'),
      wave('first', '-1'),
    ]);
    expect(names(found)).toEqual(['first', 'web', 'db', 'api', 'late']);
    expect(found.draft.components[0]?.notes).toEqual(['Argo CD sync wave -1.']);
  });

  test.each(['1.5', 'soon', ''])('of %j are none, or the first', (text) => {
    const [web] = drafted([wave('web', text)]).draft.components;
    expect(web?.notes).toEqual(text === '' ? ['Argo CD sync wave 0.'] : []);
  });

  test('ask whether a component needs what starts just before it, and nothing that is known', () => {
    const { questions } = drafted([
      wave('web', '2', [{ name: 'API_HOST', value: 'api' }]),
      wave('api', '1'),
      service('api'),
      wave('cache', '1'),
      wave('db', '-5'),
      deployment('free'),
    ]);
    expect(questions).toEqual([
      {
        component: 'api',
        on: 'db',
        question: 'api (sync wave 1) starts after db (sync wave -5): does it need it?',
        note: 'Not known: whether it needs db of the sync wave before; add it to dependsOn if so.',
      },
      {
        component: 'cache',
        on: 'db',
        question: 'cache (sync wave 1) starts after db (sync wave -5): does it need it?',
        note: 'Not known: whether it needs db of the sync wave before; add it to dependsOn if so.',
      },
      {
        component: 'web',
        on: 'cache',
        question: 'web (sync wave 2) starts after cache (sync wave 1): does it need it?',
        note: 'Not known: whether it needs cache of the sync wave before; add it to dependsOn if so.',
      },
    ]);
  });

  test('ask nothing of what is needed by way of another', () => {
    const { questions } = drafted([
      wave('web', '2', [{ name: 'MID_HOST', value: 'mid' }]),
      uses('mid', { name: 'DB_HOST', value: 'db' }),
      wave('db', '1'),
      service('mid'),
      service('db'),
    ]);
    expect(questions).toEqual([]);
  });
});
