import { describe, expect, test } from '@jest/globals';

import type { ContainerStatus, Pod } from '../../../src/core/cluster/kubernetes-pod.ts';
import type { KubernetesEvent } from '../../../src/core/cluster/kubernetes.ts';
import type { Secret } from '../../../src/core/cluster/secret.ts';
import type { Snapshot } from '../../../src/core/cluster/snapshot.ts';
import { planRestart } from '../../../src/core/restart/plan-restart.ts';
import { plannedOutcomes, withoutWrites } from '../../../src/core/restart/restart-outcomes.ts';
import { stackOf } from '../../support/builders.ts';
import {
  after,
  before,
  change,
  deployment,
  emptySnapshot,
  listing,
  namespace,
  pod,
  replicaSet,
  secret,
  statefulSet,
  text,
  token,
  type Needs,
  type PodParts,
} from '../../support/planning-world.ts';

const lacking = { waiting: 'CreateContainerConfigError', message: "couldn't find key token in Secret shop/app" };

const restored = secret(namespace, 'app', { token: text(8) }, { token: change });
/** The key was absent until c2l wrote it again. */
const addedBack: Secret = { ...secret(namespace, 'app', { token: text(8) }), keyAddedAt: new Map([['token', change]]) };

const putBack =
  'may run with an older value of key token of Secret app, which was put back since: if so, c2l restart --affected-by secret/app:token';

/** A Secret that came at a time, of whose one key nobody can tell when it was last written. */
function unproven(name: string, creationTimestamp: string, immutable = false): Secret {
  const built = secret(namespace, name, { token: text(8) });
  return { ...built, immutable, metadata: { ...built.metadata, creationTimestamp } };
}

/** One Deployment `api` with one pod of it. */
function apiWorld(parts: Partial<PodParts> & Pick<PodParts, 'standing'>, secrets: readonly Secret[] = [restored]) {
  const needs = parts.needs ?? token;
  const owner = { kind: 'ReplicaSet', name: 'api-rs' };
  return {
    ...emptySnapshot(namespace),
    secrets: listing(secrets),
    deployments: listing([deployment(namespace, 'api', needs)]),
    replicaSets: listing([replicaSet(namespace, 'api')]),
    pods: listing([pod({ namespace, name: 'api-1', needs, owner, ...parts })]),
  };
}

/** The plan in words: what would be done to which object, and why. */
function told(snapshot: Snapshot): string[] {
  return plannedOutcomes(planRestart(snapshot)).map(
    ({ action, object, detail }) => `${action} ${object.name}: ${detail}`,
  );
}

function mountEvent({ metadata }: Pod, message: string, lastTimestamp = change): KubernetesEvent {
  return {
    metadata: { name: 'event', namespace },
    type: 'Warning',
    reason: 'FailedMount',
    message,
    lastTimestamp,
    involvedObject: { kind: 'Pod', namespace, name: metadata.name, uid: metadata.uid! },
  };
}

describe('a value that is known to be wrong', () => {
  const stack = stackOf({ secrets: [{ name: 'app', keys: { token: { format: { minLength: 16 } }, other: {} } }] });
  const running = { standing: { running: before }, createdAt: before } as const;
  const plan = (...values: readonly [values: Record<string, string>, changed: Record<string, string>]): string[] =>
    plannedOutcomes(planRestart(apiWorld(running, [secret(namespace, 'app', ...values)]), stack)).map(
      ({ action, object, detail, isWithheld }) => `${action}${isWithheld ? '!' : ''} ${object.name}: ${detail}`,
    );

  test.each([
    ['', 'is empty'],
    ['short', 'is shorter than 16 characters'],
    ['CHANGE_ME_NOW_PLEASE', 'is a placeholder'],
  ])('reaches no pod that runs with the one before (%#)', (token, why) => {
    expect(plan({ token }, { token: change })).toEqual([
      'keep-pod! api-1: runs with an older value of key token of Secret app, but a restart would break it, ' +
        `since key token of Secret app ${why}: c2l fix-secrets --overwrite app/token`,
    ]);
  });

  test('that no pod takes, or that each has, is no reason to keep one from a newer value', () => {
    const restarted = ['restart-workload api: runs with an older value of key token of Secret app'];
    expect(plan({ token: text(20), other: '' }, { token: change, other: change })).toEqual(restarted);
    expect(plan({ token: text(20) }, { token: change })).toEqual(restarted);
  });
});

