import { describe, expect, test } from '@jest/globals';

import type { SealedSecret } from '../../../src/core/cluster/secret-writer-objects.ts';
import { sealedManifest, sealedRef } from '../../../src/core/owners/seal-plan.ts';

const sealed: SealedSecret = {
  metadata: {
    name: 'app',
    namespace: 'shop',
    uid: 'u1',
    resourceVersion: '7',
    labels: { team: 'shop' },
    annotations: {
      'sealedsecrets.bitnami.com/namespace-wide': 'true',
      'kubectl.kubernetes.io/last-applied-configuration': '{}',
      'argocd.argoproj.io/tracking-id': 'shop:bitnami.com/SealedSecret:shop/app',
      'argocd.argoproj.io/tracking-id-like': 'kept',
    },
  },
  spec: { encryptedData: { old: 'AgO', password: 'AgA' }, template: { metadata: { labels: { a: 'b' } } } },
};

describe('the SealedSecret to be committed', () => {
  test('holds what it held with what was sealed now, and nothing that a cluster put there', () => {
    expect(
      sealedManifest(
        { sealed },
        new Map([
          ['password', 'AgNew'],
          ['token', 'AgT'],
        ]),
      ),
    ).toEqual({
      apiVersion: 'bitnami.com/v1alpha1',
      kind: 'SealedSecret',
      metadata: {
        name: 'app',
        namespace: 'shop',
        labels: { team: 'shop' },
        annotations: {
          'sealedsecrets.bitnami.com/namespace-wide': 'true',
          'argocd.argoproj.io/tracking-id-like': 'kept',
        },
      },
      spec: {
        encryptedData: { old: 'AgO', password: 'AgNew', token: 'AgT' },
        template: { metadata: { labels: { a: 'b' } } },
      },
    });
  });

  test('has neither labels nor annotations nor a template where there were none', () => {
    const bare = sealedManifest({ sealed: { metadata: { name: 'app', namespace: 'shop' } } }, new Map([['a', 'AgA']]));
    expect(bare).toStrictEqual({
      apiVersion: 'bitnami.com/v1alpha1',
      kind: 'SealedSecret',
      metadata: { name: 'app', namespace: 'shop' },
      spec: { encryptedData: { a: 'AgA' } },
    });
    expect(sealedRef({ sealed })).toEqual({ kind: 'SealedSecret', namespace: 'shop', name: 'app' });
  });
});
