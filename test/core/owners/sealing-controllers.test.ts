import { describe, expect, test } from '@jest/globals';
import type { Service } from '../../../src/core/cluster/kubernetes.ts';
import type { CloserLook } from '../../../src/core/cluster/snapshot.ts';
import { diagnose } from '../../../src/core/diagnose/diagnose.ts';
import { controllerAmong } from '../../../src/core/owners/sealing-controllers.ts';
import { container, deployment, keyEnv, namespace, secret, snapshotOf } from '../../support/builders.ts';

function service(place: string, { port = 8080, label = '' } = {}): Service {
  const [inNamespace = '', name = ''] = place.split('/');
  const labels = label === '' ? {} : { 'app.kubernetes.io/name': label };
  return { metadata: { name, namespace: inNamespace, labels }, spec: { ports: [{ port }] } };
}

test.each<[situation: string, services: readonly Service[], found: string | undefined]>([
  ['none', [service('shop/web')], undefined],
  ['where kubeseal looks', [service('kube-system/sealed-secrets-controller')], 'kube-system/sealed-secrets-controller'],
  ['as its chart has it', [service('sealed-secrets/sealed-secrets')], 'sealed-secrets/sealed-secrets'],
  ['by its usual name elsewhere', [service('infra/sealed-secrets')], 'infra/sealed-secrets'],
  [
    'by its label, and not its metrics',
    [
      service('infra/a-metrics', { port: 8081, label: 'sealed-secrets' }),
      service('infra/seal', { label: 'sealed-secrets' }),
    ],
    'infra/seal',
  ],
])('the controller of Sealed Secrets is found: %s', (_, services, found) => {
  expect(controllerAmong(services)).toBe(found);
});

describe('the command that seals', () => {
  const needsKey = deployment('web', { spec: { containers: [container('c', { env: [keyEnv('app', 'k')] })] } });

  test.each<[controller: string | undefined, annotations: Readonly<Record<string, string>>, flags: string]>([
    [undefined, {}, ''],
    ['kube-system/sealed-secrets-controller', {}, ''],
    ['sealed-secrets/sealed-secrets-controller', {}, ' --controller-namespace sealed-secrets'],
    ['infra/seal', {}, ' --controller-namespace infra --controller-name seal'],
    [undefined, { 'sealedsecrets.bitnami.com/namespace-wide': 'true' }, ' --scope namespace-wide'],
  ])('names the controller %s and the scope of %j', (sealingController, annotations, flags) => {
    const sealedSecrets = [
      {
        metadata: { name: 'app', namespace, annotations },
        status: { conditions: [{ type: 'Synced', status: 'True' }] },
      },
    ];
    const snapshot = snapshotOf(needsKey, secret('app', ['x']), { sealedSecrets });
    const closer = { lastWords: new Map(), gaps: [], ...(sealingController && { sealingController }) };
    const [found] = diagnose({ ...snapshot, closer: closer as unknown as CloserLook });
    expect(found?.fix).toBe(
      `kubectl -n shop create secret generic app --from-file=k=FILE --dry-run=client -o yaml | kubeseal${flags} -o yaml --merge-into SEALED-FILE`,
    );
  });
});