describe('a pod that serves nobody', () => {
  test('is replaced as soon as its key is there', () => {
    expect(told(apiWorld({ standing: lacking }))).toEqual(['replace-pod api-1: its keys are there now']);
  });

  test('is kept, and called blocked, while a key is missing', () => {
    const needs: Needs = {
      env: [
        ['app', 'token'],
        ['app', 'other'],
      ],
    };
    const plan = planRestart(apiWorld({ standing: lacking, needs }));
    expect(plan.replace).toEqual([]);
    expect(plan.keep).toEqual([
      {
        object: { kind: 'Pod', namespace, name: 'api-1' },
        reason: 'still lacks key other of Secret app',
        isWithheld: false,
      },
    ]);
  });

  test('is not taken for a Secret problem when it lacks a ConfigMap or is refused for its user', () => {
    for (const message of ['configmap "settings" not found', 'container has runAsNonRoot and image will run as root']) {
      const plan = planRestart(apiWorld({ standing: { waiting: 'CreateContainerConfigError', message } }));
      expect([plan.replace, plan.keep[0]!.reason]).toEqual([[], 'CreateContainerConfigError']);
    }
  });

  test('is replaced when it cannot mount a Secret that is there now, and not when another volume fails', () => {
    const world = apiWorld({ standing: { waiting: 'ContainerCreating' }, needs: { volume: 'app' } });
    const api = world.pods.items[0]!;
    const failing = (message: string): string[] => told({ ...world, events: listing([mountEvent(api, message)]) });
    expect(failing('MountVolume.SetUp failed for volume "files" : secret "app" not found')).toEqual([
      'replace-pod api-1: its keys are there now',
    ]);
    expect(failing('MountVolume.SetUp failed for volume "files" : configmap "app" not found')[0]).toMatch(/^keep-pod/);
    expect(told(world)).toEqual(['keep-pod api-1: ContainerCreating']);
  });

  test('is kept where its mount failed once, and something else holds it up now', () => {
    const world = apiWorld({ standing: { waiting: 'ContainerCreating' }, needs: { volume: 'app' } });
    const api = world.pods.items[0]!;
    const message = 'MountVolume.SetUp failed for volume "files" : secret "app" not found';
    const failed = mountEvent(api, message, before);
    const elsewhere = (lastTimestamp: string): KubernetesEvent => ({
      ...failed,
      lastTimestamp,
      involvedObject: { kind: 'Pod', namespace, name: 'other', uid: 'other-uid' },
    });
    const verdict = (events: readonly KubernetesEvent[], kept: Pod = api) =>
      told({ ...world, pods: listing([kept]), events: listing(events) });
    const replaced = ['replace-pod api-1: its keys are there now'];
    const left = ['keep-pod api-1: ContainerCreating'];

    expect(verdict([failed, elsewhere('2026-01-01T00:10:00Z')])).toEqual(replaced);
    // kubelet tries again within minutes, and would have told of it.
    expect(verdict([failed, elsewhere('2026-01-01T00:11:00Z')])).toEqual(left);
    expect(verdict([mountEvent(api, message, '2026-01-01T00:10:30Z'), elsewhere('2026-01-01T00:11:00Z')])).toEqual(
      replaced,
    );
    const conditions = [{ type: 'PodReadyToStartContainers', status: 'True' }];
    expect(verdict([failed], { ...api, status: { ...api.status, conditions } })).toEqual(left);
  });

  test('is replaced when its CSI driver could not be given a Secret that is there now', () => {
    const csi = { driver: 'store.example.com', nodePublishSecretRef: { name: 'creds' } };
    const built = apiWorld({ standing: { waiting: 'ContainerCreating' }, needs: { volume: 'app' } });
    const api = built.pods.items[0]!;
    const withDriver = { ...api, spec: { ...api.spec, volumes: [{ name: 'files', csi }] } };
    const message =
      'MountVolume.SetUp failed for volume "files" : fetching NodePublishSecretRef shop/creds failed: kubernetes.io/csi: ' +
      'failed to find the secret creds in the namespace shop with error: secrets "creds" not found';
    const world = { ...built, pods: listing([withDriver]), events: listing([mountEvent(withDriver, message)]) };
    expect(told(world)).toEqual(['keep-pod api-1: still lacks Secret creds']);
    const creds = secret(namespace, 'creds', { token: text(8) });
    expect(told({ ...world, secrets: listing([creds]) })).toEqual(['replace-pod api-1: its keys are there now']);

    const running = apiWorld({ standing: { running: before }, needs: { volume: 'app' } }).pods.items[0]!;
    const mounted = { ...running, spec: { ...running.spec, volumes: [{ name: 'files', csi }] } };
    const served = {
      ...built,
      deployments: listing([deployment(namespace, 'api', {})]),
      pods: listing([mounted]),
      secrets: listing([creds]),
    };
    expect(told(served)).toEqual(['keep-pod api-1: healthy']);
    const affectedBy = { namespace, secret: 'creds' };
    const steps = (lastWrite: string) =>
      plannedOutcomes(
        planRestart(
          { ...served, secrets: listing([{ ...creds, lastWrite: { manager: 'm', at: lastWrite } }]) },
          undefined,
          {
            affectedBy,
          },
        ),
      ).map(({ action, detail }) => `${action}: ${detail}`);
    expect(steps(change)).toEqual(['restart-workload: took Secret creds at its start']);
    expect(steps('2026-01-01T00:00:05Z')).toEqual(['keep-pod: began after the last write of Secret creds']);
  });

  test('is kept where kubelet only names something like a Secret', () => {
    const standing = { waiting: 'CreateContainerConfigError', message: 'configmap "my-secret-config" not found' };
    expect(told(apiWorld({ standing }))).toEqual(['keep-pod api-1: CreateContainerConfigError']);
    const world = apiWorld({ standing: { waiting: 'ContainerCreating' }, needs: { volume: 'app' } });
    const message = 'MountVolume.SetUp failed for volume "secret-files" : configmap "app" not found';
    expect(told({ ...world, events: listing([mountEvent(world.pods.items[0]!, message)]) })).toEqual([
      'keep-pod api-1: ContainerCreating',
    ]);
  });

  test('is replaced for a pull Secret that came after it, once', () => {
    const needs: Needs = { pull: ['registry'] };
    const registry = secret(namespace, 'registry', { '.dockerconfigjson': '{}' }, { '.dockerconfigjson': change });
    const standing = { waiting: 'ImagePullBackOff', message: 'Back-off pulling image' };
    const plan = (createdAt: string, secrets: Secret[]) => told(apiWorld({ standing, needs, createdAt }, secrets))[0];
    expect(plan(before, [registry])).toBe('replace-pod api-1: its image pull Secret is there now');
    expect(plan(after, [registry])).toMatch(/^keep-pod api-1: ImagePullBackOff: the image cannot be pulled, and not/);
    expect(plan(before, [])).toBe('keep-pod api-1: still lacks image pull Secret registry');
    expect(plan(before, [unproven('registry', change)])).toBe('replace-pod api-1: its image pull Secret is there now');
  });

  test('is freed of its back-off when a value it crashed with was changed', () => {
    const standing = { waiting: 'CrashLoopBackOff' };
    expect(told(apiWorld({ standing, createdAt: before }))).toEqual([
      'replace-pod api-1: CrashLoopBackOff, and key token of Secret app is newer than the pod',
    ]);
    expect(told(apiWorld({ standing, createdAt: after }))).toEqual(['keep-pod api-1: CrashLoopBackOff']);
    for (const lenient of [unproven('app', change), addedBack]) {
      expect(told(apiWorld({ standing, createdAt: before }, [lenient]))[0]).toMatch(
        /^replace-pod .* newer than the pod$/,
      );
    }
  });

  test('is freed of its back-off also in the moment before it begins', () => {
    const world = apiWorld({ standing: { waiting: 'CrashLoopBackOff' }, createdAt: before });
    const [api] = world.pods.items;
    const ended = { ...api!.status!.containerStatuses![0]!, state: { terminated: { exitCode: 1, reason: 'Error' } } };
    const pods = listing([{ ...api!, status: { ...api!.status, containerStatuses: [ended] } }]);
    expect(told({ ...world, pods })).toEqual([
      'replace-pod api-1: Error, and key token of Secret app is newer than the pod',
    ]);
  });

  test('is never deleted where nothing would make it anew', () => {
    const world = apiWorld({ standing: lacking });
    const bare = pod({ namespace, name: 'lonely', needs: token, standing: lacking });
    const ofJob = pod({
      namespace,
      name: 'once-1',
      needs: token,
      standing: lacking,
      owner: { kind: 'Job', name: 'once' },
    });
    expect(
      told({ ...world, deployments: listing([]), replicaSets: listing([]), pods: listing([bare, ofJob]) }),
    ).toEqual([
      'keep-pod once-1: kubelet starts it by itself; to delete it would count as a failure of its Job',
      'keep-pod lonely: no controller would recreate it',
    ]);
  });
});

