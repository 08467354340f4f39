import { longestBackOffMs, retryMs } from './kubelet-obstacles.ts';
import type { Obstacle } from './kubelet-obstacles.ts';
import type { NodePod } from './kubelet-pod.ts';
import type { ContainerRecord } from './kubelet-status.ts';
import type { ConfigStore } from './kubelet-secrets.ts';

/** What is on the node; no registry can be reached from it, so nothing else can be pulled. */
const present = new Set([
  'postgres:16-alpine',
  'node:22-alpine',
  'busybox:1.36',
  'alpine:3.20',
  'grafana/grafana:11.3.0',
  'redis:7-alpine',
  'quay.io/argoproj/argocd:v3.2.11',
]);

const registryAddress = '127.0.0.1:9';
const registry = `http://${registryAddress}/v2/`;

const firstBackOffMs = 20_000;

/** Good enough to tell a name from none. */
const imageReference = /^[a-z0-9][a-z0-9.-]*(?::\d+)?(?:\/[a-z0-9._-]+)*(?::[\w.-]+)?(?:@sha256:[0-9a-f]{64})?$/;

function isPresent(image: string): boolean {
  return present.has(image.replace(/^docker\.io\//, '').replace(/^library\//, ''));
}

/** The pulls of one pod: each fails, and is tried again ever later. */
export class ImagePulls {
  readonly #backOffs = new Map<ContainerRecord, { readonly until: number; readonly ms: number }>();

  obstacle(record: ContainerRecord, now: Date): Obstacle | undefined {
    const { image = '' } = record.spec;
    if (isPresent(image)) {
      return undefined;
    }
    const failure = `failed to pull and unpack image "${image}": failed to resolve image: failed to do request: Head "${registry}": dial tcp ${registryAddress}: connect: connection refused`;
    if (!imageReference.test(image)) {
      const message = `Failed to apply default image tag "${image}": couldn't parse image name "${image}": invalid reference format`;
      return {
        state: { kind: 'waiting', reason: 'InvalidImageName', message },
        events: [
          ['Warning', 'InspectFailed', message],
          ['Warning', 'Failed', 'Error: InvalidImageName'],
        ],
        waitMs: retryMs(),
      };
    }
    const before = this.#backOffs.get(record);
    if (before && before.until > now.getTime()) {
      const text = `Back-off pulling image "${image}"`;
      return {
        state: { kind: 'waiting', reason: 'ImagePullBackOff', message: `${text}: ErrImagePull: ${failure}` },
        events: [
          ['Normal', 'BackOff', text],
          ['Warning', 'Failed', 'Error: ImagePullBackOff'],
        ],
        waitMs: retryMs(),
      };
    }
    const ms = before ? Math.min(before.ms * 2, longestBackOffMs) : firstBackOffMs;
    this.#backOffs.set(record, { until: now.getTime() + ms, ms });
    return {
      state: { kind: 'waiting', reason: 'ErrImagePull', message: failure },
      events: [
        ['Normal', 'Pulling', `Pulling image "${image}"`],
        ['Warning', 'Failed', `Failed to pull image "${image}": ${failure}`],
        ['Warning', 'Failed', 'Error: ErrImagePull'],
      ],
      waitMs: retryMs(),
    };
  }
}

/** The pull secrets that a pod names and that are not there. */
export function missingPullSecrets(store: ConfigStore, pod: NodePod): string[] {
  return (pod.spec.imagePullSecrets ?? [])
    .flatMap(({ name }) => name ?? [])
    .filter((name) => !store.get('secrets', pod.metadata.namespace, name));
}
