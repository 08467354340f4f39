import { expect, test } from '@jest/globals';

import { pauseChain } from '../../../src/core/argocd/pause-chain.ts';
import { pauseAnnotation, type PausableRef } from '../../../src/core/argocd/sync-pause.ts';
import type { Sandbox } from '../../../src/sandbox/sandbox.ts';
import { createObjects } from '../../../src/sandbox/scenario/scenario-objects.ts';
import type { NewObject } from '../../../src/sandbox/store/stored-object.ts';
import { endLeftPauses } from '../../../src/shell/argocd/left-pauses.ts';
import { pauseSync, resumeSync } from '../../../src/shell/argocd/pause-sync.ts';
import { runRestoreSync } from '../../../src/shell/argocd/restore-sync.ts';
import { observe } from '../../../src/shell/observe/observe.ts';
import { sandbox } from '../../support/sandbox.ts';
import { testSession, type TestSession } from '../../support/test-session.ts';

const namespace = 'cloudtolocalllm';
const external: PausableRef = { kind: 'ExternalSecret', namespace, name: 'shop' };
const applicationRef = (name: string): PausableRef => ({ kind: 'Application', namespace: 'argocd', name });
const automated = { prune: true, selfHeal: true, allowEmpty: true };
const later = () => ({ until: new Date(Date.now() + 3_600_000), command: 'fix-secrets' });

function application(name: string, holds: readonly object[], more: object = {}): NewObject {
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Application',
    metadata: { name, namespace: 'argocd', ...more },
    spec: { destination: { namespace }, syncPolicy: { automated, syncOptions: ['Validate=true'] } },
    status: { resources: holds },
  };
}

const inGit = { kind: 'Secret', namespace, name: 'app' };
const child = { group: 'argoproj.io', kind: 'Application', namespace: 'argocd', name: 'child' };
const owned = { group: 'external-secrets.io', kind: 'ExternalSecret', namespace, name: 'shop' };

/** A store, and an ExternalSecret that writes Secret `app` from it. */
const externalObjects: readonly NewObject[] = [
  {
    apiVersion: 'external-secrets.io/v1',
    kind: 'SecretStore',
    metadata: { name: 'vault', namespace },
    spec: { provider: { fake: { data: [{ key: 'a', value: 'from the store' }] } } },
  },
  {
    apiVersion: 'external-secrets.io/v1',
    kind: 'ExternalSecret',
    metadata: { name: 'shop', namespace },
    spec: {
      refreshInterval: '1h',
      secretStoreRef: { name: 'vault' },
      target: { name: 'app', creationPolicy: 'Owner' },
      data: [{ secretKey: 'a', remoteRef: { key: 'a' } }],
    },
  },
];

async function world(...objects: NewObject[]): Promise<{ cluster: Sandbox; session: TestSession }> {
  const cluster = await sandbox({ scenario: 'healthy' });
  createObjects(cluster.store, objects);
  return { cluster, session: await testSession(cluster) };
}

const snapshot = ({ cluster, scope }: TestSession) => observe(cluster, scope, new Date());
const resourceOf = ({ kind }: PausableRef) => (kind === 'Application' ? 'applications' : 'externalsecrets');

/** Where an object says whether it writes, and whether it bears a note of c2l's. */
function stateOf({ store }: Sandbox, ref: PausableRef): unknown[] {
  const { metadata, spec } = store.get(resourceOf(ref), ref.namespace, ref.name)! as unknown as {
    metadata: { annotations?: Record<string, string> };
    spec: { syncPolicy?: { automated?: unknown }; target?: { creationPolicy?: unknown } };
  };
  const policy = ref.kind === 'Application' ? spec.syncPolicy?.automated : spec.target?.creationPolicy;
  return [policy, pauseAnnotation in (metadata.annotations ?? {})];
}

test('what undoes a write is paused from the outside to the inside, and comes back as it was', async () => {
  const { cluster, session } = await world(application('child', [inGit]), application('root', [child]));
  const chain = pauseChain(await snapshot(session), inGit);
  expect(chain).toEqual({ objects: [applicationRef('root'), applicationRef('child')] });

  const held = await pauseSync(session, chain.objects, later());
  expect(held.outcomes.map(({ object, outcome }) => `${object.name} ${outcome}`)).toEqual(['root done', 'child done']);
  for (const ref of chain.objects) expect(stateOf(cluster, ref)).toEqual([undefined, true]);
  // What is paused still counts as who would undo a write: it will.
  expect(pauseChain(await snapshot(session), inGit)).toEqual(chain);

  const ended = await resumeSync(session, held.objects, held);
  expect(ended.map(({ object, outcome }) => `${object.name} ${outcome}`)).toEqual(['child done', 'root done']);
  for (const ref of chain.objects) expect(stateOf(cluster, ref)).toEqual([automated, false]);
});

test('an ExternalSecret that Argo CD has in Git is paused after the Application that would switch it on again', async () => {
  const { session, cluster } = await world(...externalObjects, application('shop', [owned]));
  const chain = pauseChain(await snapshot(session), inGit);
  expect(chain.objects).toEqual([applicationRef('shop'), external]);
  const held = await pauseSync(session, chain.objects, later());
  expect(held.outcomes.map(({ detail }) => detail)).toEqual(
    Array(2).fill(expect.stringMatching(/^until [-0-9T: ]+ ?\S*$/)),
  );
  expect(stateOf(cluster, external)).toEqual(['None', true]);
  await resumeSync(session, held.objects, held);
  expect(stateOf(cluster, external)).toEqual(['Owner', false]);
});

