import type { Pod } from '../cluster/kubernetes-pod.ts';
import { refText, type ObjectRef } from '../cluster/kubernetes.ts';
import { refOf } from '../cluster/object-owners.ts';
import type { Finding } from '../findings/findings.ts';
import { newFinding } from '../findings/new-finding.ts';
import { listText } from '../list-text.ts';
import { keptSecrets } from '../secrets/kept-secrets.ts';
import { podNeed } from '../secrets/pod-need.ts';
import { secretReferences, type SecretReference } from '../secrets/references.ts';
import { secretsView, type SecretsView } from '../secrets/secrets-view.ts';
import { oldValues, outdatedSecrets, valuesInUse, valueText } from '../secrets/value-age.ts';
import { isLater } from '../secrets/write-time.ts';
import { placeOfLoss, lossText } from '../workloads/data-in-pod.ts';
import { containerStatuses } from '../workloads/pod-state.ts';
import type { Workload } from '../workloads/workloads.ts';
import type { Scene } from './diagnosis-scene.ts';

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
    const isOnRecord = view.hasChanges(ref.namespace);
    const newestAt = view.newestAt(ref.namespace);
    const old = pods
      .filter(({ metadata }) => isOnRecord || isLater(newestAt, metadata.creationTimestamp))
      .map((pod) => oldValues(pod, view));
    return [...failing(scene, workload, lacks), ...stale(scene, workload, { old, view })];
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

interface Old {
  readonly old: readonly ReturnType<typeof oldValues>[];
  readonly view: SecretsView;
}

function stale(scene: Scene, workload: Workload, { old, view }: Old): Finding[] {
  const { ref, pods } = workload;
  const outdated = distinct(old.flatMap((each) => each.outdated));
  const doubtful = distinct(old.flatMap((each) => each.doubtful));
  if (outdated.length + doubtful.length === 0) return [];
  const isProven = outdated.length > 0;
  const told = `${refText(ref)} ${listText(joinKeys([...outdated, ...doubtful]))}`;
  const isKept = isProven && pods.some((pod) => keptSecrets(pod, podNeed(pod, view), view).length > 0);
  const takes = `it takes the newer one${outdated.length === 1 ? '' : 's'} with its next start`;
  const place = placeOfLoss(workload, pods, scene.stack);
  const loses = place === undefined ? '' : `; ${lossText(place)} by a restart`;
  return [
    newFinding('environment-stale', {
      object: ref,
      ...(isProven ? {} : { severity: 'info' }),
      message: isProven
        ? `${told}; ${isKept ? 'kubelet gives new pods the older one too, as long as any pod of its node refers to it' : takes}${loses}`
        : `${told}; whether it does cannot be told${loses}`,
      fix: place === undefined ? restart(scene, ref, isProven) : restartPlan(scene, workload, view),
    }),
  ];
}

/** What is said of several keys of one Secret alike is said once. */
function joinKeys(texts: readonly string[]): string[] {
  const groups = new Map<string, { readonly before: string; readonly keys: string[]; readonly after: string }>();
  for (const text of texts) {
    const [, before = text, key, after = ''] = /^(.+ of )key (\S+)( of Secret .+)$/.exec(text) ?? [];
    const id = [before, after].join('\u0000');
    const known = groups.get(id);
    if (known !== undefined && key !== undefined) known.keys.push(key);
    else groups.set(id, { before, keys: key === undefined ? [] : [key], after });
  }
  return [...groups.values()].map(({ before, keys, after }) => {
    if (keys.length < 2) return `${before}${keys.length === 0 ? '' : `key ${keys.join('')}`}${after}`;
    return `${before.replace('an older value of', 'older values of')}keys ${listText(keys)}${after}`;
  });
}

/** Nobody starts a pod without a controller again, and c2l restarts nothing that may be right as it is. */
function restart(scene: Scene, { kind, namespace, name }: ObjectRef, isProven: boolean): string {
  if (kind === 'Pod') return `kubectl -n ${namespace} get pod ${name} -o yaml | kubectl replace --force -f -`;
  const canRollOut = ['Deployment', 'StatefulSet', 'DaemonSet'].includes(kind);
  return isProven || !canRollOut
    ? scene.command('restart', namespace)
    : `kubectl -n ${namespace} rollout restart ${kind.toLowerCase()} ${name}`;
}

/** It tells the ways to go on, and begins nothing that would lose data. */
function restartPlan(scene: Scene, { ref, pods }: Workload, view: SecretsView): string {
  const subjects = pods.flatMap((pod) => {
    const references = secretReferences(refOf('Pod', pod.metadata), pod.spec);
    const [outdated] = outdatedSecrets(pod, view);
    return outdated === undefined
      ? (valuesInUse(pod, references, view).doubted?.subject ?? [])
      : [`secret/${outdated}`];
  });
  const affected = subjects.length === 0 ? '' : ` --affected-by ${subjects[0]}`;
  return `${scene.command('restart', ref.namespace)}${affected} --dry-run`;
}

function distinct(texts: readonly string[]): string[] {
  return [...new Set(texts)];
}
