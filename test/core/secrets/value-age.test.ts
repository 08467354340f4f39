import { describe, expect, test } from '@jest/globals';

import type { Container, Pod, PodSpec } from '../../../src/core/cluster/kubernetes-pod.ts';
import type { Secret } from '../../../src/core/cluster/secret.ts';
import { secretReferences } from '../../../src/core/secrets/references.ts';
import { secretsView } from '../../../src/core/secrets/secrets-view.ts';
import {
  isCurrent,
  isWrittenAfter,
  oldValues,
  outdatedSecrets,
  valuesInUse,
  type ValuesInUse,
} from '../../../src/core/secrets/value-age.ts';
import { isLater } from '../../../src/core/secrets/write-time.ts';
import { container, keyEnv, namespace, secret, snapshotOf } from '../../support/builders.ts';

const before = '2026-01-01T00:00:05Z';
const start = '2026-01-01T00:00:10Z';
const second = '2026-01-01T00:00:10.500000Z';
const since = '2026-01-01T00:00:20Z';
const times = (at: string, ...keys: readonly string[]) => new Map(keys.map((key) => [key, at]));
const changed = (at: string, ...keys: readonly string[]): Partial<Secret> => ({ keyChangedAt: times(at, ...keys) });
const added = (at: string, ...keys: readonly string[]): Partial<Secret> => ({ keyAddedAt: times(at, ...keys) });
const suspected = (at: string, ...keys: readonly string[]): Partial<Secret> => ({ keyDoubtedAt: times(at, ...keys) });
const born = (at: string, name = 'app'): Partial<Secret> => ({ metadata: { name, namespace, creationTimestamp: at } });

const secretOf = (parts: Partial<Secret>, name = 'app'): Secret => secret(name, ['a', 'b'], parts).secrets![0]!;

/** A pod whose containers all began at `start`. */
function podOf(spec: PodSpec, startedAt: string | undefined = start): Pod {
  const statuses = (of: readonly Container[] = []) =>
    of.map(({ name }) => ({ name, ready: true, restartCount: 0, state: startedAt ? { running: { startedAt } } : {} }));
  return {
    metadata: { name: 'web-0', namespace, uid: 'u', creationTimestamp: start },
    spec,
    status: {
      phase: 'Running',
      containerStatuses: statuses(spec.containers),
      initContainerStatuses: statuses(spec.initContainers),
    },
  };
}

function worldOf(spec: PodSpec, secrets: readonly Secret[], startedAt?: string) {
  const pod = podOf(spec, startedAt);
  const view = secretsView(snapshotOf({ secrets, pods: [pod] }));
  return { pod, view, references: secretReferences({ kind: 'Pod', namespace, name: 'web-0' }, spec) };
}

function inUse(spec: PodSpec, ...secrets: readonly Secret[]): ValuesInUse {
  const { pod, references, view } = worldOf(spec, secrets);
  return valuesInUse(pod, references, view);
}

const env = (...vars: Container['env'] & object): PodSpec => ({ containers: [container('c', { env: vars })] });
const one = env(keyEnv('app', 'a'));
const both = env(keyEnv('app', 'a'), keyEnv('app', 'b'));
const whole: PodSpec = { containers: [container('c', { envFrom: [{ secretRef: { name: 'app' } }] })] };
const doubt = (text: string, subject: string, isEven = false): ValuesInUse => ({ doubted: { text, subject, isEven } });
const evenA = 'may run with an older value of key a of Secret app, which was written in the second it began';