test.each([
  [
    'an ApplicationSet',
    application('child', [inGit], {
      ownerReferences: [
        { apiVersion: 'argoproj.io/v1alpha1', kind: 'ApplicationSet', name: 'all', uid: 'u', controller: true },
      ],
    }),
    /applicationset\/all makes application\/child/,
  ],
  [
    'Flux',
    application('child', [inGit], { labels: { 'kustomize.toolkit.fluxcd.io/name': 'apps' } }),
    /Flux applies application\/child from kustomization\/apps/,
  ],
  [
    'an Application elsewhere',
    application('child', [inGit], {
      annotations: { 'argocd.argoproj.io/tracking-id': 'top:argoproj.io/Application:argocd/child' },
    }),
    /belongs to Argo CD application\/top, which could not be looked at/,
  ],
])('%s that would end the pause is named', async (_, object, reason) => {
  const { session } = await world(object);
  expect(pauseChain(await snapshot(session), inGit).obstacle?.reason).toMatch(reason);
});

test('where one cannot be paused those before it sync again', async () => {
  const { cluster, session } = await world(application('child', [inGit]));
  const objects = [applicationRef('child'), external];
  await expect(pauseSync(session, objects, later())).rejects.toThrow(/externalsecret\/shop is no longer there/);
  expect(stateOf(cluster, applicationRef('child'))).toEqual([automated, false]);
});

test('a pause that was switched off by somebody else stays as they left it', async () => {
  const { cluster, session } = await world(application('child', [inGit]));
  const held = await pauseSync(session, [applicationRef('child')], later());
  cluster.store.mutate('applications', 'argocd', 'child', (draft) => {
    draft['spec'] = { syncPolicy: { automated: {} } };
  });
  const [outcome] = await resumeSync(session, held.objects, held);
  expect(outcome).toMatchObject({ outcome: 'done', detail: 'was switched on meanwhile, and is left as it is' });
  expect(stateOf(cluster, applicationRef('child'))).toEqual([{}, false]);
});

test('a second run takes a pause over, with what was there before the first', async () => {
  const { cluster, session } = await world(application('child', [inGit]));
  const first = await pauseSync(session, [applicationRef('child')], later());
  const second = await pauseSync(session, [applicationRef('child')], later());
  const [left] = await resumeSync(session, first.objects, first);
  expect(left).toMatchObject({ outcome: 'kept', detail: expect.stringMatching(/held by tester@test \(fix-secrets\)/) });
  expect(stateOf(cluster, applicationRef('child'))).toEqual([undefined, true]);
  await resumeSync(session, second.objects, second);
  expect(stateOf(cluster, applicationRef('child'))).toEqual([automated, false]);
});

const over = { until: new Date(Date.now() - 60_000), command: 'fix-secrets' };

test.each([
  ['whose time is over', { ...over }, {}, [automated, false]],
  ['of a run that was killed here', later(), { processId: 1 }, [automated, false]],
  ['of a run that goes on here', later(), { processId: 1, isRunning: () => true }, [undefined, true]],
  ['of a run elsewhere', later(), { processId: 1, operator: 'other@there' }, [undefined, true]],
])('a pause %s is ended only where nobody else will', async (_, options, deps, expected) => {
  const { cluster, session } = await world(application('child', [inGit]));
  await pauseSync({ ...session, deps: { ...session.deps, ...deps } }, [applicationRef('child')], options);
  const asked = {
    ...session,
    deps: { ...session.deps, ...('isRunning' in deps ? { isRunning: deps.isRunning } : {}) },
  };
  await endLeftPauses(asked, await snapshot(session));
  expect(stateOf(cluster, applicationRef('child'))).toEqual(expected);
  const [, isPaused] = expected;
  expect(session.terminal.stderr).toMatch(
    isPaused === true ? /is paused until .*c2l restore-sync -n argocd ends it now/ : /was left paused by .*syncs again/,
  );
});

test('restore-sync shows what it would end, ends it after consent, and leaves a note that it cannot read', async () => {
  const { cluster, session } = await world(application('child', [inGit]), application('root', [child]));
  await pauseSync(session, [applicationRef('root'), applicationRef('child')], later());
  const planned = await runRestoreSync(session, { yes: false, dryRun: true });
  expect(planned.outcomes.map(({ object, outcome }) => `${object.name} ${outcome}`)).toEqual([
    'child planned',
    'root planned',
  ]);
  await expect(runRestoreSync(session, { yes: false, dryRun: false })).rejects.toThrow(/needs consent/);
  cluster.store.mutate('applications', 'argocd', 'root', ({ metadata }) => {
    metadata.annotations = { ...metadata.annotations, [pauseAnnotation]: 'edited' };
  });
  const { verdict, outcomes } = await runRestoreSync(session, { yes: true, dryRun: false });
  expect(outcomes.map(({ object, outcome }) => `${object.name} ${outcome}`).sort()).toEqual([
    'child done',
    'root failed',
  ]);
  expect(verdict).toBe('partial');
  expect(stateOf(cluster, applicationRef('child'))).toEqual([automated, false]);
});