test('a pod that lacks a key of an immutable Secret which has it frees kubelet of the old one, however young it is', () => {
  const created = { ...unproven('app', before, true), lastWrite: { manager: 'kubectl', at: before } };
  const verdict = (held: Secret) => told(apiWorld({ standing: lacking, createdAt: change }, [held]));
  expect(verdict(created)).toEqual([
    'restart-workload api: kubelet keeps the old Secret app, which is immutable, as long as any pod uses it: scaled ' +
      'to 0 and back to 1, so it is down until its new pods are ready',
  ]);
  // The key may have come by that write, and the Secret have become immutable with it.
  const replaced = ['replace-pod api-1: its keys are there now'];
  expect(verdict({ ...created, lastWrite: { manager: 'kubectl', at: after } })).toEqual(replaced);
  expect(verdict({ ...created, immutable: false })).toEqual(replaced);
});

describe('a running pod', () => {
  const restartReason = 'runs with an older value of key token of Secret app';

  test('is restarted through its workload when it began before the value was written', () => {
    expect(told(apiWorld({ standing: { running: before } }))).toEqual([`restart-workload api: ${restartReason}`]);
  });

  test('is kept when it began after it', () => {
    expect(told(apiWorld({ standing: { running: after } }))).toEqual(['keep-pod api-1: healthy']);
  });

  test('is kept with the command that settles it when it began in the second of the write', () => {
    const verdict = (needs: Needs, held: Secret) => told(apiWorld({ standing: { running: change }, needs }, [held]));
    const doubt = (what: string) =>
      `keep-pod api-1: healthy, but may run ${what} in the second it began: if so, c2l restart --affected-by secret/app`;
    const olderValue = 'with an older value of key token of Secret app, which was written';
    expect(verdict(token, restored)).toEqual([`${doubt(olderValue)}:token`]);
    const wholeSecret = 'with an older value of Secret app, which was written';
    expect(verdict({ envFrom: ['app'] }, restored)).toEqual([doubt(wholeSecret)]);
    const ofSeveral = { ...restored, keyChangedAt: new Map(), keyDoubtedAt: restored.keyChangedAt };
    expect(verdict(token, ofSeveral)).toEqual([`${doubt(olderValue)}:token`]);
    expect(verdict({ volume: 'app' }, restored)).toEqual(['keep-pod api-1: healthy']);
    // What is created together with its Secret began with it.
    expect(verdict(token, unproven('app', change))).toEqual(['keep-pod api-1: healthy']);

    // Told without being asked for, unlike what certainly needs nothing.
    const [kept] = plannedOutcomes(planRestart(apiWorld({ standing: { running: change } })));
    expect(kept).toMatchObject({ outcome: 'kept', isDoubted: true });

    // Without the key it could not have begun, or lives without it.
    expect(verdict(token, addedBack)).toEqual(['keep-pod api-1: healthy']);
    expect(verdict({ optionalEnv: [['app', 'token']] }, addedBack)).toEqual([
      `${doubt('without key token of Secret app, which was added')}:token`,
    ]);
  });

  test('is replaced when it began in the second of the write and serves nobody', () => {
    const verdict = (running: string, held = restored, needs = token) =>
      told(apiWorld({ standing: { running, isUnready: true }, needs }, [held]));
    expect(verdict(change)).toEqual([
      'replace-pod api-1: Running, and may run with an older value of key token of Secret app, which was written in the second it began',
    ]);
    expect(verdict(change, addedBack, { optionalEnv: [['app', 'token']] })).toEqual([
      'replace-pod api-1: Running, and may run without key token of Secret app, which was added in the second it began',
    ]);
    expect(verdict(after)).toEqual(['keep-pod api-1: Running']);
    // What is put back is what was there, as a rule, and then a new pod would be no readier.
    expect(verdict(before, addedBack)).toEqual([`keep-pod api-1: Running, but ${putBack}`]);
  });

  test('is judged by what it reads: envFrom and subPath as by env, not a volume that kubelet refreshes', () => {
    const verdict = (needs: Needs) => told(apiWorld({ standing: { running: before }, needs }))[0];
    expect(verdict({ envFrom: ['app'] })).toBe('restart-workload api: runs with an older value of Secret app');
    expect(verdict({ subPath: 'app' })).toBe('restart-workload api: runs with an older value of Secret app');
    expect(verdict({ volume: 'app' })).toBe('keep-pod api-1: healthy');
  });

  test('is kept with the command that settles it where one of several keys was written, and nothing tells which', () => {
    const doubted: Secret = {
      ...secret(namespace, 'app', { token: text(8), other: text(8) }),
      keyDoubtedAt: new Map([
        ['token', change],
        ['other', change],
      ]),
    };
    const verdict = (needs: Needs, running = before) => told(apiWorld({ standing: { running }, needs }, [doubted]));
    const kept = (value: string, subject: string) => [
      `keep-pod api-1: healthy, but may run with an older value of ${value}: if so, c2l restart --affected-by ${subject}`,
    ];
    expect(verdict(token)).toEqual(kept('key token of Secret app', 'secret/app:token'));
    expect(verdict({ envFrom: ['app'] })).toEqual(kept('Secret app', 'secret/app'));
    const both: Needs = {
      env: [
        ['app', 'token'],
        ['app', 'other'],
      ],
    };
    expect(verdict(both)).toEqual(kept('Secret app', 'secret/app'));
    expect(verdict(token, after)).toEqual(['keep-pod api-1: healthy']);
    expect(verdict({ volume: 'app' })).toEqual(['keep-pod api-1: healthy']);
  });

  test('is kept where nothing proves that its value changed, were its Secret a newer object even', () => {
    const verdict = (immutable: boolean) =>
      told(apiWorld({ standing: { running: before } }, [unproven('app', change, immutable)]));
    expect(verdict(false)).toEqual([
      'keep-pod api-1: healthy, but may run with an older value of key token of Secret app, which was created again ' +
        'since: if so, c2l restart --affected-by secret/app:token',
    ]);
    // An immutable Secret that is newer than the container took the place of another one, to change it.
    expect(verdict(true)).toEqual([
      'restart-workload api: kubelet keeps the old Secret app, which is immutable, as long as any pod uses it: scaled ' +
        'to 0 and back to 1, so it is down until its new pods are ready',
    ]);
  });

  test('is let go of an immutable Secret that began anew beside it, where one on its node still held the old one', () => {
    const other: Needs = { env: [['app', 'other']] };
    // As c2l creates it again: of `token` alone the value is another one.
    const created = secret(namespace, 'app', { token: text(8), other: text(8) }, { token: change });
    const app = { ...created, immutable: true, metadata: { ...created.metadata, creationTimestamp: change } };
    const verdict = (node: string, { needs = other, began = before, secrets = [app] as readonly Secret[] } = {}) => {
      const world = apiWorld({ standing: { running: after }, createdAt: after }, secrets);
      const set = statefulSet(namespace, 'queue', needs);
      const owner = { kind: 'StatefulSet', name: 'queue' };
      const older = pod({ namespace, name: 'queue-0', needs, owner, standing: { running: began }, createdAt: began });
      const placed = (each: Pod, nodeName: string): Pod => ({ ...each, spec: { ...each.spec, nodeName } });
      const pods = listing([placed(world.pods.items[0]!, 'one'), placed(older, node)]);
      return told({ ...world, statefulSets: listing([set]), pods }).map((line) => line.replace(/:.*/, ''));
    };
    const kept = ['keep-pod api-1', 'keep-pod queue-0'];
    expect(verdict('one')).toEqual(['restart-workload api', 'restart-workload queue']);
    expect(verdict('two')).toEqual(kept);
    expect(verdict('one', { began: after })).toEqual(kept);
    expect(verdict('one', { needs: {} })).toEqual(kept);
    // What may have begun without the Secret proves nothing, nor does one that others can change.
    expect(verdict('one', { needs: { optionalEnv: [['app', 'other']] } })).toEqual(kept);
    expect(verdict('one', { secrets: [{ ...app, immutable: false }] })).toEqual(kept);
  });

  test.each<[string, Needs, string]>([
    [
      'kept in doubt: it could start only with the key, of which nothing tells the value before',
      token,
      `keep-pod api-1: healthy, but ${putBack}`,
    ],
    [
      'restarted: optional',
      { optionalEnv: [['app', 'token']] },
      'restart-workload api: may run without key token of Secret app, which was added since',
    ],
    [
      'restarted: envFrom takes what is there',
      { envFrom: ['app'] },
      'restart-workload api: may run without key token of Secret app, which was added since',
    ],
    [
      'restarted: a subPath of a Secret without the key is an empty folder',
      { subPath: 'app' },
      'restart-workload api: may run without key token of Secret app, which was added since',
    ],
    ['kept: kubelet refreshes a volume', { volume: 'app' }, 'keep-pod api-1: healthy'],
  ])('with a key that was added back is %s', (_why, needs, verdict) => {
    expect(told(apiWorld({ standing: { running: before }, needs }, [addedBack]))).toEqual([verdict]);
    expect(told(apiWorld({ standing: { running: after }, needs }, [addedBack]))).toEqual(['keep-pod api-1: healthy']);
  });

  test('with a key that was added back is in no doubt where a copy of it tells that it is the same', () => {
    const copyOf = (id: string, values: Record<string, string>): Secret => {
      const { metadata, ...copy } = secret(namespace, `app.c2l-${id}`, values);
      const annotations = { 'c2l.dev/secret-name': 'app' };
      return { ...copy, type: 'c2l.dev/revision', metadata: { ...metadata, annotations } };
    };
    const verdict = (...copies: readonly Secret[]) =>
      told(apiWorld({ standing: { running: before } }, [addedBack, ...copies]));
    const lost = copyOf('20260101t000019000z', { other: text(4) });
    expect(verdict(lost, copyOf('20260101t000018000z', { token: text(8) }))).toEqual([
      'keep-pod api-1: healthy, and began with the value of key token of Secret app that was put back',
    ]);
    expect(verdict(lost, copyOf('20260101t000018000z', { token: text(9) }))).toEqual([
      `keep-pod api-1: healthy, but ${putBack}`,
    ]);
    expect(verdict(lost)).toEqual([`keep-pod api-1: healthy, but ${putBack}`]);
  });

  test('with a key that was added back is restarted all the same when another of its keys changed', () => {
    const needs: Needs = {
      env: [
        ['app', 'token'],
        ['app', 'other'],
      ],
    };
    const both: Secret = {
      ...secret(namespace, 'app', { token: text(8), other: text(8) }, { other: change }),
      keyAddedAt: addedBack.keyAddedAt,
    };
    expect(told(apiWorld({ standing: { running: before }, needs }, [both]))).toEqual([
      'restart-workload api: runs with an older value of key other of Secret app',
    ]);
  });

  test('is kept where a restart would break it, because its template lacks a key', () => {
    const world = apiWorld({ standing: { running: before } });
    const template = deployment(namespace, 'api', { env: [['app', 'newer']] });
    expect(told({ ...world, deployments: listing([template]) })).toEqual([
      `keep-pod api-1: ${restartReason}, but still lacks key newer of Secret app, so a restart would break it`,
    ]);
  });

  test('is kept where a restart would change nothing', () => {
    const world = apiWorld({ standing: { running: before } });
    const api = world.deployments.items[0]!;
    const paused = { ...world, deployments: listing([{ ...api, spec: { ...api.spec, paused: true } }]) };
    expect(told(paused)).toEqual([
      `keep-pod api-1: ${restartReason}, but its rollouts are paused: kubectl -n shop rollout resume deployment/api, then c2l restart again`,
    ]);
  });
});

