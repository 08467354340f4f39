import { expect, test } from '@jest/globals';
import type { KubernetesEvent } from '../../../src/core/cluster/kubernetes.ts';
import { diagnose } from '../../../src/core/diagnose/diagnose.ts';
import { container, deployment, namespace, secret, snapshotOf, stackOf, type Parts } from '../../support/builders.ts';
import { told } from '../../support/told.ts';

const skip = (
  keys: string,
  place: string,
  reason = 'InvalidEnvironmentVariableNames',
  before = '',
): KubernetesEvent => ({
  metadata: { name: `e-${keys}-${place}`, namespace },
  reason,
  message: `${before}Keys [${keys}] from the EnvFrom secret ${place} were skipped since they are considered invalid.`,
  involvedObject: { kind: 'Pod' },
});
const wordless = { metadata: { name: 'e', namespace }, reason: 'InvalidEnvironmentVariableNames', involvedObject: {} };
const envFrom = (...parts: readonly Parts[]): string[] =>
  told(diagnose(snapshotOf(...parts)).filter(({ code }) => code.startsWith('env-from-')));

test.each<[string, readonly KubernetesEvent[], readonly string[]]>([
  [
    'two keys',
    [skip('1st, a b', 'shop/app')],
    [
      'warning env-from-name-invalid: kubelet leaves out 1st and a b of secret/app, which a container takes as a whole (envFrom): these are no names for variables [kubectl -n shop get events --field-selector reason=InvalidEnvironmentVariableNames]',
    ],
  ],
  [
    'the same, told twice',
    [skip('1st', 'shop/app'), { ...skip('1st', 'shop/app'), metadata: { name: 'later', namespace } }],
    [
      'warning env-from-name-invalid: kubelet leaves out 1st of secret/app, which a container takes as a whole (envFrom): these are no names for variables [kubectl -n shop get events --field-selector reason=InvalidEnvironmentVariableNames]',
    ],
  ],
  [
    'keys of two Secrets',
    [skip('1st', 'shop/app'), skip('1st', 'shop/b'), skip('1st', 'other/app')],
    [
      'warning env-from-name-invalid: kubelet leaves out 1st of secret/app, which a container takes as a whole (envFrom): these are no names for variables [kubectl -n other get events --field-selector reason=InvalidEnvironmentVariableNames]',
      'warning env-from-name-invalid: kubelet leaves out 1st of secret/app, which a container takes as a whole (envFrom): these are no names for variables [kubectl -n shop get events --field-selector reason=InvalidEnvironmentVariableNames]',
      'warning env-from-name-invalid: kubelet leaves out 1st of secret/b, which a container takes as a whole (envFrom): these are no names for variables [kubectl -n shop get events --field-selector reason=InvalidEnvironmentVariableNames]',
    ],
  ],
  ['nothing, in other words', [skip('1st', 'shop/app', 'InvalidEnvironmentVariableNames', 'some ')], []],
  ['nothing, for another reason', [skip('1st', 'shop/app', 'Pulled')], []],
  ['nothing, without words', [wordless], []],
])('kubelet leaves out %s', (_, events, expected) => {
  expect(envFrom({ events })).toEqual(expected);
});

test('a container that takes a Secret as a whole is named with each key that the stack says is missing', () => {
  const takes = { containers: [container('c', { envFrom: [{ secretRef: { name: 'app' } }] })] };
  const parts = [deployment('web', { spec: takes }), deployment('api'), secret('app', ['k'])];
  const stack = stackOf({ secrets: [{ name: 'app', keys: { k: {}, l: {}, m: {} } }] });
  const found = diagnose(snapshotOf(...parts), stack).filter(({ code }) => code === 'env-from-key-absent');

  expect(told(found)).toEqual([
    'warning env-from-key-absent: deployment/web takes its Secret as a whole (envFrom), so that it starts without l of Secret app and m of Secret app and nothing says so: kubelet waits only for keys that are named [c2l fix-secrets]',
  ]);
  expect(found.map(({ causes }) => causes)).toEqual([
    ['secret-key-missing/shop/app/l', 'secret-key-missing/shop/app/m'],
  ]);
});
