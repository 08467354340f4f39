import { describe, expect, test } from '@jest/globals';
import { diagnose } from '../../../src/core/diagnose/diagnose.ts';
import type { Finding } from '../../../src/core/findings/findings.ts';
import type { Stack } from '../../../src/core/stack/stack.ts';
import {
  container,
  deployment,
  keyEnv,
  namespace,
  secretWith,
  snapshotOf,
  stackOf,
  type Parts,
} from '../../support/builders.ts';

const encoded = btoa('the password itself');
const random = btoa(String.fromCharCode(...Array.from({ length: 32 }, (_, index) => (index * 89 + 200) % 256)));

function findings(key: string, value: string, stack?: Stack, spec: object = {}): Finding[] {
  const containers = [container('c', { env: [keyEnv('app', key)] })];
  return diagnose(
    snapshotOf(deployment('web', { spec: { containers, ...spec } }), secretWith('app', { [key]: value })),
    stack,
  );
}

const brief = (found: readonly Finding[]): string[] =>
  found.map(({ severity, code, message }) => `${severity} ${code} ${message}`);

describe('a value of which the stack says nothing', () => {
  test.each<[what: string, value: string, found: string | undefined]>([
    ['a word', 'correct horse', undefined],
    ['random bytes in base64', random, undefined],
    ['a short word that could be base64', 'password', undefined],
    ['nothing', '', 'warning secret-value-empty key k of secret/app is empty'],
    ['a line break at its end', 'word\n', 'warning secret-value-whitespace key k of secret/app ends in a line break'],
    ['a space at its beginning', ' word', 'warning secret-value-whitespace key k of secret/app begins with whitespace'],
    ['a document of several lines', '{\n}\n', undefined],
    [
      'a text in base64',
      encoded,
      'warning secret-value-encoded-twice key k of secret/app is base64 of a text: it seems to have been encoded twice',
    ],
    [
      'a text in base64, with a line break',
      `${encoded}\n`,
      'warning secret-value-whitespace key k of secret/app ends in a line break',
    ],
  ])('%s', (_, value, found) => {
    const told = findings('k', value);
    expect(brief(told)).toEqual(found === undefined ? [] : [found]);
    expect(JSON.stringify(told)).not.toContain(value === '' ? 'no-value' : value.trim());
  });

  test('that is called base64 is meant to be so', () => {
    expect(findings('auth-base64', encoded)).toEqual([]);
  });
});

describe('a value, by how it reaches the pod', () => {
  const takesWhole = { containers: [container('c', { envFrom: [{ secretRef: { name: 'app' } }] })] };
  const mounting = (volume: object): object => ({
    containers: [container('c', { volumeMounts: [{ name: 'v', mountPath: '/v' }] })],
    volumes: [{ name: 'v', ...volume }],
  });
  const whole = mounting({ secret: { secretName: 'app' } });
  const item = mounting({ secret: { secretName: 'app', items: [{ key: 'k', path: 'k' }] } });
  const projected = mounting({ projected: { sources: [{ secret: { name: 'app' } }] } });
  const unmounted = { containers: [container('c')], volumes: [{ name: 'v', secret: { secretName: 'app' } }] };

  const lineBreak = 'warning secret-value-whitespace key k of secret/app ends in a line break';
  const empty = 'warning secret-value-empty key k of secret/app is empty';
  const twice =
    'warning secret-value-encoded-twice key k of secret/app is base64 of a text: it seems to have been encoded twice';
  const filler = (severity: string): string =>
    `${severity} secret-value-placeholder key k of secret/app is a placeholder`;

  test.each<[how: string, spec: object, told: Readonly<Record<string, string | undefined>>]>([
    [
      'a variable of its own',
      {},
      { 'word\n': lineBreak, '': empty, [encoded]: twice, CHANGE_ME: filler('error'), word: undefined },
    ],
    [
      'envFrom, which names no key',
      takesWhole,
      { 'word\n': lineBreak, '': empty, [encoded]: twice, CHANGE_ME: filler('warning'), word: undefined },
    ],
    // A file may well end in a line break.
    ['a mounted key', item, { 'word\n': undefined, '': empty, [encoded]: twice, CHANGE_ME: filler('error') }],
    ['a volume', whole, { 'word\n': undefined, '': empty, [encoded]: twice, CHANGE_ME: filler('warning') }],
    [
      'a projected volume',
      projected,
      { 'word\n': undefined, '': empty, [encoded]: twice, CHANGE_ME: filler('warning') },
    ],
    ['a volume that no container mounts', unmounted, { 'word\n': undefined, '': undefined, CHANGE_ME: undefined }],
  ])('%s', (_, spec, told) => {
    for (const [value, expected] of Object.entries(told)) {
      expect(brief(findings('k', value, undefined, spec))).toEqual(expected === undefined ? [] : [expected]);
    }
  });

  test('names who takes it as a whole', () => {
    const [found] = findings('k', 'word\n', undefined, takesWhole);
    expect(found?.references).toEqual([
      { kind: 'Deployment', namespace, name: 'web', container: 'c', via: 'envFrom', optional: false },
    ]);
  });

  test('is told once for a key that is taken by name and as a whole, with both places', () => {
    const containers = [container('c', { env: [keyEnv('app', 'k')], envFrom: [{ secretRef: { name: 'app' } }] })];
    const [found, ...others] = findings('k', 'word\n', undefined, { containers });
    expect(others).toEqual([]);
    expect(found?.references?.map(({ via }) => via)).toEqual(['env', 'envFrom']);
  });

  test('is told of a key that the stack requires and gives no format, and that envFrom takes', () => {
    const stack = stackOf({ secrets: [{ name: 'app', keys: { k: {} } }] });
    expect(brief(findings('k', 'word\n', stack, takesWhole))).toEqual([lineBreak]);
  });
});

