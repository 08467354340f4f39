import { describe, expect, test } from '@jest/globals';
import { guardWhilePaused } from '../../../src/core/argocd/paused-target.ts';
import type { Secret } from '../../../src/core/cluster/secret.ts';
import { guardTarget, type GuardedTarget } from '../../../src/core/fix/secret-guards.ts';
import type { SecretTarget } from '../../../src/core/fix/secret-target.ts';
import type { WantedReason } from '../../../src/core/fix/wanted-key.ts';
import { writerIndex } from '../../../src/core/owners/secret-writers.ts';
import { namespace, secret, snapshotOf, type Parts } from '../../support/builders.ts';

const object = { kind: 'Secret', namespace, name: 'app' };

const external = (ready: string, creationPolicy = 'Owner', labels: Readonly<Record<string, string>> = {}): Parts => ({
  externalSecrets: [
    {
      metadata: { name: 'app', namespace, labels },
      spec: {
        secretStoreRef: { name: 'vault' },
        target: { name: 'app', creationPolicy },
        data: [{ secretKey: 'password', remoteRef: { key: 'db' } }],
      },
      status: { conditions: [{ type: 'Ready', status: ready }] },
    },
  ],
  secretStores: [{ metadata: { name: 'vault', namespace } }],
});

const application = (syncPolicy: object): Parts => ({
  applications: [
    {
      metadata: { name: 'shop', namespace: 'argocd' },
      spec: { destination: { namespace }, syncPolicy },
      status: { resources: [{ kind: 'Secret', namespace, name: 'app' }] },
    },
  ],
});

const heals = { automated: { selfHeal: true } };

const byArgo: Partial<Secret> = { owner: { by: 'argocd', name: 'shop' } };

interface Scene {
  readonly parts: readonly Parts[];
  readonly reason: WantedReason;
  /** Undefined where the Secret is not there. */
  readonly extra?: Partial<Secret> | undefined;
}

function guarded({ parts, reason, extra }: Scene): GuardedTarget & { readonly judged: GuardedTarget } {
  const built = extra === undefined ? {} : secret('app', ['password'], extra);
  const snapshot = snapshotOf(built, ...parts);
  const index = writerIndex(snapshot);
  const target: SecretTarget = {
    object,
    current: built.secrets?.[0],
    type: 'Opaque',
    wanted: [{ namespace, secret: 'app', key: 'password', reason, references: [] }],
  };
  const judged = guardTarget(target, index, () => false);
  return { ...guardWhilePaused(target, judged, { snapshot, index, recreate: () => false }), judged };
}

describe('a Secret that is written while its owners are paused', () => {
  test.each<[string, Scene, readonly string[]]>([
    [
      'pauses the Application that would set it back',
      { parts: [application(heals)], reason: 'overwrite', extra: byArgo },
      ['Application/shop'],
    ],
    [
      'pauses the Application that would bring it again',
      { parts: [application(heals)], reason: 'missing' },
      ['Application/shop'],
    ],
    [
      'pauses the ExternalSecret whose store cannot be read',
      { parts: [external('False')], reason: 'missing', extra: { owner: { by: 'external-secrets', name: 'app' } } },
      ['ExternalSecret/app'],
    ],
    [
      'pauses the ExternalSecret that would undo a changed value',
      { parts: [external('True')], reason: 'overwrite', extra: { owner: { by: 'external-secrets', name: 'app' } } },
      ['ExternalSecret/app'],
    ],
  ])('%s', (_, scene, paused) => {
    const { open, pause, refusal } = guarded(scene);
    expect(refusal).toBeUndefined();
    expect(pause?.map((ref) => `${ref.kind}/${ref.name}`)).toEqual(paused);
    expect(open?.wanted.map(({ key }) => key)).toEqual(['password']);
  });

  test.each<[string, Scene]>([
    ['nobody owns', { parts: [], reason: 'overwrite', extra: {} }],
    [
      'its store brings',
      { parts: [external('True')], reason: 'missing', extra: { owner: { by: 'external-secrets', name: 'app' } } },
    ],
    ['takes a key that self-heal leaves', { parts: [application(heals)], reason: 'missing', extra: byArgo }],
  ])('is as without a pause where %s', (_, scene) => {
    const { judged, ...found } = guarded(scene);
    expect(found).toEqual(judged);
    expect(found.pause).toBeUndefined();
  });

  const unsealed: Parts = {
    sealedSecrets: [{ metadata: { name: 'app', namespace }, spec: { encryptedData: { password: 'AgB' } } }],
  };
  const bySeal = { by: 'sealed-secrets', name: 'app' } as const;

  test.each<[string, Scene]>([
    [
      'beside the application',
      { parts: [application(heals), unsealed], reason: 'overwrite', extra: { ...byArgo, otherOwners: [bySeal] } },
    ],
    [
      'before the application',
      {
        parts: [application(heals), unsealed],
        reason: 'overwrite',
        extra: { owner: bySeal, otherOwners: [{ by: 'argocd', name: 'shop' }] },
      },
    ],
  ])('is refused for the SealedSecret that writes it too, %s', (_, scene) => {
    const { refusal, open, pause } = guarded(scene);
    const alone = guarded({ parts: [unsealed], reason: 'overwrite', extra: { owner: bySeal } });

    expect(refusal?.message).toContain('is written by Sealed Secrets (app)');
    expect(refusal?.message).toBe(alone.refusal?.message);
    expect([open, pause]).toEqual([undefined, undefined]);
  });

  test('is refused where the pause itself would be undone', () => {
    const flux = external('False', 'Owner', { 'kustomize.toolkit.fluxcd.io/name': 'shop' });
    const { refusal, open } = guarded({
      parts: [flux],
      reason: 'overwrite',
      extra: { owner: { by: 'external-secrets', name: 'app' } },
    });
    expect([open, refusal?.code, refusal?.message, refusal?.hint]).toEqual([
      undefined,
      'secret-owned',
      'Secret shop/app would not stay as it is written: Flux applies externalsecret/app from kustomization/shop, and sets back its spec, and so ends the pause',
      'pause Kustomization shop yourself first, or put the value where it comes from',
    ]);
  });

  test('is refused where what is left of it is', () => {
    const { refusal, pause } = guarded({
      parts: [application(heals)],
      reason: 'overwrite',
      extra: { ...byArgo, immutable: true },
    });
    expect([refusal?.message, pause]).toEqual([
      'Secret shop/app is immutable: it can only be deleted and created again, which needs consent by name',
      undefined,
    ]);
  });

  test('is judged by who else owns it', () => {
    const otherOwners = [{ by: 'helm', name: 'release' }] as const;
    const { warnings } = guarded({
      parts: [application(heals)],
      reason: 'overwrite',
      extra: { ...byArgo, otherOwners },
    });
    expect(warnings).toEqual(['Secret shop/app belongs to Helm release release: its next upgrade may undo this']);
  });

  test('says where there is nothing to pause, as somebody syncs it by hand', () => {
    const { pause, warnings } = guarded({ parts: [application({})], reason: 'overwrite', extra: byArgo });
    expect([pause, warnings]).toEqual([
      [],
      [
        'Argo CD application shop does not sync Secret shop/app by itself, so nothing is paused; the next sync sets it back',
      ],
    ]);
  });
});
