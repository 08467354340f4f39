import type { ObjectStore } from '../store/object-store.ts';
import type { StoredObject } from '../store/stored-object.ts';
import type { NodePod } from './kubelet-pod.ts';

/** What a node reads Secrets and ConfigMaps from. */
export type ConfigStore = Pick<ObjectStore, 'get'>;

/**
 * Secrets as a kubelet sees them: an immutable one is asked for only once, and kept until no pod of the node refers to
 * it, whatever took its place meanwhile.
 */
export class NodeSecrets implements ConfigStore {
  readonly #store: ObjectStore;
  readonly #pods: () => Iterable<NodePod>;
  readonly #held = new Map<string, StoredObject>();

  constructor(store: ObjectStore, pods: () => Iterable<NodePod>) {
    this.#store = store;
    this.#pods = pods;
  }

  get(...[resource, namespace, name]: Parameters<ObjectStore['get']>): StoredObject | undefined {
    if (resource !== 'secrets') return this.#store.get(resource, namespace, name);
    const id = `${namespace ?? ''}/${name}`;
    const found = this.#held.get(id) ?? this.#store.get(resource, namespace, name);
    if (found?.['immutable'] === true) this.#held.set(id, found);
    return found;
  }

  /** Lets go of what no pod refers to any more. */
  forget(): void {
    if (this.#held.size === 0) return;
    const named = new Set([...this.#pods()].flatMap(secretIds));
    for (const id of [...this.#held.keys()].filter((held) => !named.has(held))) this.#held.delete(id);
  }
}

function secretIds({ metadata: { namespace }, spec }: NodePod): string[] {
  const { initContainers = [], containers, volumes = [], imagePullSecrets = [] } = spec;
  const names = [
    ...[...initContainers, ...containers].flatMap(({ env = [], envFrom = [] }) => [
      ...env.map(({ valueFrom }) => valueFrom?.secretKeyRef?.name),
      ...envFrom.map(({ secretRef }) => secretRef?.name),
    ]),
    ...volumes.flatMap(({ secret, projected, csi }) => [
      secret?.secretName,
      ...(projected?.sources ?? []).map((source) => source.secret?.name),
      csi?.nodePublishSecretRef?.name,
    ]),
    ...imagePullSecrets.map(({ name }) => name),
  ];
  return names.flatMap((name) => (name === undefined ? [] : [`${namespace}/${name}`]));
}