test('pods that only wait are left alone, and a healthy world needs nothing', () => {
  expect(told(apiWorld({ standing: { waiting: 'PodInitializing' } }))).toEqual(['keep-pod api-1: PodInitializing']);
  const plan = planRestart(apiWorld({ standing: { running: after } }));
  expect([plan.replace, plan.restart]).toEqual([[], []]);
});

test('a broken pod with an older template is replaced, since its StatefulSet never would', () => {
  const standing = { waiting: 'CrashLoopBackOff' };
  const owner = { kind: 'StatefulSet', name: 'db' };
  const world = (updateRevision: string): Snapshot => ({
    ...emptySnapshot(namespace),
    statefulSets: listing([statefulSet(namespace, 'db', {}, updateRevision)]),
    pods: listing([
      pod({ namespace, name: 'db-0', needs: {}, owner, standing, labels: { 'controller-revision-hash': 'r1' } }),
    ]),
  });
  expect(told(world('r2'))).toEqual(['replace-pod db-0: has an older template and blocks the corrected one']);
  expect(told(world('r1'))).toEqual(['keep-pod db-0: CrashLoopBackOff']);
});

test('an outdated pod that a rollout is about to renew is left to it', () => {
  const owner = { kind: 'StatefulSet', name: 'db' };
  const labels = { 'controller-revision-hash': 'r1' };
  const standing = { running: before };
  const world = (updateRevision: string): Snapshot => ({
    ...emptySnapshot(namespace),
    secrets: listing([restored]),
    statefulSets: listing([statefulSet(namespace, 'db', token, updateRevision)]),
    pods: listing([pod({ namespace, name: 'db-0', needs: token, owner, standing, labels })]),
  });
  const older = 'runs with an older value of key token of Secret app';
  expect(told(world('r1'))).toEqual([`restart-workload db: ${older}`]);
  expect(told(world('r2'))).toEqual([`keep-pod db-0: ${older}, and a rollout that was begun is about to renew it`]);
});

