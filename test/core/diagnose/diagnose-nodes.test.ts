import { describe, expect, test } from '@jest/globals';
import type { Condition } from '../../../src/core/cluster/kubernetes-metadata.ts';
import type { Pod } from '../../../src/core/cluster/kubernetes-pod.ts';
import { refText, type Node } from '../../../src/core/cluster/kubernetes.ts';
import { diagnose } from '../../../src/core/diagnose/diagnose.ts';
import { container, deployment, keyEnv, secret, service, snapshotOf, type Parts } from '../../support/builders.ts';
import { closerLook } from '../../support/closer-look.ts';
import { pending, running, waiting } from '../../support/pod-statuses.ts';

const node = (name: string, ...conditions: Condition[]): Node => ({ metadata: { name }, status: { conditions } });
const silent: Condition = {
  type: 'Ready',
  status: 'Unknown',
  reason: 'NodeStatusUnknown',
  message: 'Kubelet stopped posting node status.',
};
const well: Condition = { type: 'Ready', status: 'True', reason: 'KubeletReady' };

/** As the node controller leaves pods of a node that is lost: their containers as they were, and no longer Ready. */
const abandoned: NonNullable<Pod['status']> = {
  phase: 'Running',
  conditions: [{ type: 'Ready', status: 'False' }],
  containerStatuses: [running('web', true)],
};

function on(nodeName: string, parts: Parts): Parts {
  return { ...parts, pods: (parts.pods ?? []).map((pod) => ({ ...pod, spec: { ...pod.spec, nodeName } })) };
}

function told(nodes: readonly Node[], ...parts: readonly Parts[]) {
  return diagnose({ ...snapshotOf(...parts), closer: closerLook({ nodes }) });
}

const lines = (found: ReturnType<typeof told>): string[] =>
  found.map(({ code, object, blocks }) => [code, refText(object), '->', ...blocks.map(refText)].join(' '));

describe('a node that is not ready', () => {
  test('is the root of what its pods are, and of what waits for those', () => {
    const waits = { initContainers: [container('wait', { command: ['nc', '-z', 'web', '80'] })] };
    const found = told(
      [node('n1', silent), node('n2', well)],
      on('n1', deployment('web', { pods: abandoned })),
      service('web'),
      on('n2', deployment('front', { spec: waits, pods: pending([running('wait')], [waiting('front', 'x')]) })),
    );

    expect(lines(found)).toEqual(['node-not-ready node/n1 -> deployment/web deployment/front']);
    expect(found[0]).toMatchObject({
      severity: 'error',
      object: { kind: 'Node', namespace: '', name: 'n1' },
      message:
        'node/n1 is not ready (NodeStatusUnknown: Kubelet stopped posting node status.): nothing is known of the pods on it',
      fix: 'kubectl describe node n1',
    });
  });

  test.each<[string, readonly Node[], Parts, readonly string[]]>([
    ['holds nothing', [node('n1', silent)], on('n2', deployment('web')), []],
    ['holds pods that are ready all the same', [node('n1', silent)], on('n1', deployment('web')), []],
    [
      'works',
      [node('n1', well)],
      on('n1', deployment('web', { pods: abandoned })),
      ['workload-not-ready deployment/web ->'],
    ],
    [
      'says that it is not, without a reason',
      [node('n1', { type: 'Ready', status: 'False' })],
      on('n1', deployment('web', { pods: abandoned })),
      ['node-not-ready node/n1 -> deployment/web'],
    ],
    [
      'never said anything',
      [{ metadata: { name: 'n1' } }],
      on('n1', deployment('web', { pods: abandoned })),
      ['node-not-ready node/n1 -> deployment/web'],
    ],
  ])('where it %s', (_, nodes, parts, expected) => {
    expect(lines(told(nodes, parts))).toEqual(expected);
  });

  test('hides no key that is missing as well', () => {
    const spec = { containers: [container('web', { env: [keyEnv('app', 'k')] })] };
    const found = told([node('n1', silent)], on('n1', deployment('web', { spec, pods: abandoned })), secret('app', []));

    expect(lines(found).filter((line) => !line.startsWith('next-start'))).toEqual([
      'node-not-ready node/n1 -> deployment/web',
      'secret-key-missing secret/app -> deployment/web',
    ]);
  });
});