describe('a value with a format', () => {
  const stack = (format: object): Stack => stackOf({ secrets: [{ name: 'app', keys: { k: { format } } }] });

  test('that was encoded twice is an error, and said to be that', () => {
    expect(brief(findings('k', btoa('sk_test_0123456789'), stack({ pattern: 'sk_test_[0-9]+' })))).toEqual([
      'error secret-value-invalid key k of secret/app is base64-encoded twice',
    ]);
  });

  test('that fits is right, whatever it looks like', () => {
    expect(findings('k', encoded, stack({ minLength: 8 }))).toEqual([]);
  });
});

describe('a missing key', () => {
  const web: Parts = deployment('web', {
    spec: { containers: [container('c', { env: [keyEnv('app', 'postgres-user')] })] },
    replicas: 0,
  });

  test.each<[other: string, hint: string]>([
    ['postgres_user', '; it has postgres_user: is that the key that is meant?'],
    ['POSTGRES_USER', '; it has POSTGRES_USER: is that the key that is meant?'],
    ['postgresUser', '; it has postgresUser: is that the key that is meant?'],
    ['postgres-users', ''],
  ])('beside %s', (other, hint) => {
    const [found] = diagnose(snapshotOf(web, secretWith('app', { [other]: 'x' })));
    expect(found?.message).toBe(`secret/app lacks key postgres-user, which deployment/web needs${hint}`);
  });
});

test('a key that the stack only allows is still what another may be a slip for', () => {
  const web = deployment('web', { spec: { containers: [container('c', { env: [keyEnv('app', 'API_TOKEN')] })] } });
  const declared = stackOf({ secrets: [{ name: 'app', keys: { 'API-TOKEN': { required: false } } }] });
  const found = diagnose(snapshotOf(web, secretWith('app', { 'API-TOKEN': 'x' })), declared);
  expect(found.find(({ code }) => code === 'secret-key-missing')?.message).toMatch(
    /; it has API-TOKEN: is that the key/,
  );
});

describe('a Secret that is taken as a whole', () => {
  const web = deployment('web', {
    spec: { containers: [container('c', { envFrom: [{ secretRef: { name: 'app' } }] })] },
  });

  test('says nothing of a key that the stack requires and that is missing', () => {
    const found = diagnose(
      snapshotOf(web, secretWith('app', { other: 'x' })),
      stackOf({ secrets: [{ name: 'app', keys: { k: {} } }] }),
    );
    expect(found.map(({ severity, id, causes }) => [severity, id, causes])).toEqual([
      ['error', 'secret-key-missing/shop/app/k', []],
      ['warning', 'env-from-key-absent/shop/deployment/web', ['secret-key-missing/shop/app/k']],
    ]);
    expect(found[1]?.message).toMatch(/starts without k of Secret app and nothing says so/);
  });

  test('has keys that kubelet left out', () => {
    const message =
      'Keys [1st, a b] from the EnvFrom secret shop/app were skipped since they are considered invalid environment variable names.';
    const event = {
      metadata: { name: 'e', namespace },
      reason: 'InvalidEnvironmentVariableNames',
      message,
      involvedObject: { kind: 'Pod' },
    };
    const found = diagnose(snapshotOf(web, secretWith('app', { '1st': 'x', 'a b': 'y' }), { events: [event] }));
    expect(brief(found)).toEqual([
      'warning env-from-name-invalid kubelet leaves out 1st and a b of secret/app, which a container takes as a whole (envFrom): these are no names for variables',
    ]);
  });
});

describe('a value of an immutable Secret, which nobody can edit', () => {
  const kept = secretWith('app', { k: '', other: '' }, { immutable: true });
  const takes = (more: object): Parts => deployment('web', { spec: { containers: [container('c', more)] } });

  test.each<[string, Parts, string[]]>([
    [
      'is written by c2l where something names its key',
      takes({ env: [keyEnv('app', 'k')] }),
      ['c2l fix-secrets -n shop --recreate app --overwrite app/k'],
    ],
    [
      'is made anew where it is taken along',
      takes({ envFrom: [{ secretRef: { name: 'app' } }] }),
      Array<string>(2).fill(
        "kubectl -n shop get secret app -o yaml | sed '/^immutable: true$/d' | kubectl replace --force -f -",
      ),
    ],
  ])('%s', (_, workload, fixes) => {
    const found = diagnose(snapshotOf(workload, kept)).filter(({ code }) => code === 'secret-value-empty');
    expect(found.map(({ fix }) => fix)).toEqual(fixes);
  });
});