describe('a restart that was begun', () => {
  const restartedAt = { 'kubectl.kubernetes.io/restartedAt': change };
  const status = { observedGeneration: 1, replicas: 3, updatedReplicas: 2, readyReplicas: 3, availableReplicas: 3 };
  const world = (annotations: Readonly<Record<string, string>>, replicas = 3): Snapshot => {
    const api = deployment(namespace, 'api', token);
    const { template } = api.spec;
    const spec = { replicas: 2, template: { ...template, metadata: { ...template.metadata, annotations } } };
    return {
      ...apiWorld({ standing: { running: after } }),
      deployments: listing([{ ...api, spec, status: { ...status, replicas } }]),
    };
  };

  test('and is under way is followed to its end', () => {
    const reason = 'a restart that was begun is under way: 1 old pod is still to end';
    expect(told(world(restartedAt))).toEqual([`keep-pod api: ${reason}`, 'keep-pod api-1: healthy']);
    const [step] = planRestart(world(restartedAt)).keep;
    expect(step).toMatchObject({ awaits: { name: 'api' }, isRollout: true });
  });

  test('and is done is no matter any more, nor is a rollout of another kind', () => {
    expect(told(world(restartedAt, 2))).toEqual(['keep-pod api-1: healthy']);
    expect(told(world({}))).toEqual(['keep-pod api-1: healthy']);
  });
});

