import type { Container, Pod } from '../../cluster/kubernetes-pod.ts';
import type { ObjectRef } from '../../cluster/kubernetes.ts';
import type { FindingCode } from '../../findings/findings.ts';
import type { PodState } from '../../workloads/pod-state.ts';
import type { Readiness } from '../../workloads/readiness.ts';
import type { Workload } from '../../workloads/workloads.ts';
import type { Scene } from '../diagnosis-scene.ts';

/** A workload that is not ready, and the pod that shows best why. */
export interface TroubledWorkload {
  readonly scene: Scene;
  readonly workload: Workload;
  readonly seen: Readiness;
}

/** What holds a workload up, where that can be told, and what to do about it. */
export interface Trouble {
  readonly code: FindingCode;
  /** What is wrong, if it is not the workload itself: then that is the root, and blocks the workload. */
  readonly object?: ObjectRef;
  /** The whole sentence. */
  readonly message: string;
  readonly fix: string;
  /** It is so at every start, and tells nothing before that should be over. */
  readonly isUsualAtStart?: boolean;
}

/** Tells one kind of trouble, and nothing of any other. */
export type Teller = (troubled: TroubledWorkload) => Trouble | undefined;

/** The pod behind a workload's state. */
export function troubledPod({ workload, seen }: TroubledWorkload): { pod: Pod; state: PodState } | undefined {
  const { worst } = seen;
  const pod = workload.pods.find(({ metadata }) => metadata.name === worst?.pod);
  return worst === undefined || pod === undefined ? undefined : { pod, state: worst.state };
}

export function containerNamed({ spec }: Pod, name: string | undefined): Container | undefined {
  return [...(spec.initContainers ?? []), ...spec.containers].find((container) => container.name === name);
}

/** `pod api-0, container main`: of a pod that is its own workload, which the sentence has named, only the container. */
export function placeText({ ref }: Workload, pod: Pod, container: string | undefined): string {
  const parts = [
    ...(ref.kind === 'Pod' ? [] : [`pod ${pod.metadata.name}`]),
    ...(container === undefined ? [] : [`container ${container}`]),
  ];
  return parts.length === 0 ? 'it' : parts.join(', ');
}

export function describePod({ metadata }: Pod): string {
  return `kubectl -n ${metadata.namespace ?? ''} describe pod ${metadata.name}`;
}
