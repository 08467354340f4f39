import { describe, expect, test } from '@jest/globals';

import type { Container, ContainerStatus, Pod, PodSpec } from '../../../../src/core/cluster/kubernetes-pod.ts';
import type { KubernetesEvent } from '../../../../src/core/cluster/kubernetes.ts';
import type { CloserLook } from '../../../../src/core/cluster/snapshot.ts';
import { diagnose } from '../../../../src/core/diagnose/diagnose.ts';
import type { Finding } from '../../../../src/core/findings/findings.ts';
import { barePod, container, deployment, namespace, snapshotOf, type Parts } from '../../../support/builders.ts';
import { closerLook } from '../../../support/closer-look.ts';
import { ended, pending, waiting } from '../../../support/pod-statuses.ts';

function found(parts: readonly Parts[], closer: Partial<CloserLook> = {}): Finding[] {
  return diagnose({ ...snapshotOf(...parts), closer: closerLook(closer) });
}

function told(parts: readonly Parts[], closer: Partial<CloserLook> = {}): string[] {
  return found(parts, closer).flatMap(({ code, message, fix }) => [`${code}: ${message}`, fix]);
}

function web(pods: Pod['status'], spec: Partial<PodSpec> = {}): Parts {
  return deployment('web', { spec, pods });
}

describe('a pod that no node takes', () => {
  const unscheduled = (message?: string): Pod['status'] => ({
    phase: 'Pending',
    conditions: [
      { type: 'PodScheduled', status: 'False', reason: 'Unschedulable', ...(message === undefined ? {} : { message }) },
    ],
  });
  const asking = (requests: NonNullable<Container['resources']>['requests']): Container =>
    container('web', { resources: { ...(requests && { requests }) } });
  const isNotReady = 'deployment/web is not ready: no node';

  test.each<[string, string, Partial<PodSpec>, string]>([
    [
      'of CPU, with what it asks for',
      '0/3 nodes are available: 3 Insufficient cpu. preemption: none.',
      { containers: [asking({ cpu: '500m', memory: '1Gi' })] },
      'cpu 500m',
    ],
    [
      'of CPU and memory, with what all of its containers ask for',
      '0/3 nodes are available: 1 Insufficient memory, 2 Insufficient cpu.',
      { initContainers: [asking({ memory: '2Gi' })], containers: [asking({ cpu: 1 }), asking({ memory: '1Gi' })] },
      'memory 2Gi + 1Gi and cpu 1',
    ],
    ['of what it does not ask for', '3 Insufficient cpu.', { containers: [asking({ memory: '1Gi' })] }, 'cpu'],
    ['of a device', '3 Insufficient nvidia.com/gpu.', { containers: [asking({ cpu: 1 })] }, 'nvidia.com/gpu'],
    ['told twice', '1 Insufficient cpu, 2 Insufficient cpu.', {}, 'cpu'],
  ])('for want %s', (_, message, spec, wanted) => {
    expect(told([web(unscheduled(message), spec)])).toEqual([
      `insufficient-resources: ${isNotReady} has room for pod web-5c6d-0, which requests ${wanted}`,
      'kubectl describe nodes',
    ]);
  });

  test.each<[string, string | undefined, string]>([
    [
      'with the first reason',
      "0/3 nodes are available: 3 node(s) didn't match Pod's node affinity/selector. preemption: x",
      ": 3 node(s) didn't match Pod's node affinity/selector",
    ],
    ['without one', undefined, ''],
    ['with another wording', 'no nodes available to schedule pods', ': no nodes available to schedule pods'],
  ])('that would fit, %s', (_, message, why) => {
    expect(told([web(unscheduled(message))])).toEqual([
      `unschedulable: ${isNotReady} takes pod web-5c6d-0${why}`,
      'kubectl -n shop describe pod web-5c6d-0',
    ]);
  });

  const claiming: Partial<PodSpec> = {
    volumes: [
      { name: 'tmp', emptyDir: {} },
      { name: 'data', persistentVolumeClaim: { claimName: 'data' } },
      { name: 'logs', persistentVolumeClaim: { claimName: 'logs' } },
    ],
  };
  const unbound = '0/3 nodes are available: pod has unbound immediate PersistentVolumeClaims.';
  const claim = (
    name: string,
    phase: string,
    storageClassName?: string,
    place = namespace,
  ): CloserLook['claims'][number] => ({
    metadata: { name, namespace: place, uid: `claim-${name}` },
    spec: { ...(storageClassName === undefined ? {} : { storageClassName }) },
    status: { phase },
  });
  const event = (name: string, reason: string, message: string): KubernetesEvent => ({
    metadata: { name: `${name}.${reason}`, namespace },
    type: 'Warning',
    reason,
    message,
    lastTimestamp: '2026-01-02T03:00:00Z',
    involvedObject: { kind: 'PersistentVolumeClaim', namespace, name, uid: `claim-${name}` },
  });

  test('for a claim that is not there', () => {
    const message = '0/3 nodes are available: persistentvolumeclaim "data" not found.';
    expect(told([web(unscheduled(message), claiming)])).toEqual([
      'volume-claim-missing: persistentvolumeclaim/data does not exist, which deployment/web mounts',
      'kubectl -n shop get persistentvolumeclaims',
    ]);
  });

  test.each<[string, readonly CloserLook['claims'][number][], readonly KubernetesEvent[], string, string]>([
    ['nobody could look at', [], [], 'data', ''],
    [
      'is the one that is not bound',
      [claim('data', 'Bound', 'fast'), claim('logs', 'Pending', 'fast')],
      [],
      'logs',
      '',
    ],
    ['names no class', [claim('data', 'Pending')], [], 'data', ': no volume fits, and it names no StorageClass'],
    [
      'names the empty class',
      [claim('data', 'Pending', '')],
      [],
      'data',
      ': no volume fits, and it names no StorageClass',
    ],
    ['lies elsewhere, as one of that name', [claim('logs', 'Pending', 'fast', 'elsewhere')], [], 'data', ''],
    ['is of nobody here', [claim('other', 'Pending')], [], 'data', ''],
    [
      'is not provisioned, as its last event says',
      [claim('data', 'Pending', 'fast')],
      [event('data', 'ProvisioningFailed', 'quota of disks exceeded'), event('data', 'Other', 'something else')],
      'data',
      ': quota of disks exceeded',
    ],
  ])('for a claim that %s', (_, claims, events, name, why) => {
    expect(told([web(unscheduled(unbound), claiming), { events }], { claims })).toEqual([
      `volume-claim-unbound: persistentvolumeclaim/${name}, which deployment/web mounts, is not bound to a volume${why}`,
      `kubectl -n shop describe persistentvolumeclaim ${name}`,
    ]);
  });

  test('for a claim of a class that is not there', () => {
    const events = [event('data', 'ProvisioningFailed', 'storageclass.storage.k8s.io "fast" not found')];
    expect(
      told([web(unscheduled(unbound), claiming), { events }], { claims: [claim('data', 'Pending', 'fast')] }),
    ).toEqual([
      'storage-class-missing: persistentvolumeclaim/data, which deployment/web mounts, is not bound: there is no StorageClass fast, and no volume of that class is free that fits',
      'kubectl get storageclasses,persistentvolumes',
    ]);
  });

  test('for claims of which it names none is told as the scheduler says it', () => {
    expect(told([web(unscheduled(unbound))])[0]).toBe(
      `unschedulable: ${isNotReady} takes pod web-5c6d-0: pod has unbound immediate PersistentVolumeClaims`,
    );
  });
});