describe('what a pod holds', () => {
  test.each<[string, PodSpec, Partial<Secret>, ValuesInUse]>([
    ['a value as it is', one, changed(before, 'a'), {}],
    ['one of which nothing is known', one, {}, {}],
    [
      'an older value of the key',
      one,
      changed(since, 'a'),
      { outdated: 'runs with an older value of key a of Secret app' },
    ],
    ['a value of another key that changed', one, changed(since, 'b'), {}],
    [
      'an older value of one of all keys',
      whole,
      changed(since, 'b'),
      { outdated: 'runs with an older value of Secret app' },
    ],
    ['a value of the second in which it changed', one, changed(second, 'a'), doubt(evenA, 'secret/app:a', true)],
    [
      'one of several of that second',
      whole,
      changed(second, 'b'),
      doubt('may run with an older value of Secret app, which was written in the second it began', 'secret/app', true),
    ],
    [
      'all but a key that came since',
      whole,
      added(since, 'b'),
      { outdated: 'may run without key b of Secret app, which was added since' },
    ],
    [
      'all but an optional key that came since',
      env(keyEnv('app', 'a', true)),
      added(since, 'a'),
      { outdated: 'may run without key a of Secret app, which was added since' },
    ],
    [
      'all but a key that came in that second',
      whole,
      added(second, 'b'),
      doubt('may run without key b of Secret app, which was added in the second it began', 'secret/app:b', true),
    ],
    ['a required key that came in that second', one, added(second, 'a'), {}],
    [
      'a required key that was put back',
      one,
      added(since, 'a'),
      doubt('may run with an older value of key a of Secret app, which was put back since', 'secret/app:a'),
    ],
    [
      'one of several keys that one writer wrote',
      whole,
      suspected(since, 'b'),
      doubt('may run with an older value of Secret app', 'secret/app'),
    ],
    [
      'the only key that one writer may have written',
      both,
      suspected(since, 'a'),
      doubt('may run with an older value of key a of Secret app', 'secret/app:a'),
    ],
    ['two of them', both, suspected(since, 'a', 'b'), doubt('may run with an older value of Secret app', 'secret/app')],
    ['what one writer may have written before', both, suspected(before, 'a', 'b'), {}],
    [
      'what one writer may have written in that second',
      one,
      suspected(second, 'a'),
      doubt(evenA, 'secret/app:a', true),
    ],
    [
      'a Secret that was created again',
      one,
      born(since),
      doubt('may run with an older value of key a of Secret app, which was created again since', 'secret/app:a'),
    ],
    ['a Secret that was created again with it noted', one, { ...born(since), ...changed(since, 'b') }, {}],
    [
      'an optional value of a Secret that came since',
      env(keyEnv('app', 'a', true)),
      born(since),
      doubt('may run without key a of Secret app, which was created since', 'secret/app:a'),
    ],
    [
      'an immutable Secret that was created again',
      one,
      { ...born(since), immutable: true },
      { outdated: 'may run with an older value of key a of Secret app, which was created again since' },
    ],
    ['a key that is gone', env(keyEnv('app', 'gone')), { ...born(since), ...changed(since, 'gone') }, {}],
  ])('%s', (_, spec, parts, expected) => {
    expect(inUse(spec, secretOf(parts))).toEqual(expected);
  });

  test('of a Secret that is gone is in no doubt', () => {
    expect(inUse(one)).toEqual({});
  });

  test('is told by the first Secret in doubt, and by what is proven before that', () => {
    const spec = env(keyEnv('app', 'a'), keyEnv('other', 'a'), keyEnv('other', 'b'));
    const other = secretOf({ ...born(before, 'other'), ...suspected(since, 'a', 'b') }, 'other');
    const text = 'may run with an older value of key a of Secret app';
    expect(inUse(spec, secretOf(suspected(since, 'a')), other)).toEqual(doubt(text, 'secret/app:a'));
    expect(
      inUse(
        spec,
        secretOf(suspected(since, 'a')),
        secretOf({ ...born(before, 'other'), ...changed(second, 'b') }, 'other'),
      ),
    ).toEqual(doubt(text, 'secret/app:a', true));
    expect(
      inUse(
        spec,
        secretOf(suspected(since, 'a')),
        secretOf({ ...born(before, 'other'), ...changed(since, 'b') }, 'other'),
      ),
    ).toEqual({
      outdated: 'runs with an older value of key b of Secret other',
    });
  });
});

