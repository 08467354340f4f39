import type { NodePod } from './kubelet-pod.ts';
import type { ObjectStore } from './object-store.ts';

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

export function isImagePresent(image: string): boolean {
  return present.has(image.replace(/^docker\.io\//, '').replace(/^library\//, ''));
}

export function pullFailure(image: string): string {
  return `failed to pull and unpack image "${image}": failed to resolve image: dial tcp: lookup registry: no such host`;
}

/** The pull secrets that a pod names and that are not there. */
export function missingPullSecrets(store: ObjectStore, pod: NodePod): string[] {
  return (pod.spec.imagePullSecrets ?? [])
    .flatMap(({ name }) => name ?? [])
    .filter((name) => !store.get('secrets', pod.metadata.namespace, name));
}
