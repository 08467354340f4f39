import { expect, test } from '@jest/globals';

import { isDefinedBy } from '../../../src/core/bootstrap/defined-kinds.ts';
import { installCommand, isNeeded, missingKindText } from '../../../src/core/bootstrap/missing-kinds.ts';
import type { Manifest } from '../../../src/core/manifests/manifests.ts';

test.each<[string, string, string, boolean, RegExp]>([
  ['external-secrets.io/v1', 'ExternalSecret', ' of External Secrets', true, /^helm install external-secrets /],
  [
    'bitnami.com/v1alpha1',
    'SealedSecret',
    ' of Sealed Secrets',
    true,
    /^helm install sealed-secrets .* -n kube-system$/,
  ],
  ['argoproj.io/v1alpha1', 'Application', ' of Argo CD', true, /^helm install argocd argo\/argo-cd -n argocd /],
  [
    'monitoring.coreos.com/v1',
    'PrometheusRule',
    ' of the Prometheus operator',
    false,
    /^helm install prometheus .*kube-prometheus-stack/,
  ],
  ['example.test/v1', 'Thing', '', true, /^kubectl api-resources --api-group=example\.test$/],
  ['v1', 'Thing', '', true, /^kubectl api-resources --api-group=$/],
])('%s %s that the cluster does not know is told with who brings it', (apiVersion, kind, by, needed, install) => {
  const missing = { apiVersion, kind };
  expect([missingKindText(missing), isNeeded(missing)]).toEqual([`${kind} (${apiVersion})${by}`, needed]);
  expect(installCommand(missing)).toMatch(install);
});

test.each<[string, string, object, boolean]>([
  ['that defines it', 'CustomResourceDefinition', { spec: { group: 'example.test', names: { kind: 'Thing' } } }, true],
  ['of another group', 'CustomResourceDefinition', { spec: { group: 'example', names: { kind: 'Thing' } } }, false],
  ['of another kind', 'CustomResourceDefinition', { spec: { group: 'example.test', names: { kind: 'Other' } } }, false],
  ['that is no definition', 'ConfigMap', { spec: { group: 'example.test', names: { kind: 'Thing' } } }, false],
  ['that is empty', 'CustomResourceDefinition', {}, false],
])('a kind is known after a manifest %s is applied: %s', (_, kind, fields, defined) => {
  const manifest = { kind, fields } as unknown as Manifest;
  expect(isDefinedBy([manifest], { apiVersion: 'example.test/v1', kind: 'Thing' })).toBe(defined);
});