describe('a container that ends again and again', () => {
  const again = (terminated: object, more: Partial<ContainerStatus> = {}): Pod['status'] =>
    pending([], [{ ...waiting('web', 'CrashLoopBackOff'), lastState: { terminated: terminated }, ...more }]);
  const limited = { containers: [container('web', { resources: { limits: { memory: '64Mi' } } })] };
  const place = 'deployment/web is not ready: pod web-5c6d-0, container web';
  const memory = 'kubectl -n shop set resources deployment web -c web --limits=memory=AMOUNT';

  test.each<[string, Pod['status'], Partial<PodSpec>, string]>([
    ['its limit', again({ exitCode: 137, reason: 'OOMKilled' }), limited, 'its limit of 64Mi'],
    [
      'its limit, after restarts',
      again({ exitCode: 137, reason: 'OOMKilled' }, { restartCount: 3 }),
      limited,
      'its limit of 64Mi, after 3 restarts',
    ],
    [
      'its node has',
      again({ exitCode: 137, reason: 'OOMKilled' }, { restartCount: 1 }),
      {},
      'its node has, after 1 restart',
    ],
  ])('for taking more memory than %s', (_, pods, spec, words) => {
    expect(told([web(pods, spec)])).toEqual([
      `container-out-of-memory: ${place} was killed for taking more memory than ${words}`,
      memory,
    ]);
  });

  test('of a pod without a controller, which nobody can give another limit', () => {
    const status = again({ exitCode: 137, reason: 'OOMKilled' });
    expect(told([barePod('web', {}, status)])).toEqual([
      'container-out-of-memory: pod/web is not ready: container web was killed for taking more memory than its node has',
      'kubectl -n shop describe pod web',
    ]);
  });

  test.each<[string, object, string]>([
    ['by an error of its own', { exitCode: 1 }, 'with exit code 1'],
    ['by a code that is never told', {}, 'with exit code 0'],
    ['by a command that cannot be executed', { exitCode: 126 }, 'with exit code 126 (the command cannot be executed)'],
    ['by a command that is not there', { exitCode: 127 }, 'with exit code 127 (the command was not found)'],
    ['before it begins', { exitCode: 128 }, 'with exit code 128 (the container could not be started)'],
    ['by aborting', { exitCode: 134 }, 'with exit code 134 (it aborted itself)'],
    ['by being killed', { exitCode: 137 }, 'with exit code 137 (it was killed)'],
    ['by a segmentation fault', { exitCode: 139 }, 'with exit code 139 (it read memory that is not its own)'],
    ['by being asked to', { exitCode: 143 }, 'with exit code 143 (it was asked to end)'],
    ['by a signal', { exitCode: 0, signal: 9 }, 'by signal 9'],
  ])('%s', (_, terminated, how) => {
    expect(told([web(again(terminated))])).toEqual([
      `container-crashing: ${place} ends ${how}`,
      'kubectl -n shop logs web-5c6d-0 -c web --previous',
    ]);
  });

  test('tells what it said last, by its log before by its end', () => {
    const status = again({ exitCode: 1, message: 'cannot reach the database' }, { restartCount: 2 });
    expect(told([web(status)])[0]).toBe(
      `container-crashing: ${place} ends with exit code 1, after 2 restarts; it says: cannot reach the database`,
    );
    const lastWords = new Map([['shop/web-5c6d-0/web', 'password rejected']]);
    expect(told([web(status)], { lastWords })[0]).toContain('; it says: password rejected');
  });

  test('is told as it ended now, before how it ended last', () => {
    const status = pending([], [{ ...ended('web', 2, 'Error'), lastState: { terminated: { exitCode: 1 } } }]);
    expect(told([web(status)])[0]).toBe(`container-crashing: ${place} ends with exit code 2`);
  });
});