test('a healthy pod with an older template is left to its StatefulSet, though a key of it was added back', () => {
  const owner = { kind: 'StatefulSet', name: 'db' };
  const labels = { 'controller-revision-hash': 'r1' };
  const standing = { running: before };
  const world: Snapshot = {
    ...emptySnapshot(namespace),
    secrets: listing([addedBack]),
    statefulSets: listing([statefulSet(namespace, 'db', token, 'r2')]),
    pods: listing([pod({ namespace, name: 'db-0', needs: token, owner, standing, labels })]),
  };
  expect(told(world)).toEqual([`keep-pod db-0: healthy, but ${putBack}`]);
});

test('restarts come in the order of what waits for what', () => {
  const dbNeeds = token;
  const api = deployment(namespace, 'api', token);
  const waits = { name: 'wait', command: ['sh', '-c', 'until nc -z db 5432; do sleep 1; done'] };
  const template = { ...api.spec.template, spec: { ...api.spec.template.spec, initContainers: [waits] } };
  const snapshot: Snapshot = {
    ...apiWorld({ standing: { running: before } }),
    deployments: listing([{ ...api, spec: { ...api.spec, template } }]),
    statefulSets: listing([statefulSet(namespace, 'db', dbNeeds)]),
    services: listing([{ metadata: { name: 'db', namespace }, spec: { selector: { app: 'db' } } }]),
    pods: listing([
      pod({
        namespace,
        name: 'api-1',
        needs: token,
        owner: { kind: 'ReplicaSet', name: 'api-rs' },
        standing: { running: before },
      }),
      pod({
        namespace,
        name: 'db-0',
        needs: token,
        owner: { kind: 'StatefulSet', name: 'db' },
        standing: { running: before },
      }),
    ]),
  };
  const { restart } = planRestart(snapshot);
  expect(restart.map((level) => level.map(({ workload }) => workload.name))).toEqual([['db'], ['api']]);
});

