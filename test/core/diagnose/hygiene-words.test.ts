import { expect, test } from '@jest/globals';
import type { Secret, SecretOwner } from '../../../src/core/cluster/secret.ts';
import { diagnose } from '../../../src/core/diagnose/diagnose.ts';
import {
  container,
  deployment,
  gap,
  keyEnv,
  namespace,
  secret,
  snapshotOf,
  type Parts,
} from '../../support/builders.ts';
import { told } from '../../support/told.ts';

const live = (metadata: Partial<Secret['metadata']> = {}, extra: Partial<Secret> = {}): Parts =>
  secret('app', ['k'], { ...extra, metadata: { name: 'app', namespace, uid: 'u', ...metadata } });
const unused =
  'info secret-unused: secret/app is named by no workload, ServiceAccount or Ingress here; something may still read it through the API';
const hygiene = (...parts: readonly Parts[]): string[] =>
  told(
    diagnose(snapshotOf(...parts)).filter(({ code }) => code === 'secret-unused' || code === 'secret-owners-conflict'),
  );

test.each<[string, readonly Parts[], readonly string[]]>([
  ['of people', [live()], [`${unused} [kubectl -n shop describe secret app]`]],
  ['of Kubernetes itself', [live({ namespace: 'kube-system' })], []],
  [
    'of a namespace that sounds like it',
    [live({ namespace: 'my-kube-' })],
    [`${unused} [kubectl -n my-kube- describe secret app]`],
  ],
  ['of Argo CD', [live({ namespace: 'argocd' })], []],
  ['that Helm manages', [live({ labels: { 'app.kubernetes.io/managed-by': 'Helm' } })], []],
  ['that is about to be written', [live({}, { promised: { names: new Set<string>(), hasOthers: false } })], []],
  [
    'where another namespace could not be read',
    [live(), { gaps: [gap('pods', 'other')] }],
    [`${unused} [kubectl -n shop describe secret app]`],
  ],
  ['where no namespace could be read', [live(), { gaps: [gap('pods', '')] }], []],
  ['where stores could not be read', [live(), { gaps: [gap('secretstores')] }], []],
  [
    'of another namespace than the one that takes it',
    [
      live({ namespace: 'other' }),
      deployment('web', { replicas: 0, spec: { containers: [container('c', { env: [keyEnv('app', 'k', true)] })] } }),
    ],
    [`${unused} [kubectl -n other describe secret app]`],
  ],
  [
    'of which two pods that are done took one each',
    [
      live(),
      { secrets: [...(secret('b', ['k'], { metadata: { name: 'b', namespace, uid: 'b' } }).secrets ?? [])] },
      {
        pods: ['app', 'b'].map((name) => ({
          metadata: { name, namespace },
          spec: { containers: [container('c', { env: [keyEnv(name, 'k')] })] },
          status: { phase: 'Succeeded' },
        })),
      },
    ],
    [],
  ],
])('a Secret that nothing names, %s', (_, parts, expected) => {
  expect(hygiene(...parts)).toEqual(expected);
});

const owned = (by: SecretOwner['by'], ...others: readonly SecretOwner['by'][]): Parts =>
  live(
    {},
    { owner: { by, name: 'app' }, otherOwners: others.map((each, index) => ({ by: each, name: `other-${index}` })) },
  );
const external = (creationPolicy: string | undefined, name = 'app'): Parts => ({
  externalSecrets: [
    {
      metadata: { name, namespace },
      spec: { target: { name: 'app', ...(creationPolicy !== undefined && { creationPolicy }) } },
      status: { conditions: [{ type: 'Ready', status: 'True' }] },
    },
  ],
});
const sealed: Parts = {
  sealedSecrets: [
    { metadata: { name: 'app', namespace }, status: { conditions: [{ type: 'Synced', status: 'True' }] } },
  ],
};

test.each<[string, readonly Parts[], readonly string[]]>([
  [
    'External Secrets and Sealed Secrets',
    [live(), external('Owner', 'ext'), sealed],
    [
      'warning secret-owners-conflict: secret/app is written by externalsecret/ext and sealedsecret/app: each undoes what the other wrote [kubectl -n shop get secret app --show-managed-fields -o yaml]',
      'info secret-unused: secret/app is named by no workload, ServiceAccount or Ingress here; something may still read it through the API [kubectl -n shop describe secret app]',
    ],
  ],
  [
    'two ExternalSecrets, one of which leaves it behind',
    [live(), external('Orphan', 'b'), external(undefined, 'a')],
    [
      'warning secret-owners-conflict: secret/app is written by externalsecret/a and externalsecret/b: each undoes what the other wrote [kubectl -n shop get secret app --show-managed-fields -o yaml]',
      'info secret-unused: secret/app is named by no workload, ServiceAccount or Ingress here; something may still read it through the API [kubectl -n shop describe secret app]',
    ],
  ],
  [
    'two ExternalSecrets, one of which merges',
    [live(), external('Merge', 'b'), external(undefined, 'a')],
    [
      'info secret-unused: secret/app is named by no workload, ServiceAccount or Ingress here; something may still read it through the API [kubectl -n shop describe secret app]',
    ],
  ],
  [
    'two ExternalSecrets, one of which makes none',
    [live(), external('None', 'b'), external(undefined, 'a')],
    [
      'info secret-unused: secret/app is named by no workload, ServiceAccount or Ingress here; something may still read it through the API [kubectl -n shop describe secret app]',
    ],
  ],
  [
    'Argo CD and a SealedSecret',
    [owned('argocd'), sealed],
    [
      'warning secret-owners-conflict: secret/app is written by application/app and sealedsecret/app: each undoes what the other wrote [kubectl -n shop get secret app --show-managed-fields -o yaml]',
    ],
  ],
  [
    'Argo CD and an ExternalSecret that owns it too',
    [owned('argocd', 'external-secrets'), external('Owner', 'other-0')],
    [
      'warning secret-owners-conflict: secret/app is written by application/app and externalsecret/other-0: each undoes what the other wrote [kubectl -n shop get secret app --show-managed-fields -o yaml]',
    ],
  ],
  [
    'Argo CD and an ExternalSecret that merges into it',
    [owned('argocd', 'external-secrets'), external('Merge', 'other-0')],
    [],
  ],
  [
    'Argo CD and another application, beside an ExternalSecret that merges',
    [owned('argocd', 'argocd'), external('Merge', 'other-0')],
    [
      'warning secret-owners-conflict: secret/app is written by application/app and application/other-0: each undoes what the other wrote [kubectl -n shop get secret app --show-managed-fields -o yaml]',
    ],
  ],
  ['Argo CD and Helm, which does not write again', [owned('argocd', 'helm')], []],
  ['Argo CD alone', [owned('argocd')], []],
])('a Secret that is written by %s', (_, parts, expected) => {
  expect(hygiene(...parts)).toEqual(expected);
});
