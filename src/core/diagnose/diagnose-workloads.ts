import { refId, refText, type ObjectRef } from '../cluster/kubernetes.ts';
import type { Finding, FindingCode, FindingReference, Severity } from '../findings/findings.ts';
import { newFinding } from '../findings/new-finding.ts';
import { utcText } from '../utc-text.ts';
import { replicasBefore } from '../workloads/cut-off-restart.ts';
import { dependenciesOf } from '../workloads/dependencies.ts';
import { isAboutConfigMap, isAboutSecret } from '../workloads/kubelet-message.ts';
import { failingState, schedulingGated } from '../workloads/pod-state.ts';
import { creationFailure } from './creation-failure.ts';
import { missingComponents } from './diagnose-components.ts';
import { nodeOf } from './diagnose-nodes.ts';
import type { Scene } from './diagnosis-scene.ts';
import { isStarting, startingSince } from './still-starting.ts';
import { crashTrouble } from './troubles/crash-trouble.ts';
import { cutOffTrouble } from './troubles/cut-off-trouble.ts';
import { imageTrouble, isPullReason, pullFailure, pullMessage } from './troubles/image-trouble.ts';
import { keptSecretTrouble } from './troubles/kept-secret-trouble.ts';
import { mendedSecretTrouble } from './troubles/mended-secret-trouble.ts';
import { oldPodTrouble } from './troubles/old-pod-trouble.ts';
import { pausedTrouble } from './troubles/paused-trouble.ts';
import { probeTrouble } from './troubles/probe-trouble.ts';
import { pullingTrouble } from './troubles/pulling-trouble.ts';
import { quotaTrouble } from './troubles/quota-trouble.ts';
import { schedulingTrouble } from './troubles/scheduling-trouble.ts';
import {
  describePod,
  placeText,
  troubledPod,
  type Teller,
  type Trouble,
  type TroubledWorkload,
} from './troubles/trouble.ts';
import { waitingTrouble } from './troubles/waiting-trouble.ts';

/** In the order in which they are asked: what a person has to do first is told first. */
const tellers: readonly Teller[] = [
  cutOffTrouble,
  oldPodTrouble,
  keptSecretTrouble,
  mendedSecretTrouble,
  imageTrouble,
  crashTrouble,
  schedulingTrouble,
  quotaTrouble,
  pausedTrouble,
  waitingTrouble,
  probeTrouble,
  pullingTrouble,
  unspecificTrouble,
];

/**
 * Workloads that are not ready and that nothing else explains: neither a Secret that they lack themselves nor a
 * dependency that is not ready. Those that are explained stand in the `blocks` of what explains them.
 */
export function diagnoseWorkloads(scene: Scene, roots: readonly Finding[]): Finding[] {
  const isExplained = explainer(scene, roots);
  const told = new Set(roots.filter(({ code }) => code === 'argocd-unhealthy').map(({ object }) => refId(object)));
  const found = scene.workloads.flatMap((workload) => {
    const seen = scene.readiness.get(workload.id);
    if (seen === undefined || seen.isReady || told.has(workload.id)) return [];
    const troubled = { scene, workload, seen };
    if (isQueued(troubled)) return [];
    if (!isExplained(troubled)) return toFinding(troubled);
    const beside = crashBeside(troubled);
    return beside === undefined || isExplained(beside) ? [] : toFinding(beside);
  });
  return joined(found);
}

/** A pod that a queue lets begin when its turn comes. A Deployment is short of pods for as long. */
function isQueued({ workload, seen }: TroubledWorkload): boolean {
  return workload.type === 'Other' && seen.worst?.state.reason === schedulingGated;
}

/** A container that ends badly beside one that cannot even be started: it would, also with that mended. */
function crashBeside(troubled: TroubledWorkload): TroubledWorkload | undefined {
  const found = troubledPod(troubled);
  const state = found?.state.state === 'blocked' ? failingState(found.pod) : undefined;
  if (found === undefined || state === undefined) return undefined;
  return { ...troubled, seen: { ...troubled.seen, worst: { pod: found.pod.metadata.name, state } } };
}