test('a pod whose init container waits is kept with what it waits for, be it there or not', () => {
  const waits = { name: 'wait', command: ['sh', '-c', 'nc -z db 5432; nc -z nope 80; nc -z far.elsewhere 80'] };
  const api = deployment(namespace, 'api', {});
  const template = { ...api.spec.template, spec: { ...api.spec.template.spec, initContainers: [waits] } };
  const owner = { kind: 'ReplicaSet', name: 'api-rs' };
  const built = pod({ namespace, name: 'api-1', needs: {}, owner, standing: { waiting: 'PodInitializing' } });
  const waiting = (state: NonNullable<ContainerStatus['state']>): Pod => ({
    ...built,
    spec: template.spec,
    status: {
      ...built.status,
      initContainerStatuses: [{ name: 'wait', ready: false, state }],
    },
  });
  const world = (state: NonNullable<ContainerStatus['state']>): Snapshot => ({
    ...apiWorld({ standing: { running: before } }),
    deployments: listing([{ ...api, spec: { ...api.spec, template } }]),
    statefulSets: listing([statefulSet(namespace, 'db', {})]),
    services: listing([{ metadata: { name: 'db', namespace }, spec: { selector: { app: 'db' } } }]),
    pods: listing([waiting(state)]),
  });
  const running = { running: { startedAt: before } };
  for (const state of [running, { waiting: { reason: 'PodInitializing' } }]) {
    expect(told(world(state))).toEqual([
      'keep-pod api-1: Init:0/1: waits for statefulset/db, service/nope, which does not exist',
    ]);
  }
  const gap = { resource: 'services', namespace, cause: 'forbidden', reason: 'not allowed' } as const;
  expect(told({ ...world(running), services: { items: [], gaps: [gap] } })).toEqual(['keep-pod api-1: Init:0/1']);
});

test('pods of a workload of which the same is true share a line', () => {
  const world = apiWorld({ standing: { running: after } });
  const second = pod({
    namespace,
    name: 'api-2',
    needs: token,
    owner: { kind: 'ReplicaSet', name: 'api-rs' },
    standing: { running: after },
  });
  expect(told({ ...world, pods: listing([...world.pods.items, second]) })).toEqual(['keep-pod api: 2 pods: healthy']);
});

test('without writes everything is left to kubelet, and still told', () => {
  const { replace, restart, keep } = withoutWrites(planRestart(apiWorld({ standing: lacking })));
  expect([replace, restart]).toEqual([[], []]);
  expect(keep[0]!.reason).toMatch(/^left to kubelet: its keys are there now/);
});
