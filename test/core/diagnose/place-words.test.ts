import { expect, test } from '@jest/globals';
import type { Condition } from '../../../src/core/cluster/kubernetes-metadata.ts';
import type { CloserLook } from '../../../src/core/cluster/snapshot.ts';
import { diagnose } from '../../../src/core/diagnose/diagnose.ts';
import {
  container,
  deployment,
  gap,
  keyEnv,
  namespace,
  snapshotOf,
  stackOf,
  statefulSet,
  type Parts,
} from '../../support/builders.ts';
import { closerLook } from '../../support/closer-look.ts';
import { pending, readyStatus, running, waiting } from '../../support/pod-statuses.ts';
import { told } from '../../support/told.ts';

const found = (closer: Partial<CloserLook>, parts: readonly Parts[], stack?: ReturnType<typeof stackOf>): string[] =>
  told(diagnose({ ...snapshotOf(...parts), closer: closerLook(closer) }, stack));

const stuck = {
  phase: 'Running',
  conditions: [{ type: 'Ready', status: 'False' }],
  containerStatuses: [running('web', true)],
};
const on = (nodeName: string, parts: Parts): Parts => ({
  ...parts,
  pods: (parts.pods ?? []).map((pod) => ({ ...pod, spec: { ...pod.spec, nodeName } })),
});
const web = on('n1', deployment('web', { pods: stuck }));
const moving = (): Parts => {
  const { deployments = [], replicaSets = [], pods = [] } = deployment('web', { replicas: 2 });
  const [first, second] = pods.map((pod, index) => ({
    ...pod,
    spec: { ...pod.spec, nodeName: `n${index + 1}` },
    status: index === 0 ? stuck : readyStatus(pod.spec),
  }));
  return { deployments, replicaSets, pods: [first, second].flatMap((pod) => pod ?? []) };
};
const ready = (status: string, reason?: string, message?: string): Condition => ({
  type: 'Ready',
  status,
  ...(reason !== undefined && { reason }),
  ...(message !== undefined && { message }),
});

test.each<[string, readonly (readonly [string, ...Condition[]])[], readonly Parts[], readonly string[]]>([
  [
    'says why',
    [
      [
        'n1',
        { type: 'MemoryPressure', status: 'False', reason: 'Enough' },
        ready('Unknown', 'NodeStatusUnknown', 'Kubelet stopped posting node status.'),
      ],
    ],
    [web],
    [
      'error node-not-ready: node/n1 is not ready (NodeStatusUnknown: Kubelet stopped posting node status.): nothing is known of the pods on it [kubectl describe node n1] -> deployment/web',
    ],
  ],
  [
    'says a reason alone',
    [['n1', ready('False', 'KubeletNotReady')]],
    [web],
    [
      'error node-not-ready: node/n1 is not ready (KubeletNotReady): nothing is known of the pods on it [kubectl describe node n1] -> deployment/web',
    ],
  ],
  [
    'says words alone',
    [['n1', ready('False', '', 'no network')]],
    [web],
    [
      'error node-not-ready: node/n1 is not ready (no network): nothing is known of the pods on it [kubectl describe node n1] -> deployment/web',
    ],
  ],
  [
    'says nothing',
    [['n1', ready('False')]],
    [web],
    [
      'error node-not-ready: node/n1 is not ready: nothing is known of the pods on it [kubectl describe node n1] -> deployment/web',
    ],
  ],
  [
    'holds a pod beside one that works',
    [
      ['n1', ready('Unknown')],
      ['n2', ready('True')],
    ],
    [moving()],
    [
      'error node-not-ready: node/n1 is not ready: nothing is known of the pods on it [kubectl describe node n1] -> deployment/web',
    ],
  ],
  ['holds no pod that is not ready', [['n2', ready('Unknown')]], [moving()], []],
  [
    'is another',
    [['n2', ready('Unknown')]],
    [web],
    [
      'error workload-not-ready: deployment/web is not ready: pod web-5c6d-0 is Running [kubectl -n shop describe pod web-5c6d-0]',
    ],
  ],
])('a node that is lost and %s', (_, nodes, parts, expected) => {
  const seen = nodes.map(([name, ...conditions]) => ({ metadata: { name }, status: { conditions } }));
  expect(found({ nodes: seen }, parts)).toEqual(expected);
});

const elsewhere = (parts: Parts): Parts => ({
  ...parts,
  deployments: (parts.deployments ?? []).map((each) => ({
    ...each,
    metadata: { ...each.metadata, namespace: 'other' },
  })),
});
const lacking = { containers: [container('c', { env: [keyEnv('app', 'k')] })] };
const { deployments: otherDeployments = [] } = elsewhere(deployment('away', { pods: 'none', spec: lacking }));
const stack = stackOf({
  components: [
    { name: 'db', workload: 'StatefulSet/db' },
    { name: 'web', workload: 'Deployment/web', dependsOn: ['db'] },
  ],
});

test.each<[string, Partial<CloserLook>, readonly Parts[], ReturnType<typeof stackOf> | undefined, readonly string[]]>([
  [
    'is going, beside another',
    { endingNamespaces: new Map([[namespace, '2026-01-02T03:00:00Z']]) },
    [deployment('web', { pods: 'none', spec: lacking }), { deployments: otherDeployments }],
    undefined,
    [
      'error namespace-terminating: namespace shop was deleted at 2026-01-02 03:00:00 UTC and is not gone yet: nothing can be created in it [kubectl get namespace shop -o yaml] -> deployment/web',
      'error secret-missing: secret/app does not exist, which deployment/away needs [c2l fix-secrets -n other] -> deployment/away',
      'error secret-missing: secret/app does not exist, which deployment/web needs [c2l fix-secrets -n shop] -> deployment/web',
    ],
  ],
  [
    'is not there, of a stack',
    {},
    [{ missingNamespaces: [namespace] }],
    stack,
    [
      'error namespace-missing: namespace shop does not exist, and with it every Secret and workload in it [kubectl create namespace shop] -> statefulset/db deployment/web',
    ],
  ],
  [
    'lacks a part of its stack',
    {},
    [deployment('web')],
    stack,
    [
      'error workload-missing: statefulset/db is part of stack shop but not in namespace shop [kubectl -n shop apply -f MANIFEST] -> deployment/web',
    ],
  ],
  [
    'lacks a part of its stack, which Argo CD deploys',
    {},
    [deployment('web'), { applications: [], gaps: [gap('deployments', 'argocd')] }],
    stack,
    [
      'error workload-missing: statefulset/db is part of stack shop but not in namespace shop [kubectl -n argocd get applications] -> deployment/web',
      'warning unreadable: deployments in namespace argocd could not be read (listing deployments is forbidden), so it is not known what the Deployments need and whether they are ready [kubectl auth can-i list deployments -n argocd]',
    ],
  ],
])('a namespace that %s', (_, closer, parts, used, expected) => {
  expect(found(closer, parts, used)).toEqual(expected);
});

test('a StatefulSet whose pod waits on another node than the lost one is told by itself', () => {
  const db = on('n2', statefulSet('db', { pods: pending([], [waiting('db', 'CrashLoopBackOff')]) }));
  expect(
    found({ nodes: [{ metadata: { name: 'n1' }, status: { conditions: [ready('Unknown')] } }] }, [web, db]),
  ).toEqual([
    'error container-crashing: statefulset/db is not ready: pod db-0, container db is CrashLoopBackOff [kubectl -n shop logs db-0 -c db --previous]',
    'error node-not-ready: node/n1 is not ready: nothing is known of the pods on it [kubectl describe node n1] -> deployment/web',
  ]);
});
