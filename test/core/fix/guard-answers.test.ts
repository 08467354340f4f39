import { expect, test } from '@jest/globals';

import type { Secret } from '../../../src/core/cluster/secret.ts';
import {
  allRefused,
  guardTarget,
  overwriteNeeded,
  refuseSharedSourceNames,
  refuseUnknownSecrets,
  withSources,
} from '../../../src/core/fix/secret-guards.ts';
import type { SecretTarget } from '../../../src/core/fix/secret-target.ts';
import type { WantedKey, WantedReason } from '../../../src/core/fix/wanted-key.ts';
import type { SecretWriters, WriterIndex } from '../../../src/core/owners/secret-writers.ts';
import { OperatorError } from '../../../src/errors.ts';
import { secret } from '../../support/planning-world.ts';

const key = (name: string, reason: WantedReason = 'missing'): WantedKey => {
  return { namespace: 'shop', secret: 'app', key: name, reason, references: [] };
};

function target(parts: Partial<Secret> | undefined, ...wanted: readonly WantedKey[]): SecretTarget {
  const current = parts && { ...secret('shop', 'app', {}), ...parts };
  return { object: { kind: 'Secret', namespace: 'shop', name: 'app' }, current, type: 'Opaque', wanted };
}

function indexOf(writers: SecretWriters): WriterIndex {
  return { of: () => writers, storeOf: () => undefined, isStoreAbsent: () => false, hasStoreKind: () => true };
}

const at = { name: 'app', namespace: 'shop' };
const tracked = { ...at, annotations: { 'argocd.argoproj.io/tracking-id': 'shop:/Secret:shop/app' } };
const argocd = { owner: { by: 'argocd', name: 'shop' } } as const;
const inGit = 'argocd.argoproj.io/refresh=normal --overwrite; or have it stand for a while: --pause-sync 15m';

test.each<[string, Partial<Secret>, WantedReason, string, string]>([
  [
    'External Secrets',
    { owner: { by: 'external-secrets', name: 'e' } },
    'missing',
    'Secret shop/app is written by External Secrets (e), which undoes changes made here',
    'put the values into its store, then: kubectl -n shop annotate externalsecret e force-sync="$(date +%s)" --overwrite',
  ],
  [
    'Sealed Secrets',
    { owner: { by: 'sealed-secrets', name: 's' } },
    'missing',
    'Secret shop/app is written by Sealed Secrets (s), which drops changes made here when it is sealed again',
    'seal the values with kubeseal and apply the result: kubectl -n shop get sealedsecret s',
  ],
  [
    'Sealed Secrets, immutable',
    { owner: { by: 'sealed-secrets', name: 's' }, immutable: true },
    'missing',
    'Secret shop/app is written by Sealed Secrets (s), which drops changes made here when it is sealed again',
    'seal the values with kubeseal and apply the result: kubectl -n shop get sealedsecret s',
  ],
  [
    'an Application that could not be seen',
    { ...argocd, metadata: tracked },
    'overwrite',
    'Secret shop/app is managed by Argo CD application shop (tracking id shop:/Secret:shop/app): a changed value is set back to what Git holds (its policy could not be seen)',
    `change the value in Git, then: kubectl -n argocd annotate application shop ${inGit}`,
  ],
  [
    'an Application, immutable and without a mark',
    { ...argocd, immutable: true },
    'missing',
    'Secret shop/app is managed by Argo CD application shop: a changed value is set back to what Git holds (its policy could not be seen)',
    `change the value in Git, then: kubectl -n argocd annotate application shop ${inGit}`,
  ],
  [
    'nobody, immutable',
    { immutable: true },
    'missing',
    'Secret shop/app is immutable: the API refuses every change of it',
    "replace it by one that is not: kubectl -n shop get secret app -o yaml | sed '/^immutable: true$/d' | kubectl replace --force -f -, then: c2l fix-secrets -n shop",
  ],
])('what is written by %s is refused in these words', (_, parts, reason, message, hint) => {
  const { open, refusal, warnings } = guardTarget(target(parts, key('token', reason)));
  expect([open, refusal?.code, refusal?.message, refusal?.hint, warnings]).toEqual([
    undefined,
    'secret-owned',
    message,
    hint,
    [],
  ]);
});

