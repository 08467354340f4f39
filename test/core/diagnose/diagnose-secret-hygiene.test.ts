import { describe, expect, test } from '@jest/globals';
import type { Secret } from '../../../src/core/cluster/secret.ts';
import { diagnose } from '../../../src/core/diagnose/diagnose.ts';
import {
  container,
  cronJob,
  gap,
  job,
  keyEnv,
  namespace,
  secret,
  snapshotOf,
  type Parts,
} from '../../support/builders.ts';

function live(extra: Partial<Secret> = {}, metadata: Partial<Secret['metadata']> = {}): Parts {
  return secret('app', ['k'], { ...extra, metadata: { name: 'app', namespace, uid: 'u', ...metadata } });
}

function codes(...parts: Parts[]): string[] {
  return diagnose(snapshotOf(...parts)).map(({ severity, code }) => `${severity} ${code}`);
}

const spec = { containers: [container('c', { env: [keyEnv('app', 'k')] })] };
const account = { metadata: { name: 'puller', namespace }, imagePullSecrets: [{ name: 'app' }] };

describe('a Secret', () => {
  test('that nothing names is unused', () => {
    expect(codes(live())).toEqual(['info secret-unused']);
  });

  test.each<[string, Parts[]]>([
    ['a suspended CronJob names', [live(), cronJob('nightly', { spec })]],
    ['a finished Job names', [live(), job('once', { spec, finished: true, pods: 'none' })]],
    ['a ServiceAccount of no pod names', [live(), { serviceAccounts: [account] }]],
    ['may be the login of a store', [live(), { secretStores: [{ metadata: { name: 'vault', namespace } }] }]],
    ['holds a Helm release', [live({ type: 'helm.sh/release.v1' })]],
    ['is a token of a ServiceAccount', [live({ type: 'kubernetes.io/service-account-token' })]],
    ['is a token of the bootstrap', [live({ type: 'bootstrap.kubernetes.io/token' })]],
    ['is a revision of c2l', [live({ type: 'c2l.dev/revision' })]],
    ['has an owner', [live({ owner: { by: 'helm', name: 'shop' } })]],
    [
      'belongs to an object',
      [live({}, { ownerReferences: [{ apiVersion: 'v1', kind: 'Database', name: 'db', uid: 'x' }] })],
    ],
    ['Argo CD reads', [live({}, { labels: { 'argocd.argoproj.io/secret-type': 'repository' } })]],
    ['cert-manager keeps', [live({}, { annotations: { 'cert-manager.io/certificate-name': 'web' } })]],
    ['seals', [live({}, { labels: { 'sealedsecrets.bitnami.com/sealed-secrets-key': 'active' } })]],
    ['stands in a manifest alone', [secret('app', ['k'])]],
  ])('that %s is not called unused', (_, parts) => {
    expect(codes(...parts).filter((code) => code.includes('unused'))).toEqual([]);
  });

  test.each(['pods', 'deployments', 'cronjobs', 'serviceaccounts', 'ingresses'])(
    'is not called unused where %s could not be read',
    (resource) => {
      expect(codes(live(), { gaps: [gap(resource)] })).toEqual(['warning unreadable']);
    },
  );
});

describe('a Secret with several writers', () => {
  const external = (name: string, creationPolicy: string): Parts => ({
    externalSecrets: [
      {
        metadata: { name, namespace },
        spec: { target: { name: 'app', creationPolicy } },
        status: { conditions: [{ type: 'Ready', status: 'True' }] },
      },
    ],
  });
  const sealed: Parts = { sealedSecrets: [{ metadata: { name: 'app', namespace } }] };
  const argocd = { by: 'argocd', name: 'shop' } as const;
  const helm = { by: 'helm', name: 'shop' } as const;
  const eso = (name: string) => ({ by: 'external-secrets', name }) as const;

  test.each<[string, Parts[], string | undefined]>([
    ['two that own', [external('a', 'Owner'), external('b', 'Owner')], 'externalsecret/a and externalsecret/b'],
    ['one that owns, one that seals', [external('a', 'Owner'), sealed], 'externalsecret/a and sealedsecret/app'],
    [
      'one that owns, and Git',
      [external('a', 'Owner'), live({ owner: eso('a'), otherOwners: [argocd] })],
      'application/shop and externalsecret/a',
    ],
    [
      'one that merges into what Git holds',
      [external('a', 'Merge'), live({ owner: eso('a'), otherOwners: [argocd] })],
      undefined,
    ],
    [
      'one that owns, with marks of Helm',
      [external('a', 'Owner'), live({ owner: eso('a'), otherOwners: [helm] })],
      undefined,
    ],
    ['one that owns', [external('a', 'Owner'), live({ owner: eso('a') })], undefined],
  ])('%s', (_, parts, names) => {
    const fights = diagnose(snapshotOf(...parts)).filter(({ code }) => code === 'secret-owners-conflict');
    expect(fights.map(({ severity, message }) => `${severity} ${message}`)).toEqual(
      names === undefined ? [] : [`warning secret/app is written by ${names}: each undoes what the other wrote`],
    );
  });
});
