import type { ContainerStatus, Pod, PodSpec } from '../../src/core/cluster/kubernetes-pod.ts';

export function readyStatus(spec: PodSpec): NonNullable<Pod['status']> {
  return {
    phase: 'Running',
    conditions: [
      { type: 'Initialized', status: 'True' },
      { type: 'Ready', status: 'True' },
    ],
    initContainerStatuses: (spec.initContainers ?? []).map(({ name }) => ended(name, 0, 'Completed')),
    containerStatuses: spec.containers.map(({ name }) => running(name, true)),
  };
}

export function running(name: string, ready = false): ContainerStatus {
  return { name, ready, started: true, state: { running: {} } };
}

export function waiting(name: string, reason: string, message?: string): ContainerStatus {
  return { name, ready: false, state: { waiting: { reason, ...(message === undefined ? {} : { message }) } } };
}

export function ended(name: string, exitCode: number, reason?: string): ContainerStatus {
  return {
    name,
    ready: exitCode === 0,
    state: { terminated: { exitCode, ...(reason === undefined ? {} : { reason }) } },
  };
}

/** A pod that is not there yet: init containers first, then main ones. */
export function pending(
  init: readonly ContainerStatus[],
  main: readonly ContainerStatus[],
): NonNullable<Pod['status']> {
  return {
    phase: 'Pending',
    conditions: [{ type: 'Initialized', status: init.every(({ ready }) => ready) ? 'True' : 'False' }],
    initContainerStatuses: init,
    containerStatuses: main,
  };
}
