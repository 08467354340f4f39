import { describe, expect, test } from '@jest/globals';
import { refText } from '../../../src/core/cluster/kubernetes.ts';
import { diagnose } from '../../../src/core/diagnose/diagnose.ts';
import type { Finding } from '../../../src/core/findings/findings.ts';
import type { Stack } from '../../../src/core/stack/stack.ts';
import {
  container,
  deployment,
  keyEnv,
  namespace,
  secret,
  snapshotOf,
  stackOf,
  type Parts,
} from '../../support/builders.ts';
import { pending, waiting } from '../../support/pod-statuses.ts';

function findings(parts: readonly Parts[], stack?: Stack): Finding[] {
  return diagnose(snapshotOf(...parts), stack);
}

function brief(found: readonly Finding[]): string[] {
  return found.map(({ code, object, blocks }) => [code, refText(object), '->', ...blocks.map(refText)].join(' '));
}

const crashes = (name: string) => pending([], [waiting(name, 'CrashLoopBackOff', 'back-off 5m0s')]);

describe('what the stack has and the cluster has not', () => {
  const stack = stackOf({
    secrets: [{ name: 'app', keys: { k: {} } }],
    components: [
      { name: 'db', workload: 'StatefulSet/db' },
      { name: 'web', workload: 'Deployment/web', dependsOn: ['db'] },
    ],
  });

  test('a workload, with what depends on it, which is then no finding of its own', () => {
    const found = findings([deployment('web', { pods: crashes('web') }), secret('app', ['k'])], stack);

    expect(brief(found)).toEqual(['workload-missing statefulset/db -> deployment/web']);
    expect(found[0]?.message).toBe('statefulset/db is part of stack shop but not in namespace shop');
  });

  test('a workload of a later wave, explained by what holds up its Application', () => {
    const resources = ['StatefulSet/db', 'Deployment/web'].map((text) => {
      const [kind = '', name = ''] = text.split('/');
      return { kind, namespace, name };
    });
    const application = {
      metadata: { name: 'shop', namespace: 'argocd' },
      status: { resources, health: { status: 'Healthy' } },
    };
    const found = findings(
      [
        deployment('web', { spec: { containers: [container('web', { env: [keyEnv('app', 'k')] })] } }),
        secret('app', []),
        { applications: [application] },
      ],
      stack,
    );

    expect(found.find(({ code }) => code === 'workload-missing')?.causes).toEqual(['secret-key-missing/shop/app/k']);
  });

  test('a namespace: one finding, nothing in it again, but everything that it blocks', () => {
    const found = findings([{ missingNamespaces: [namespace] }], stack);

    expect(brief(found)).toEqual(['namespace-missing namespace/shop -> statefulset/db deployment/web']);
    expect(found[0]).toMatchObject({ id: 'namespace-missing/namespace/shop', fix: 'kubectl create namespace shop' });
  });
});