test.each([
  [
    undefined,
    'overwrite',
    'Secret shop/app is immutable: it can only be deleted and created again, which needs consent by name',
    'c2l fix-secrets -n shop --recreate app --overwrite app/token',
  ],
  [
    ['a/hold', 'b/hold'],
    'missing',
    'Secret shop/app is immutable, and a/hold, b/hold decides when it may be deleted',
    'kubectl -n shop describe secret app',
  ],
] as const)(
  'an immutable Secret with finalizers %j is not deleted without more',
  (finalizers, reason, message, hint) => {
    const parts = { immutable: true, metadata: { ...at, ...(finalizers && { finalizers }) } };
    const { refusal } = guardTarget(target(parts, key('token', reason)), undefined, () => false);
    expect([refusal?.code, refusal?.message, refusal?.hint]).toEqual(['secret-owned', message, hint]);
  },
);

const application = { metadata: { name: 'shop', namespace: 'gitops' }, spec: { syncPolicy: { automated: {} } } };
const idle = (creationPolicy: string) => ({ idle: { metadata: at, spec: { target: { creationPolicy } } } });

test.each<[string, SecretTarget, SecretWriters, string[]]>([
  [
    'what Argo CD manages',
    target(argocd, key('token')),
    {},
    [
      'Secret shop/app is managed by Argo CD application shop: added keys survive self-heal, but are lost when the Secret is deleted and created from Git again',
    ],
  ],
  [
    'what Argo CD would bring',
    target(undefined, key('token')),
    { application },
    [
      'Secret shop/app is in Git, from where Argo CD application shop would bring it: the values that Git holds will take the place of those written here; self-heal is off, and the next commit does it',
    ],
  ],
  ['what nobody has', target(undefined, key('token')), {}, []],
  [
    'what Helm has',
    target({ owner: { by: 'helm', name: 'r' } }, key('token')),
    {},
    ['Secret shop/app belongs to Helm release r: its next upgrade may undo this'],
  ],
  [
    'what an ExternalSecret leaves alone',
    target({}, key('token')),
    idle('None'),
    ['externalsecret/app has creationPolicy None and writes no Secret: c2l writes shop/app'],
  ],
  [
    'what an ExternalSecret would add to',
    target(undefined, key('token')),
    idle('Merge'),
    ['externalsecret/app has creationPolicy Merge and only writes into a Secret that is there: c2l writes shop/app'],
  ],
])('%s is written, with what is to be known', (_, wanted, writers, warnings) => {
  expect(guardTarget(wanted, indexOf(writers))).toEqual({ open: wanted, warnings });
});

test('an ExternalSecret that leaves alone what is refused is not spoken of', () => {
  const { open, warnings } = guardTarget(target({ immutable: true }, key('token')), indexOf(idle('None')));
  expect([open, warnings]).toEqual([undefined, []]);
});

const external = {
  metadata: at,
  spec: {
    secretStoreRef: { name: 'vault' },
    target: { name: 'app', creationPolicy: 'Merge' },
    data: [{ secretKey: 'password', remoteRef: { key: 'p' } }],
  },
};
const merged = { by: 'external-secrets', name: 'app' } as const;