describe('of a pod count', () => {
  const init = (restartPolicy?: 'Always'): PodSpec => ({
    ...env(),
    initContainers: [container('i', { env: [keyEnv('app', 'a')], ...(restartPolicy && { restartPolicy }) })],
  });
  const mounts = (subPath?: string): PodSpec => ({
    containers: [container('c', { volumeMounts: [{ name: 'v', mountPath: '/v', ...(subPath && { subPath }) }] })],
    volumes: [
      { name: 'v', secret: { secretName: 'app' } },
      { name: 'w', secret: { secretName: 'other' } },
    ],
  });
  const projected: PodSpec = {
    ...mounts(),
    volumes: [{ name: 'v', projected: { sources: [{ secret: { name: 'app' } }] } }],
  };
  const fixed = { ...born(since), immutable: true };
  const again = ['may run with an older value of Secret app, which was created again since'];
  const older = ['runs with an older value of Secret app'];

  test.each<[string, PodSpec, Partial<Secret>, readonly string[]]>([
    [
      'init containers that go on',
      init('Always'),
      changed(since, 'a'),
      ['runs with an older value of key a of Secret app'],
    ],
    ['no init containers that are over', init(), changed(since, 'a'), []],
    ['no volumes, which kubelet refreshes', mounts(), changed(since, 'a'), []],
    ['files that are mounted by themselves', mounts('a'), changed(since, 'a'), older],
    ['volumes of an immutable Secret', mounts(), fixed, again],
    ['projected volumes of one', projected, fixed, again],
    ['no projected volumes of another', projected, changed(since, 'a'), []],
  ])('%s', (_, spec, parts, outdated) => {
    const others = secretOf({ ...born(before, 'other'), ...changed(since, 'a') }, 'other');
    const { pod, view } = worldOf(spec, [secretOf(parts), others]);
    expect(oldValues(pod, view)).toEqual({ outdated, doubtful: [] });
    expect([...outdatedSecrets(pod, view)]).toEqual(outdated.length === 0 ? [] : ['app']);
    const { pod: stopped, view: seen } = worldOf(spec, [secretOf(parts), others], '');
    expect(oldValues(stopped, seen)).toEqual({ outdated: [], doubtful: [] });
  });

  test('doubts in words', () => {
    const { pod, view } = worldOf(one, [secretOf(changed(second, 'a'))]);
    expect([oldValues(pod, view), [...outdatedSecrets(pod, view)]]).toEqual([{ outdated: [], doubtful: [evenA] }, []]);
  });
});

test.each<[string | undefined, string | undefined, boolean]>([
  [undefined, start, false],
  ['', start, false],
  [start, undefined, true],
  [start, '', true],
  [since, start, true],
  [start, start, false],
  [start, since, false],
  [second, start, false],
  [since, second, true],
  ['2026-01-01T00:00:11.000000Z', second, true],
  [second, before, true],
])('%s is later than %s: %s', (time, than, later) => {
  expect(isLater(time, than)).toBe(later);
});

test.each<[string, PodSpec, readonly Secret[], boolean]>([
  ['a change of one of all keys', whole, [secretOf({ ...born(before), ...changed(since, 'b') })], true],
  ['a key that came', whole, [secretOf({ ...born(before), ...added(since, 'b') })], true],
  ['the Secret itself', one, [secretOf(born(since))], true],
  ['a change of another key', one, [secretOf({ ...born(before), ...changed(since, 'b') })], false],
  ['nothing', one, [secretOf({ ...born(before), ...changed(before, 'a') })], false],
  ['a Secret that is gone', one, [], false],
])('written after a time: %s', (_, spec, secrets, isAfter) => {
  const { references, view } = worldOf(spec, secrets);
  expect(isWrittenAfter(start, references[0]!, view)).toBe(isAfter);
});

test.each<[string, Partial<Secret>, boolean]>([
  ['was written before', { ...born(before), lastWrite: { manager: 'm', at: before } }, true],
  ['was written since', { ...born(before), lastWrite: { manager: 'm', at: since } }, false],
  ['was created since', { ...born(since), lastWrite: { manager: 'm', at: before } }, false],
  ['was written in that second', { ...born(before), lastWrite: { manager: 'm', at: start } }, false],
  ['was written nobody knows when', born(before), false],
])('a value is current of a Secret that %s: %s', (_, parts, current) => {
  const { pod, references, view } = worldOf(one, [secretOf(parts)]);
  expect(isCurrent(pod, { reference: references[0]!, startedAt: start }, view)).toBe(current);
  const gone = worldOf(one, []);
  expect(isCurrent(pod, { reference: references[0]!, startedAt: start }, gone.view)).toBe(false);
});

test('of Secrets it is known whether any changed, and which is the newest', () => {
  const plain = secretOf(born(before, 'plain'), 'plain');
  const newer = secretOf(born(since, 'newer'), 'newer');
  const view = (...secrets: readonly Secret[]) => secretsView(snapshotOf({ secrets }));
  const parts = [{}, changed(before, 'a'), added(before, 'a'), { immutable: true }];
  expect(parts.map((each) => view(plain, secretOf({ ...born(before), ...each })).hasChanges(namespace))).toEqual([
    false,
    true,
    true,
    true,
  ]);
  expect(view(plain, secretOf({ ...born(before), ...changed(before, 'a') })).hasChanges('other')).toBe(false);
  expect([view(newer, plain), view(plain, newer), view(secretOf({}))].map((each) => each.newestAt(namespace))).toEqual([
    since,
    since,
    undefined,
  ]);
});