/** What a pod's state can be put down to. */
type Blame = 'secret' | 'configmap' | 'image' | 'registry' | 'own' | 'waiting' | 'crash' | 'anything';

/** Pods that are not even created lack something beside a Secret: it is not looked at before they start. */
function blameWithoutPod({ scene, workload }: TroubledWorkload): Blame {
  if (replicasBefore(workload.ref.kind, workload.object.metadata, workload.replicas) !== undefined) return 'own';
  return creationFailure(workload, (ref) => scene.eventsOf(ref)) === undefined ? 'anything' : 'own';
}

function blameFor(troubled: TroubledWorkload): Blame {
  const found = troubledPod(troubled);
  if (found === undefined) return blameWithoutPod(troubled);
  const { pod, state } = found;
  if (state.state === 'waiting-on-dependency') return 'waiting';
  if (state.state === 'failing') return 'crash';
  if (state.state !== 'blocked') return 'anything';
  if (isPullReason(state.reason)) {
    const events = troubled.scene.events.get(pod.metadata.uid ?? '') ?? [];
    const failure = pullFailure(pullMessage(state.message, events));
    return failure === 'unreachable' || failure === 'failing' ? 'registry' : 'image';
  }
  if (isAboutConfigMap(state.message)) return 'configmap';
  return isAboutSecret(state.message) ? 'secret' : 'own';
}

const pullCodes: ReadonlySet<FindingCode> = new Set([
  'image-pull-secret-missing',
  'image-pull-secret-invalid',
  'image-registry-not-covered',
]);

function explainer(scene: Scene, roots: readonly Finding[]): (troubled: TroubledWorkload) => boolean {
  const isConfigMap = (code: FindingCode): boolean => code.startsWith('configmap-');
  const isOther = (code: FindingCode): boolean => !pullCodes.has(code) && !isConfigMap(code);
  const lacksSecret = directUsers(roots, isOther);
  const starved = starvedContainers(roots, (code) => isOther(code) || isConfigMap(code));
  const lacksPullSecret = directUsers(roots, (code) => pullCodes.has(code));
  const lacksConfigMap = directUsers(roots, isConfigMap);
  const lost = new Set(roots.flatMap(({ code, object }) => (code === 'node-not-ready' ? [object.name] : [])));
  const ending = scene.snapshot.closer?.endingNamespaces;
  const absent = new Set(missingComponents(scene).map(refId));
  const isDown = (ref: ObjectRef): boolean =>
    absent.has(refId(ref)) || scene.readiness.get(refId(ref))?.isReady === false;
  const hasBadDependency = ({ workload }: TroubledWorkload): boolean =>
    dependenciesOf(scene.graph, workload.ref).some(isDown);

  const explains: Readonly<Record<Blame, (troubled: TroubledWorkload) => boolean>> = {
    own: () => false,
    registry: () => false,
    image: (troubled) => lacksPullSecret.has(idOf(troubled)),
    secret: (troubled) => lacksSecret.has(idOf(troubled)),
    configmap: (troubled) => lacksConfigMap.has(idOf(troubled)),
    // It runs, so it had all that it needs; and what those after it need is not looked at before it ends.
    waiting: (troubled) => hasBadDependency(troubled),
    crash: (troubled) => starved(idOf(troubled), troubledPod(troubled)?.state.container) || hasBadDependency(troubled),
    anything: (troubled) =>
      lacksSecret.has(idOf(troubled)) || lacksConfigMap.has(idOf(troubled)) || hasBadDependency(troubled),
  };
  return (troubled) => {
    const { ref } = troubled.workload;
    if (ending?.has(ref.namespace) === true && troubledPod(troubled) === undefined) return true;
    return lost.has(nodeOf(scene, ref) ?? '') || explains[blameFor(troubled)](troubled);
  };
}

