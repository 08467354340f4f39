import { expect, test } from '@jest/globals';
import { explainSecret } from '../../../src/core/audit/explain-secret.ts';
import { explainWorkload } from '../../../src/core/audit/explain-workload.ts';
import { refText } from '../../../src/core/cluster/kubernetes.ts';
import { diagnose } from '../../../src/core/diagnose/diagnose.ts';
import { buildScene } from '../../../src/core/diagnose/diagnosis-scene.ts';
import type { ContainerStatus } from '../../../src/core/cluster/kubernetes-pod.ts';
import { container, deployment, namespace, snapshotOf } from '../../support/builders.ts';
import { expectGolden } from '../../support/golden.ts';
import { incidentStack, incidentWorld } from '../../support/incident-world.ts';

const lines = (document: unknown): string => `${JSON.stringify(document, null, 2)}\n`;

test('every workload and every Secret of the incident, explained', async () => {
  const world = incidentWorld();
  const scene = buildScene(world, incidentStack());
  const findings = diagnose(world, incidentStack());
  const workloads = [...scene.byId.values()].map(({ ref }) => explainWorkload(scene, ref, findings));
  const secrets = world.secrets.items.map(({ metadata }) =>
    explainSecret(scene, { kind: 'Secret', namespace: metadata.namespace, name: metadata.name }),
  );
  const all = [...workloads, ...secrets].sort((left, right) => (refText(left.object) < refText(right.object) ? -1 : 1));
  await expectGolden('explained-incident.json', lines(all));
});

test.each<[Partial<ContainerStatus> | undefined, string]>([
  [undefined, 'not started'],
  [{ state: { running: { startedAt: '2026-11-23T12:00:00Z' } }, ready: true }, 'running and ready'],
  [
    { state: { running: { startedAt: '2026-11-23T12:00:00Z' } }, ready: false, restartCount: 2 },
    'running, restarted 2 times',
  ],
  [{ state: { terminated: { exitCode: 0 } } }, 'ended'],
  [{ state: { terminated: { exitCode: 0, reason: 'Completed' } } }, 'Completed'],
  [{ state: { terminated: { exitCode: 3, reason: 'Error' } }, restartCount: 1 }, 'Error, exit code 3, restarted once'],
  [{ state: { waiting: { reason: 'CrashLoopBackOff', message: '' } } }, 'waiting: CrashLoopBackOff'],
  [{ state: {} }, 'waiting'],
])('a container of %j is told as %s', (status, expected) => {
  const containerStatuses = status === undefined ? [] : [{ name: 'web', ready: false, restartCount: 0, ...status }];
  const web = deployment('web', {
    spec: { containers: [container('web')] },
    pods: { phase: 'Running', containerStatuses } as never,
  });
  const scene = buildScene(snapshotOf(web), undefined);
  const { containers } = explainWorkload(scene, { kind: 'Deployment', namespace, name: 'web' }, []);
  expect(containers.map((each) => each.status)).toEqual([expected]);
});

test('a container whose workload has no pod is told so, and one that is not there has nothing', () => {
  const scene = buildScene(
    snapshotOf(deployment('web', { spec: { containers: [container('web')] }, pods: 'none' })),
    undefined,
  );
  const explained = (name: string) => explainWorkload(scene, { kind: 'Deployment', namespace, name }, []);
  expect(explained('web').containers).toEqual([{ name: 'web', init: false, status: 'no pod', references: [] }]);
  expect(explained('gone')).toMatchObject({
    state: 'missing',
    detail: '',
    pods: [],
    containers: [],
    references: [],
    dependsOn: [],
    blocks: [],
  });
});
