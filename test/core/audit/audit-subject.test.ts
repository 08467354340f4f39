import { describe, expect, test } from '@jest/globals';
import { findingsAbout } from '../../../src/core/audit/about-subject.ts';
import { explainSecret } from '../../../src/core/audit/explain-secret.ts';
import { explainWorkload } from '../../../src/core/audit/explain-workload.ts';
import { findSubject } from '../../../src/core/audit/find-subject.ts';
import { refText } from '../../../src/core/cluster/kubernetes.ts';
import { diagnose } from '../../../src/core/diagnose/diagnose.ts';
import { buildScene } from '../../../src/core/diagnose/diagnosis-scene.ts';
import {
  barePod,
  container,
  deployment,
  gap,
  job,
  keyEnv,
  namespace,
  secret,
  secretWith,
  snapshotOf,
  statefulSet,
  type Parts,
} from '../../support/builders.ts';
import { incidentStack, incidentWorld, secretName } from '../../support/incident-world.ts';

const incident = () => buildScene(incidentWorld(), incidentStack());
const ref = (kind: string, name: string) => ({ kind, namespace, name });

describe('what a word means', () => {
  test.each([
    ['api-backend', 'deployment/api-backend'],
    ['deployment/api-backend', 'deployment/api-backend'],
    ['deploy/api-backend', 'deployment/api-backend'],
    ['Deployments/api-backend', 'deployment/api-backend'],
    ['sts/postgres', 'statefulset/postgres'],
    [`secret/${secretName}`, `secret/${secretName}`],
  ])('%s is %s', (word, expected) => {
    const found = findSubject(incident(), word);
    expect(found.ok && refText(found.ref)).toBe(expected);
  });

  test('a pod is explained by what it belongs to', () => {
    const pod = incident().byId.get(`StatefulSet/${namespace}/postgres-auth`)!.pods[0]!.metadata.name;
    for (const word of [pod, `pod/${pod}`]) {
      expect(findSubject(incident(), word)).toMatchObject({ ok: true, ref: ref('StatefulSet', 'postgres-auth') });
    }
  });

  test.each([
    ['api-backnd', 'no workload called api-backnd was found', 'did you mean deployment/api-backend?'],
    ['deployment/web-x', 'no workload called web-x was found', 'did you mean deployment/web?'],
    ['jwt-secret', 'no workload called jwt-secret was found', 'there is a key of that name: c2l audit secret/'],
    ['regcred', 'no workload called regcred was found', 'there is a Secret of that name: c2l audit secret/regcred'],
    ['secret/regcrd', 'no Secret called regcrd was found', 'did you mean secret/regcred?'],
    ['deployment/postgres', 'no workload called postgres was found', 'there are deployment/alertmanager'],
  ])('%s is refused with what is near', (word, message, hint) => {
    const found = findSubject(incident(), word);
    expect(found).toMatchObject({ ok: false, message });
    expect(!found.ok && found.hint).toContain(hint);
  });

  test('a Secret that is missing is not listed as one that is there', () => {
    const spec = { containers: [container('c', { env: [keyEnv('gone', 'k'), keyEnv('app', 'k')] })] };
    const parts = [deployment('web', { spec }), secret('app', ['k'])];
    const hintOf = (...more: Parts[]): string => {
      const found = findSubject(buildScene(snapshotOf(...parts, ...more), undefined), 'secret/nothing-like-it');
      return found.ok ? '' : found.hint;
    };
    expect(hintOf()).toBe('there are secret/app; needed and missing are secret/gone');
    expect(hintOf({ gaps: [gap('secrets')] })).toBe('there are secret/app; needed are secret/gone');
  });

  test.each([
    ['job/done', 'job/done has ended or is being deleted, and is not looked at', 'describe job done'],
    ['done', 'job/done has ended or is being deleted, and is not looked at', 'describe job done'],
    ['pod/over', 'pod/over has ended or is being deleted, and is not looked at', 'describe pod over'],
    ['ingress/front', 'ingress/front is neither a workload nor a Secret, and those alone are explained', 'c2l audit'],
  ])('%s is not called missing', (word, message, hint) => {
    const scene = buildScene(
      snapshotOf(job('done', { finished: true }), barePod('over', {}, { phase: 'Succeeded' })),
      undefined,
    );
    const found = findSubject(scene, word);
    expect(found).toMatchObject({ ok: false, message });
    expect(!found.ok && found.hint).toContain(hint);
  });

  test.each(['secret/', '/app', 'secret/app/key', ''])('%j is no name', (word) => {
    expect(findSubject(incident(), word)).toEqual({
      ok: false,
      isSeen: true,
      message: `"${word}" names no object`,
      hint: 'c2l audit deployment/NAME or c2l audit secret/NAME',
    });
  });

  test('one name of two objects is refused with both', () => {
    const scene = buildScene(snapshotOf(deployment('app'), statefulSet('app')), undefined);
    expect(findSubject(scene, 'app')).toEqual({
      ok: false,
      isSeen: true,
      message: 'app is the name of 2 objects',
      hint: 'c2l audit deployment/app or c2l audit statefulset/app',
    });
  });
});

