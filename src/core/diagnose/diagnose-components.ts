import { refId, refText, type ObjectRef } from '../cluster/kubernetes.ts';
import { gapFor } from '../cluster/unreadable.ts';
import type { Finding } from '../findings/findings.ts';
import { newFinding } from '../findings/new-finding.ts';
import { componentRef } from '../workloads/dependencies.ts';
import type { Scene } from './diagnosis-scene.ts';

/** Namespaces and workloads that the stack has and the cluster has not. */
export function diagnoseComponents(scene: Scene): Finding[] {
  const missing = missingComponents(scene);
  const namespaces = new Set(scene.snapshot.missingNamespaces);
  return [
    ...[...namespaces].map((name) => missingNamespace(scene, name, missing)),
    ...missing.filter(({ namespace }) => !namespaces.has(namespace)).map((ref) => missingWorkload(scene, ref)),
  ];
}

/** Declared workloads that are certainly not there. */
export function missingComponents({ snapshot, stack, byId }: Scene): ObjectRef[] {
  if (stack === undefined) return [];
  return stack.components
    .map((component) => componentRef(stack, component))
    .filter((ref) => {
      if (snapshot.missingNamespaces.includes(ref.namespace)) return true;
      return !byId.has(refId(ref)) && gapFor(snapshot, ref) === undefined;
    });
}

function missingNamespace(scene: Scene, name: string, missing: readonly ObjectRef[]): Finding {
  return newFinding('namespace-missing', {
    object: { kind: 'Namespace', namespace: '', name },
    message: `namespace ${name} does not exist, and with it every Secret and workload in it`,
    blocks: scene.blocks(missing.filter(({ namespace }) => namespace === name)),
    fix: `kubectl create namespace ${name}`,
  });
}

function missingWorkload({ snapshot, stack, blocks }: Scene, ref: ObjectRef): Finding {
  const { installed, namespace } = snapshot.argocd;
  return newFinding('workload-missing', {
    object: ref,
    message: `${refText(ref)} is part of stack ${stack?.name ?? ''} but not in namespace ${ref.namespace}`,
    blocks: blocks([ref]).filter((blocked) => refId(blocked) !== refId(ref)),
    fix: installed ? `kubectl -n ${namespace} get applications` : `kubectl -n ${ref.namespace} apply -f MANIFEST`,
  });
}
