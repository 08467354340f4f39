import { dependenciesOf } from './dependencies.ts';
import { missingComponents } from './diagnose-components.ts';
import type { Scene } from './diagnosis-scene.ts';
import type { Finding, FindingCode } from './findings.ts';
import { isAboutSecret } from './kubelet-message.ts';
import { refId, refText, type ObjectRef } from './kubernetes.ts';
import { newFinding } from './new-finding.ts';
import type { PodState } from './pod-state.ts';
import type { Readiness } from './readiness.ts';
import { isCurrent } from './secret-needs.ts';
import type { Workload } from './workloads.ts';

/**
 * Workloads that are not ready and that nothing else explains: neither a Secret that they lack themselves nor a
 * dependency that is not ready. Those that are explained stand in the `blocks` of what explains them.
 */
export function diagnoseWorkloads(scene: Scene, roots: readonly Finding[]): Finding[] {
  const isExplained = explainer(scene, roots);
  const told = new Set(roots.filter(({ code }) => code === 'argocd-unhealthy').map(({ object }) => refId(object)));
  return scene.workloads.flatMap((workload) => {
    const seen = scene.readiness.get(refId(workload.ref));
    if (seen === undefined || seen.isReady || told.has(refId(workload.ref)) || isExplained(workload.ref, seen))
      return [];
    return notReady(scene, workload, seen);
  });
}

/** What a pod's state can be put down to. */
type Trouble = 'secret' | 'image' | 'own' | 'anything';

const imageReasons: ReadonlySet<string> = new Set(['ErrImagePull', 'ImagePullBackOff']);

function troubleOf(state: PodState | undefined): Trouble {
  if (state?.state !== 'blocked') return 'anything';
  if (imageReasons.has(state.reason ?? '')) return 'image';
  return isAboutSecret(state.message) ? 'secret' : 'own';
}

const pullCodes: ReadonlySet<FindingCode> = new Set([
  'image-pull-secret-missing',
  'image-pull-secret-invalid',
  'image-registry-not-covered',
]);

function explainer(scene: Scene, roots: readonly Finding[]): (ref: ObjectRef, seen: Readiness) => boolean {
  const lacksSecret = directUsers(roots, (code) => !pullCodes.has(code));
  const lacksPullSecret = directUsers(roots, (code) => pullCodes.has(code));
  const absent = new Set(missingComponents(scene).map(refId));
  const isDown = (ref: ObjectRef): boolean =>
    absent.has(refId(ref)) || scene.readiness.get(refId(ref))?.isReady === false;

  return (ref, { worst }) => {
    switch (troubleOf(worst?.state)) {
      case 'own':
        return false;
      case 'image':
        return lacksPullSecret.has(refId(ref));
      case 'secret':
        return lacksSecret.has(refId(ref));
      case 'anything':
        return lacksSecret.has(refId(ref)) || dependenciesOf(scene.graph, ref).some(isDown);
    }
  };
}

function directUsers(roots: readonly Finding[], has: (code: FindingCode) => boolean): ReadonlySet<string> {
  const errors = roots.filter(({ severity, code }) => severity === 'error' && has(code));
  return new Set(errors.flatMap(({ references = [] }) => references.map(refId)));
}

function notReady(scene: Scene, workload: Workload, seen: Readiness): Finding {
  const { ref } = workload;
  const { worst } = seen;
  const isOutdated = worst !== undefined && isHeldByOldPod(workload, worst.pod);
  return newFinding('workload-not-ready', {
    object: ref,
    message: `${refText(ref)} is not ready: ${reasonText(scene, workload, seen)}${isOutdated ? oldPodText : ''}`,
    blocks: scene.blocks([ref]).filter((blocked) => refId(blocked) !== refId(ref)),
    fix: fixFor(ref, worst?.pod, isOutdated),
  });
}

const oldPodText = '; it still runs the older template and must go before the newer one is tried';

function fixFor({ kind, namespace, name }: ObjectRef, pod: string | undefined, isOutdated: boolean): string {
  if (pod === undefined) return `kubectl -n ${namespace} describe ${kind.toLowerCase()} ${name}`;
  return `kubectl -n ${namespace} ${isOutdated ? 'delete' : 'describe'} pod ${pod}`;
}

/** A StatefulSet waits for its broken pod before it brings a corrected template. */
function isHeldByOldPod(workload: Workload, podName: string): boolean {
  if (workload.type !== 'StatefulSet') return false;
  const pod = workload.pods.find(({ metadata }) => metadata.name === podName);
  return pod !== undefined && !isCurrent(workload, pod);
}

function reasonText(scene: Scene, workload: Workload, { worst, detail }: Readiness): string {
  if (worst === undefined) return `${detail}${creationFailure(workload)}`;
  const { text, container, reason, message } = worst.state;
  const pod = workload.ref.kind === 'Pod' ? [] : [`pod ${worst.pod}`];
  const where = [...pod, ...(container === undefined ? [] : [`container ${container}`])].join(', ') || 'it';
  const why = reason !== undefined && !text.endsWith(reason) ? ` (${reason})` : '';
  const told = message === undefined || message === '' ? '' : `: ${message}`;
  return `${where} is ${text}${why}${told}${idleDependencies(scene, workload.ref, worst.state)}`;
}

/** Why a controller cannot even create pods: a quota, a refused admission. */
function creationFailure(workload: Workload): string {
  if (workload.type !== 'Deployment') return '';
  const condition = workload.object.status?.conditions?.find(
    ({ type, status }) => type === 'ReplicaFailure' && status === 'True',
  );
  return condition?.message === undefined ? '' : `: ${condition.message}`;
}

/** Who waits for something that is meant to be off waits in vain. */
function idleDependencies(scene: Scene, ref: ObjectRef, { state }: PodState): string {
  if (state !== 'waiting-on-dependency') return '';
  const needs = dependenciesOf(scene.graph, ref);
  const idle = needs.filter((need) => scene.byId.get(refId(need))?.replicas === 0);
  return idle.map((need) => `; it waits for ${refText(need)}, which is scaled to 0`).join('');
}
