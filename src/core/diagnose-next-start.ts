import type { Scene } from './diagnosis-scene.ts';
import type { Finding } from './findings.ts';
import { refText, type ObjectRef, type Pod } from './kubernetes.ts';
import { listText } from './list-text.ts';
import { newFinding } from './new-finding.ts';
import { refOf } from './object-owners.ts';
import { containerStatuses } from './pod-state.ts';
import { secretReferences, type SecretReference } from './references.ts';
import { secretsView } from './secrets-view.ts';
import { outdatedValues, valueText } from './value-age.ts';
import type { Workload } from './workloads.ts';

/** What runs now and will not, or not as it does now, after its next start: the outage that has not happened yet. */
export function diagnoseNextStart(scene: Scene, roots: readonly Finding[]): Finding[] {
  const view = secretsView(scene.snapshot);
  const lackOf = lackFinder(roots);
  // Of most namespaces there is nothing to find, and their pods are not gone through.
  const lacking = new Set(roots.map(({ object }) => object.namespace));
  return scene.workloads.flatMap((workload) => {
    const { pods, ref } = workload;
    const lacks = lacking.has(ref.namespace)
      ? pods.flatMap((pod) => begunReferences(pod).flatMap((each) => lackOf(pod, each) ?? []))
      : [];
    const stale = view.hasChanges(ref.namespace) ? pods.flatMap((pod) => outdatedValues(pod, view)) : [];
    return [...failing(scene, workload, lacks), ...outdated(scene, workload, stale)];
  });
}

/** A reference of a pod that runs, and the root that says what it lacks. */
interface Lack {
  readonly pod: Pod;
  readonly reference: SecretReference;
  readonly root: Finding;
}

type LackFinder = (pod: Pod, reference: SecretReference) => Lack | undefined;

function lackFinder(roots: readonly Finding[]): LackFinder {
  const byId = new Map<string, Finding>();
  for (const root of roots) {
    const { code, object, secret = '', key = '' } = root;
    if (code === 'secret-missing' || code === 'secret-key-missing') {
      byId.set([object.namespace, secret, key].join('/'), root);
    }
  }
  return (pod, reference) => {
    const { namespace, secret, key } = reference;
    const missing = key === undefined ? undefined : byId.get([namespace, secret, key].join('/'));
    const root = missing ?? byId.get([namespace, secret, ''].join('/'));
    return root && { pod, reference, root };
  };
}

/** kubelet looks these up when a container starts, and when a pod does; what it pulls images with it may not need. */
const lookedUp: ReadonlySet<string> = new Set(['env', 'envFrom', 'volume', 'projected-volume']);

/** The references that a pod's containers got past: those of containers that began, and its volumes once any did. */
function begunReferences(pod: Pod): readonly SecretReference[] {
  const begun = new Set(
    containerStatuses(pod).flatMap(({ name, state }) =>
      state?.running !== undefined || state?.terminated?.exitCode === 0 ? [name] : [],
    ),
  );
  if (begun.size === 0) return [];
  return secretReferences(refOf('Pod', pod.metadata), pod.spec).filter(
    ({ container, optional, via }) =>
      !optional && lookedUp.has(via) && (container === undefined || begun.has(container)),
  );
}

function failing(scene: Scene, { ref, pods }: Workload, lacks: readonly Lack[]): Finding[] {
  if (lacks.length === 0) return [];
  const names = new Set(lacks.map(({ pod }) => pod.metadata.name));
  const missing = distinct(lacks.map(({ reference, root }) => missingText(reference, root)));
  const runs = names.size === pods.length ? 'runs now' : `still runs in ${names.size} of ${pods.length} pods`;
  return [
    newFinding('next-start-fails', {
      object: ref,
      message: `${refText(ref)} ${runs}, but its next start fails: ${listText(missing)} went missing after it started`,
      causes: distinct(lacks.map(({ root }) => root.id)),
      fix: scene.command('fix-secrets', ref.namespace),
    }),
  ];
}

function missingText({ secret, key }: SecretReference, root: Finding): string {
  return root.code === 'secret-missing' || key === undefined ? `Secret ${secret}` : valueText({ secret, key });
}

function outdated(scene: Scene, { ref }: Workload, texts: readonly string[]): Finding[] {
  if (texts.length === 0) return [];
  return [
    newFinding('environment-stale', {
      object: ref,
      message: `${refText(ref)} ${listText(distinct(texts))}; it takes the newer one with its next start`,
      fix: restart(scene, ref),
    }),
  ];
}

/** Nobody starts a pod without a controller again. */
function restart(scene: Scene, { kind, namespace, name }: ObjectRef): string {
  if (kind === 'Pod') return `kubectl -n ${namespace} get pod ${name} -o yaml | kubectl replace --force -f -`;
  return scene.command('restart', namespace);
}

function distinct(texts: readonly string[]): string[] {
  return [...new Set(texts)];
}