describe('an image that cannot be had', () => {
  const pulling = (reason: string, message?: string): Pod['status'] => pending([], [waiting('web', reason, message)]);
  const image = 'ghcr.io/shop/web:1';
  const spec = { containers: [container('web', { image })] };
  const head = 'deployment/web is not ready:';
  const where = '(pod web-5c6d-0, container web)';
  const credentials = 'kubectl -n shop get serviceaccounts,secrets';
  const look = 'kubectl -n shop describe pod web-5c6d-0';
  const setImage = 'kubectl -n shop set image deployment web web=IMAGE';

  test.each<[string, Pod['status'], string, string]>([
    [
      'is not there',
      pulling('ErrImagePull', `rpc error: ${image}: not found`),
      `image-not-found: ${head} there is no image ${image} ${where}`,
      setImage,
    ],
    [
      'must not be pulled',
      pulling('ErrImageNeverPull', 'image is not present'),
      `image-not-found: ${head} there is no image ${image} ${where}`,
      setImage,
    ],
    [
      'has no name',
      pulling('InvalidImageName', 'whatever: unauthorized'),
      `image-not-found: ${head} there is no image ${image} ${where}`,
      setImage,
    ],
    [
      'is refused',
      pulling('ImagePullBackOff', 'failed to pull: HEAD: 401 Unauthorized'),
      `image-pull-unauthorized: ${head} the registry refuses to hand out image ${image} ${where}: HEAD: 401 Unauthorized`,
      credentials,
    ],
    [
      'was pulled too often',
      pulling('ErrImagePull', 'failed: toomanyrequests: slow down'),
      `registry-unreachable: ${head} the registry hands out image ${image} to no more pulls for now ${where}: toomanyrequests: slow down`,
      credentials,
    ],
    [
      'lies in a registry that is away',
      pulling('ErrImagePull', 'failed: dial tcp 10.0.0.1:443: connect: connection refused'),
      `registry-unreachable: ${head} the registry of image ${image} cannot be reached ${where}: dial tcp 10.0.0.1:443: connect: connection refused`,
      look,
    ],
    [
      'lies in a registry that kubelet calls away',
      pulling('RegistryUnavailable'),
      `registry-unreachable: ${head} the registry of image ${image} cannot be reached ${where}`,
      look,
    ],
    [
      'lies in a registry that fails',
      pulling('ErrImagePull', 'failed: status code: 503 Service Unavailable'),
      `registry-unreachable: ${head} the registry of image ${image} answers with an error of its own ${where}: status code: 503 Service Unavailable`,
      look,
    ],
    [
      'is not pulled, with more clauses than tell why',
      pulling('ErrImagePull', 'a: b: c: d: no space left on device'),
      `image-pull-failed: ${head} image ${image} cannot be pulled ${where}: d: no space left on device`,
      look,
    ],
    [
      'is not pulled for another reason',
      pulling('ErrImagePull', 'failed: write: no space left on device'),
      `image-pull-failed: ${head} image ${image} cannot be pulled ${where}: write: no space left on device`,
      look,
    ],
    [
      'is not pulled, and nobody says why',
      pulling('ImagePullBackOff'),
      `image-pull-failed: ${head} image ${image} cannot be pulled ${where}`,
      look,
    ],
  ])('as it %s', (_, status, message, fix) => {
    expect(told([web(status, spec)])).toEqual([message, fix]);
  });
});
