import { describe, expect, test } from '@jest/globals';
import type { Secret } from '../../../src/core/cluster/secret.ts';
import { ownersToPause } from '../../../src/core/drill/drill-owners.ts';
import type { SecretFault } from '../../../src/core/drill/secret-fault.ts';
import { OperatorError } from '../../../src/errors.ts';
import { namespace, secret, snapshotOf, type Parts } from '../../support/builders.ts';

const app = secret('app', ['password', 'note', 'unused']);

function refusal(act: () => unknown): readonly unknown[] {
  try {
    act();
  } catch (error) {
    if (error instanceof OperatorError) return [error.code, error.message, error.hint];
    throw error;
  }
  throw new Error('was not refused');
}

function fault(
  does: SecretFault['does'],
  extra: Partial<Secret> = {},
  keys: readonly string[] = ['password'],
): SecretFault {
  const [built] = secret('app', ['password'], extra).secrets ?? [];
  if (built === undefined) throw new Error('no Secret was built');
  return { secret: built, does, keys, isForPulls: false };
}

describe('who would undo a fault', () => {
  const own = 'name others in a scenario of your own: c2l dr-drill describe total-secret-loss';
  const external = (labels: Readonly<Record<string, string>> = {}): Parts => ({
    externalSecrets: [
      { metadata: { name: 'app', namespace, labels }, spec: { target: { name: 'app', creationPolicy: 'Owner' } } },
    ],
  });
  const sealed: Parts = { sealedSecrets: [{ metadata: { name: 'app', namespace } }] };
  const application = (syncPolicy: object): Parts => ({
    applications: [
      {
        metadata: { name: 'shop', namespace: 'argocd' },
        spec: { destination: { namespace }, syncPolicy },
        status: { resources: [{ kind: 'Secret', namespace, name: 'app' }] },
      },
    ],
  });
  const paused = (found: SecretFault, ...parts: readonly Parts[]): string[] =>
    ownersToPause([found, found], snapshotOf(app, ...parts)).map((ref) => `${ref.kind}/${ref.name}`);

  test.each<[string, SecretFault, readonly Parts[], readonly string[]]>([
    ['is nobody where nobody writes it', fault('lost'), [], []],
    ['is the ExternalSecret that writes it', fault('lost'), [external()], ['ExternalSecret/app']],
    ['is the ExternalSecret where keys are lost', fault('keys-lost'), [external()], ['ExternalSecret/app']],
    [
      'is the Application that heals it',
      fault('lost'),
      [application({ automated: { selfHeal: true } })],
      ['Application/shop'],
    ],
  ])('%s, and is paused once', (_, found, parts, told) => {
    expect(paused(found, ...parts)).toEqual(told);
  });

  test.each<[string, SecretFault, readonly Parts[], string, string]>([
    [
      'changes what is immutable',
      fault('keys-lost', { immutable: true }),
      [],
      'Secret shop/app is immutable: it can be lost, and not changed',
      'c2l dr-drill run total-secret-loss',
    ],
    [
      'takes what Sealed Secrets writes',
      fault('lost'),
      [sealed],
      'Secret shop/app is written by sealed-secrets, which a drill does not pause',
      own,
    ],
    [
      'takes what a release holds',
      fault('lost', { owner: { by: 'helm', name: 'shop' } }),
      [],
      'Secret shop/app is written by helm, which a drill does not pause',
      own,
    ],
    [
      'takes what somebody syncs from Git',
      fault('lost'),
      [application({})],
      'Secret shop/app is written by argocd, which a drill does not pause',
      own,
    ],
    [
      'changes a value that its store sets back',
      fault('line-break'),
      [external()],
      'Secret shop/app is written by external-secrets, which sets back a value that is changed',
      own,
    ],
    [
      'pauses what Flux sets back',
      fault('lost'),
      [external({ 'helm.toolkit.fluxcd.io/name': 'shop' })],
      'Secret shop/app cannot be kept lost: Flux applies externalsecret/app from helmrelease/shop, and sets back its spec',
      own,
    ],
  ])('refuses a drill that %s', (_, found, parts, message, hint) => {
    expect(refusal(() => paused(found, ...parts))).toEqual(['secret-owned', message, hint]);
  });

  test('is nobody of what is immutable and lost whole', () => {
    expect(paused(fault('lost', { immutable: true }))).toEqual([]);
  });
});