describe('a workload by itself', () => {
  const explained = () => explainWorkload(incident(), ref('Deployment', 'api-backend'), []);

  test('names every reference of every container with its state', () => {
    const subject = explained();
    const states = subject.containers.map(({ name, references }) => [
      name,
      references.filter(({ state }) => state === 'missing').length,
      references.filter(({ state }) => state === 'ok').length,
    ]);
    expect(states).toEqual([
      ['wait-for-postgres', 0, 0],
      ['db-migrate', 8, 3],
      ['api-backend', 9, 3],
    ]);
    expect(subject.containers[2]!.references).toContainEqual({
      secret: secretName,
      key: 'sentry-dsn',
      via: 'env',
      optional: true,
      state: 'missing',
    });
  });

  test('says what each container does, what it waits for and what waits for it', () => {
    const subject = explained();
    expect(subject.containers.map(({ status }) => status)).toEqual([
      'Completed',
      expect.stringMatching(/^waiting: CreateContainerConfigError: couldn't find key postgres-auth-password/),
      'waiting: PodInitializing',
    ]);
    expect(subject.dependsOn.map(({ object, state }) => `${refText(object)} ${state}`)).toEqual([
      'statefulset/postgres ready',
      'statefulset/postgres-auth stuck',
    ]);
    expect(subject.blocks.map(refText)).toEqual(['deployment/web']);
    expect(subject.references).toEqual([{ secret: 'regcred', via: 'imagePullSecrets', optional: false, state: 'ok' }]);
  });

  test('keeps the findings that hold it up, and those alone', () => {
    const all = diagnose(incidentWorld(), incidentStack());
    const about = findingsAbout(explainWorkload(incident(), ref('Deployment', 'web'), all), all);
    expect(about.map(({ key }) => key)).toContain('auth0-audience');
    expect(about.map(({ key }) => key)).not.toContain('admin-password');
  });

  test('that could not be seen into is unreadable, not missing', () => {
    const parts = snapshotOf(
      deployment('app', { spec: { containers: [container('app', { envFrom: [{ secretRef: { name: 'app' } }] })] } }),
      { gaps: [gap('secrets')] },
    );
    const { containers } = explainWorkload(buildScene(parts, undefined), ref('Deployment', 'app'), []);
    expect(containers[0]!.references).toEqual([
      { secret: 'app', via: 'envFrom', optional: false, state: 'unreadable', detail: expect.any(String) },
    ]);
  });
});

describe('a workload by itself agrees with its findings', () => {
  test('where a pull Secret is there and of no use', () => {
    const parts = snapshotOf(
      secret('pull', ['foo']),
      deployment('app', { spec: { containers: [container('app')], imagePullSecrets: [{ name: 'pull' }] } }),
    );
    const { references } = explainWorkload(buildScene(parts, undefined), ref('Deployment', 'app'), diagnose(parts));
    expect(references).toEqual([{ secret: 'pull', via: 'imagePullSecrets', optional: false, state: 'invalid' }]);
  });

  test('where nothing runs, and the next start fails', () => {
    const parts = snapshotOf(
      deployment('app', { spec: { containers: [container('app', { env: [keyEnv('gone', 'k')] })] }, replicas: 0 }),
    );
    const subject = explainWorkload(buildScene(parts, undefined), ref('Deployment', 'app'), diagnose(parts));
    expect(subject).toMatchObject({ state: 'stuck', detail: expect.stringMatching(/, and its next start fails$/) });
  });
});

describe('a Secret by itself', () => {
  test('tells of each key who uses it and what breaks if it goes', () => {
    const subject = explainSecret(incident(), ref('Secret', secretName));
    const use = (name: string) => subject.keys.find(({ key }) => key === name)!;

    expect(use('jwt-secret')).toMatchObject({ state: 'ok', required: true });
    expect(use('jwt-secret').blocks.map(refText)).toEqual(['deployment/api-backend', 'deployment/web']);
    expect(use('postgres-auth-password').blocks.map(refText)).toEqual([
      'statefulset/postgres-auth',
      'deployment/api-backend',
      'deployment/web',
    ]);
    expect(use('sentry-dsn')).toMatchObject({ state: 'missing', required: false, blocks: [] });
    expect(subject.blocks.map(refText)).toEqual(
      expect.arrayContaining(['deployment/grafana', 'statefulset/postgres', 'deployment/web']),
    );
  });

  test('counts keys that nothing names, and says who takes it whole', () => {
    const parts = snapshotOf(
      secret('app', ['used', 'spare']),
      deployment('app', { spec: { containers: [container('app', { envFrom: [{ secretRef: { name: 'app' } }] })] } }),
    );
    const subject = explainSecret(buildScene(parts, undefined), ref('Secret', 'app'));
    expect(subject.unnamedKeys).toEqual(['spare', 'used']);
    expect(subject.references).toMatchObject([{ kind: 'Deployment', name: 'app', via: 'envFrom' }]);
    expect(subject.blocks.map(refText)).toEqual(['deployment/app']);
  });

  test('says of a key that is there and empty that it is', () => {
    const env = [keyEnv('app', 'void'), keyEnv('app', 'full')];
    const parts = snapshotOf(
      secretWith('app', { void: '', full: 'x' }),
      deployment('app', { spec: { containers: [container('app', { env })] } }),
    );
    const { keys } = explainSecret(buildScene(parts, undefined), ref('Secret', 'app'));
    expect(keys.map(({ key, state, detail }) => [key, state, detail])).toEqual([
      ['full', 'ok', undefined],
      ['void', 'ok', 'is empty'],
    ]);
  });

  test('that is not there is missing, with all that it holds up', () => {
    const parts = snapshotOf(
      deployment('app', { spec: { containers: [container('app', { envFrom: [{ secretRef: { name: 'app' } }] })] } }),
    );
    expect(explainSecret(buildScene(parts, undefined), ref('Secret', 'app'))).toMatchObject({
      state: 'missing',
      blocks: [{ name: 'app' }],
    });
  });
});

test('what concerns a Secret comes with what keeps its owner from writing it', () => {
  const object = { metadata: { name: 'app', namespace }, spec: { secretStoreRef: { name: 'vault' } } };
  const needs = deployment('web', { spec: { containers: [container('c', { env: [keyEnv('app', 'k')] })] } });
  const scene = buildScene(snapshotOf(needs, { externalSecrets: [object] }), undefined);
  const all = diagnose(scene.snapshot);
  const about = findingsAbout(explainSecret(scene, ref('Secret', 'app')), all);

  expect(about.map(({ code }) => code)).toEqual([
    'external-secret-not-ready',
    'secret-missing',
    'secret-store-not-ready',
  ]);
});

test('a store that logs in with a Secret is a user of it, also where the Secret is missing', () => {
  const store = { metadata: { name: 'vault', namespace }, spec: { credentials: [{ name: 'login', key: 'token' }] } };
  const scene = buildScene(snapshotOf({ secretStores: [store] }), undefined);
  expect(findSubject(scene, 'secret/login')).toMatchObject({ ok: true });
  const place = { kind: 'SecretStore', namespace, name: 'vault', via: 'secretStore', optional: false };
  expect(explainSecret(scene, ref('Secret', 'login'))).toMatchObject({
    state: 'missing',
    keys: [{ key: 'token', required: true, state: 'secret-missing', references: [place] }],
  });
});