function idOf({ workload }: TroubledWorkload): string {
  return workload.id;
}

/** What a container could only crash for: what it takes itself, or a volume, of which any container may read. */
function starvedContainers(
  roots: readonly Finding[],
  has: (code: FindingCode) => boolean,
): (id: string, container: string | undefined) => boolean {
  const volumes: ReadonlySet<FindingReference['via']> = new Set(['volume', 'projected-volume', 'csi']);
  const places = new Set(
    roots
      .filter(({ severity, code }) => severity === 'error' && has(code))
      .flatMap(({ references = [] }) => references)
      .filter(({ container, via }) => container !== undefined || volumes.has(via))
      .map((place) => `${refId(place)} ${place.container ?? ''}`),
  );
  return (id, container) => places.has(`${id} `) || places.has(`${id} ${container ?? ''}`);
}

function directUsers(roots: readonly Finding[], has: (code: FindingCode) => boolean): ReadonlySet<string> {
  const errors = roots.filter(({ severity, code }) => severity === 'error' && has(code));
  return new Set(errors.flatMap(({ references = [] }) => references.map(refId)));
}

function toFinding(troubled: TroubledWorkload): Finding[] {
  const { scene, workload } = troubled;
  const { ref } = workload;
  for (const tell of tellers) {
    const trouble = tell(troubled);
    if (trouble === undefined) continue;
    const { code, fix, object = ref } = trouble;
    const isItself = refId(object) === refId(ref);
    const blocks = scene.blocks([ref]).filter((blocked) => !isItself || refId(blocked) !== refId(ref));
    return [newFinding(code, { object, fix, blocks, ...inTime(troubled, trouble) })];
  }
  return [];
}

/** What only says that something is not ready yet is no error as long as it could not be. */
const patientCodes: ReadonlySet<FindingCode> = new Set(['workload-not-ready', 'readiness-probe-failing']);

function inTime(
  { scene, workload }: TroubledWorkload,
  { code, message, isUsualAtStart = patientCodes.has(code) }: Trouble,
): Pick<Finding, 'message'> & { severity?: Severity } {
  const since = isUsualAtStart ? startingSince(scene, workload) : undefined;
  if (since === undefined || !isStarting(scene, workload)) return { message };
  return { severity: 'warning', message: `${message}; it was begun at ${utcText(since)}, too recently to tell` };
}

/** One root, such as a quota, may hold up several workloads. */
function joined(findings: readonly Finding[]): Finding[] {
  const byId = new Map<string, Finding>();
  for (const finding of findings) {
    const other = byId.get(finding.id);
    const blocks = new Map([...(other?.blocks ?? []), ...finding.blocks].map((ref) => [refId(ref), ref]));
    byId.set(finding.id, { ...(other ?? finding), blocks: [...blocks.values()] });
  }
  return [...byId.values()];
}

/** Everything that has no code of its own. */
function unspecificTrouble(troubled: TroubledWorkload): Trouble {
  const { ref } = troubled.workload;
  const found = troubledPod(troubled);
  return {
    code: 'workload-not-ready',
    message: `${refText(ref)} is not ready: ${reasonText(troubled)}`,
    fix:
      found === undefined
        ? `kubectl -n ${ref.namespace} describe ${ref.kind.toLowerCase()} ${ref.name}`
        : describePod(found.pod),
  };
}

function reasonText(troubled: TroubledWorkload): string {
  const { scene, workload, seen } = troubled;
  const found = troubledPod(troubled);
  if (found === undefined) {
    const failure = creationFailure(workload, (ref) => scene.eventsOf(ref));
    return failure === undefined ? seen.detail : `${seen.detail}: ${failure}`;
  }
  const { text, container, reason, message } = found.state;
  const why = reason !== undefined && !text.endsWith(reason) ? ` (${reason})` : '';
  const told = message === undefined || message === '' ? '' : `: ${message}`;
  return `${placeText(workload, found.pod, container)} is ${text}${why}${told}`;
}
