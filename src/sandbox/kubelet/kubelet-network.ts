import type { EndpointSubset } from '../controllers/endpoint-subset.ts';
import type { ServiceSpec } from '../controllers/endpoints-controller.ts';
import type { Network, Program } from '../programs/program.ts';
import type { ObjectStore } from '../store/object-store.ts';
import type { PodWorker } from './kubelet-worker.ts';

interface Target {
  readonly workers: readonly PodWorker[];
  readonly port: number;
}

/** The pods' network with its DNS: a name leads to a Service, and that to the pods behind it that are ready. */
export class PodNetwork implements Network {
  readonly #store: ObjectStore;
  readonly #workers: ReadonlyMap<string, PodWorker>;

  constructor(store: ObjectStore, workers: ReadonlyMap<string, PodWorker>) {
    this.#store = store;
    this.#workers = workers;
  }

  connect(namespace: string, host: string, port: number): Program | 'unknown-host' | 'refused' {
    const byAddress = [...this.#workers.values()].find(({ podIP }) => podIP === host);
    const target = byAddress ? { workers: [byAddress], port } : this.#behindService(namespace, host, port);
    if (target === 'unknown-host') {
      return target;
    }
    const programs = target.workers.flatMap((worker) => worker.programOn(target.port) ?? []);
    return programs[0] ?? 'refused';
  }

  #behindService(namespace: string, host: string, port: number): Target | 'unknown-host' {
    const [name = '', given = namespace] = host.split('.');
    const service = this.#store.get('services', given, name);
    if (!service) {
      return 'unknown-host';
    }
    const { clusterIP, ports = [] } = (service['spec'] ?? {}) as ServiceSpec;
    const subsets = this.#subsets(given, name);
    const workers = subsets
      .flatMap(({ addresses = [] }) => addresses)
      .flatMap(({ targetRef }) => this.#workers.get(targetRef.uid) ?? []);
    // A headless Service has no address but those of its ready pods.
    if (clusterIP === 'None') {
      return workers.length > 0 ? { workers, port } : 'unknown-host';
    }
    const index = ports.findIndex((each) => each.port === port);
    return { workers, port: subsets[0]?.ports?.[index]?.port ?? port };
  }

  #subsets(namespace: string, service: string): readonly EndpointSubset[] {
    const endpoints = this.#store.get('endpoints', namespace, service);
    return (endpoints?.['subsets'] ?? []) as readonly EndpointSubset[];
  }
}
