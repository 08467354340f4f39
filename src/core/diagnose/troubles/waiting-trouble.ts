import { findObject } from '../../cluster/find-object.ts';
import type { Container } from '../../cluster/kubernetes-pod.ts';
import { refId, refText, type ObjectRef } from '../../cluster/kubernetes.ts';
import type { ServiceHost } from '../../cluster/service-targets.ts';
import { dependenciesOf } from '../../workloads/dependencies.ts';
import { waitedForHosts } from '../../workloads/init-waits.ts';
import type { Scene } from '../diagnosis-scene.ts';
import { containerNamed, placeText, troubledPod, type Trouble, type TroubledWorkload } from './trouble.ts';

/** An init container that runs on: it waits for a Service which nothing answers for, or nobody knows what for. */
export function waitingTrouble(troubled: TroubledWorkload): Trouble | undefined {
  const found = troubledPod(troubled);
  if (found?.state.state !== 'waiting-on-dependency') return undefined;
  const { scene, workload } = troubled;
  const { pod, state } = found;
  const place = placeText(workload, pod, state.container);
  const host = awaitedHost(containerNamed(pod, state.container), workload.ref.namespace);
  if (host === undefined) {
    return {
      code: 'workload-not-ready',
      message: `${refText(workload.ref)} is not ready: ${place} still runs, and the others begin only when it ends`,
      fix: `kubectl -n ${workload.ref.namespace} logs ${pod.metadata.name} -c ${state.container ?? ''}`,
    };
  }
  const why = whyNot(scene, workload.ref, host);
  return {
    code: 'dependency-unavailable',
    message: `${refText(workload.ref)} is not ready: ${place} waits for service/${host.name}${why.text}`,
    fix: `kubectl -n ${host.namespace} get service,endpointslices`,
    isUsualAtStart: why.isUsualAtStart,
  };
}

function awaitedHost(container: Container | undefined, namespace: string): ServiceHost | undefined {
  return container && waitedForHosts({ containers: [], initContainers: [container] }, namespace)[0];
}

interface Why {
  readonly text: string;
  readonly isUsualAtStart: boolean;
}

/** As far as was looked: a Service of another namespace may be there. */
function whyNot({ snapshot, graph, byId }: Scene, ref: ObjectRef, host: ServiceHost): Why {
  const { namespace } = host;
  const place = namespace === ref.namespace ? '' : ` of namespace ${namespace}`;
  if (findObject(snapshot.services.items, host) === undefined) {
    const isKnown = snapshot.namespaces.includes(namespace) && snapshot.services.gaps.length === 0;
    return lasting(isKnown ? `${place}, which does not exist` : `${place}, which was not looked at`);
  }
  const targets = dependenciesOf(graph, ref);
  if (targets.length === 0) return lasting(`${place}, which selects no workload`);
  const idle = targets.find((target) => byId.get(refId(target))?.replicas === 0);
  return idle === undefined
    ? { text: `${place}, which does not answer although its pods are ready`, isUsualAtStart: true }
    : lasting(`${place}, and ${refText(idle)} behind it is scaled to 0`);
}

function lasting(text: string): Why {
  return { text, isUsualAtStart: false };
}