test.each<[string, Partial<Secret> | undefined, SecretWriters, Partial<Secret> | undefined, RegExp | undefined]>([
  ['nobody else', { owner: merged }, {}, {}, undefined],
  [
    'Helm',
    { owner: merged, otherOwners: [{ by: 'helm', name: 'r' }] },
    {},
    { owner: { by: 'helm', name: 'r' } },
    undefined,
  ],
  ['Sealed Secrets', { owner: { by: 'sealed-secrets', name: 's' } }, {}, undefined, /Sealed Secrets \(s\)/],
  ['a SealedSecret that is to make it', undefined, { sealed: { metadata: at } }, undefined, /Sealed Secrets \(app\)/],
])('beside an ExternalSecret that merges the other keys are those of %s', (_, parts, writers, left, refused) => {
  const guarded = guardTarget(target(parts, key('password'), key('own')), indexOf({ ...writers, external }));
  expect(guarded.sync?.keys).toEqual(['password']);
  expect(guarded.open?.wanted).toEqual(left && [key('own')]);
  expect(guarded.open?.current?.owner).toEqual(left?.owner);
  expect(guarded.refusal?.message).toEqual(refused && expect.stringMatching(refused));
});

test('with nothing but what it brings there is nothing to warn of', () => {
  const guarded = guardTarget(target({ ...argocd }, key('password')), indexOf({ external }));
  expect([guarded.open, guarded.warnings, guarded.sync?.keys]).toEqual([undefined, [], ['password']]);
});

const refusal = (hint?: string): OperatorError =>
  new OperatorError('secret-owned', 'no', hint === undefined ? {} : { hint });

test('of several refusals those without a hint leave none', () => {
  const { message, hint } = allRefused([refusal('a'), refusal(), refusal('b')])!;
  expect([message, hint]).toEqual(['no; no; no', 'a; b']);
});

test.each([
  [undefined, ['env:.env'], undefined],
  ['c2l fix-secrets -n shop', [], 'c2l fix-secrets -n shop'],
  ['c2l fix-secrets -n shop', ['env:.env'], 'c2l fix-secrets -n shop --from env:.env'],
  ['first this: c2l fix-secrets -n shop', ['env:.env'], 'first this: c2l fix-secrets -n shop'],
  ['c2l fix-secrets -n shop; then that', ['env:.env'], 'c2l fix-secrets -n shop; then that'],
])('the hint %s from %j is %s', (hint, from, expected) => {
  const given = refusal(hint);
  const answer = withSources(given, { sources: from });
  expect([answer.code, answer.message, answer.exitCode, answer.hint]).toEqual(['secret-owned', 'no', 2, expected]);
  expect(answer === given).toBe(hint === expected);
});

test('a Secret is known where any is of that name', () => {
  const known = [
    { namespace: 'shop', secret: 'app' },
    { namespace: 'shop', secret: 'site' },
  ];
  expect(() => {
    refuseUnknownSecrets(['site', 'shop/app'], known);
  }).not.toThrow();
});

test('keys that would be filled from one entry are refused, each with its place', () => {
  const named = (name: string, env: string): WantedKey => {
    return { ...key(name), declared: { required: true, generate: false, from: { env } } };
  };
  const wanted = [key('x.y'), { ...key('x.y'), secret: 'site' }, named('a.b', 'ONE'), named('a-b', 'TWO')];
  expect(() => {
    refuseSharedSourceNames(wanted);
  }).toThrow(
    new OperatorError(
      'source-invalid',
      'X_Y in a .env file would fill shop/app/x.y, shop/site/x.y alike; a-b in a Key Vault would fill shop/app/a.b, shop/app/a-b alike: nothing tells whose value it is',
    ),
  );
});

test.each([
  [['b'], [], 'replacing the value of b needs consent by name', 'add --overwrite b'],
  [['b'], ['b'], 'removing b needs consent by name', 'add --overwrite b'],
  [
    ['a', 'b', 'c'],
    ['c'],
    'replacing the value of a, b and removing c need consent by name',
    'add --overwrite a --overwrite b --overwrite c',
  ],
])('consent to %j of which %j go is asked for by name', (names, removed, what, hint) => {
  const {
    code,
    message,
    hint: told,
  } = overwriteNeeded(
    names.map((name) => key(name, 'overwrite')),
    removed,
  );
  expect([code, message, told]).toEqual(['confirmation-needed', `${what}: --yes is consent to add`, hint]);
});
