import type { ContainerStatus, Pod } from '../cluster/kubernetes-pod.ts';
import { refId, type ObjectRef } from '../cluster/kubernetes.ts';
import type { Snapshot } from '../cluster/snapshot.ts';
import { compareText } from '../compare-text.ts';
import type { Scene } from '../diagnose/diagnosis-scene.ts';
import type { Finding, FindingCode } from '../findings/findings.ts';
import { keptSecrets } from '../secrets/kept-secrets.ts';
import { podNeed } from '../secrets/pod-need.ts';
import type { SecretReference } from '../secrets/references.ts';
import { requirementsOf, type Requirement } from '../secrets/requirements.ts';
import type { SecretNeed } from '../secrets/secret-needs.ts';
import { secretsView } from '../secrets/secrets-view.ts';
import { diagnosedStates } from '../workloads/component-states.ts';
import { dependenciesOf } from '../workloads/dependencies.ts';
import { containerStatuses } from '../workloads/pod-state.ts';
import { podStatusText } from '../workloads/pod-status-text.ts';
import type { Workload } from '../workloads/workloads.ts';
import type { ContainerState, ReferenceState, WorkloadSubject } from './audit-subject.ts';
import type { ComponentState } from './component-state.ts';

/** Every container and every reference of one workload, with what the cluster holds of each and was found of it. */
export function explainWorkload(scene: Scene, ref: ObjectRef, findings: readonly Finding[]): WorkloadSubject {
  const workload = scene.byId.get(refId(ref));
  const states = new Map(
    diagnosedStates(scene.snapshot, undefined, findings).map((state) => [refId(state.object), state]),
  );
  const stateOf = (object: ObjectRef): ComponentState['state'] => states.get(refId(object))?.state ?? 'missing';
  const references = referencesOf(scene, ref, findings);
  const pod = workload === undefined ? undefined : tellingPod(scene, workload);
  return {
    kind: 'workload',
    object: ref,
    state: stateOf(ref),
    detail: states.get(refId(ref))?.detail ?? '',
    pods: (workload?.pods ?? []).map((each) => ({ name: each.metadata.name, status: podStatusText(each) })),
    containers: workload === undefined ? [] : containersOf(workload, pod, references),
    references: references.filter(({ container }) => container === undefined).map(({ state }) => state),
    dependsOn: dependenciesOf(scene.graph, ref).map((object) => ({ object, state: stateOf(object) })),
    blocks: scene.blocks([ref]).filter((object) => refId(object) !== refId(ref)),
  };
}

/** The pod that is worst off, else the newest. */
function tellingPod({ readiness }: Scene, { ref, pods }: Workload): Pod | undefined {
  const worst = readiness.get(refId(ref))?.worst?.pod;
  return pods.find(({ metadata }) => metadata.name === worst) ?? pods[0];
}

interface PlacedState {
  readonly container: string | undefined;
  readonly init: boolean;
  readonly state: ReferenceState;
}

/** Secrets that are there and of no use as a whole. */
const unusableCodes: ReadonlySet<FindingCode> = new Set(['image-pull-secret-invalid']);

function referencesOf(
  { needs, stack, snapshot, byId }: Scene,
  ref: ObjectRef,
  findings: readonly Finding[],
): PlacedState[] {
  const id = refId(ref);
  const unusable = new Set(findings.flatMap(({ code, object }) => (unusableCodes.has(code) ? refId(object) : [])));
  const all = needs.flatMap((need) => {
    const own = need.references.filter((reference) => refId(reference) === id);
    if (own.length === 0) return [];
    const required = new Map(requirementsOf(need, stack).map((requirement) => [requirement.key, requirement]));
    const whole = wholeState(need, unusable);
    return own.map((reference) =>
      placedState(reference, reference.key === undefined ? whole : required.get(reference.key)),
    );
  });
  const kept = keptIn(snapshot, byId.get(id));
  const distinct = new Map(all.map((entry) => [placeId(entry), asKept(entry, kept)]));
  return [...distinct].sort(([left], [right]) => compareText(left, right)).map(([, entry]) => entry);
}

/** Names of immutable Secrets that were created again, and of which kubelet has not let go. */
function keptIn(snapshot: Snapshot, workload: Workload | undefined): ReadonlySet<string> {
  const view = secretsView(snapshot);
  const kept = (workload?.pods ?? []).flatMap((pod) => keptSecrets(pod, podNeed(pod, view), view));
  return new Set(kept.map(({ metadata }) => metadata.name));
}

/** What stands in the Secret says nothing of what its pods get. */
function asKept(placed: PlacedState, kept: ReadonlySet<string>): PlacedState {
  const { state } = placed;
  if (state.state !== 'ok' || !kept.has(state.secret)) return placed;
  const detail = 'is right in the Secret, which is immutable: kubelet gives the one from before';
  return { ...placed, state: { ...state, state: 'kept', detail } };
}

function placeId({ container = '', init, state: { secret, key = '', via } }: PlacedState): string {
  return [container, init, secret, key, via].join('\u0000');
}

function placedState(
  { secret, key, via, optional, container, init = false }: SecretReference,
  { state = 'ok', detail }: Partial<Pick<Requirement, 'state' | 'detail'>> = {},
): PlacedState {
  return {
    container,
    init,
    state: {
      secret,
      ...(key === undefined ? {} : { key }),
      via,
      optional,
      state,
      ...(detail === undefined ? {} : { detail }),
    },
  };
}

/** Who takes a Secret as it is needs only that it is there. */
function wholeState(
  { namespace, name, gap, secret }: SecretNeed,
  unusable: ReadonlySet<string>,
): Pick<Requirement, 'state' | 'detail'> {
  if (gap !== undefined) return { state: 'unreadable', detail: gap.reason };
  if (secret === undefined) return { state: 'secret-missing' };
  return { state: unusable.has(refId({ kind: 'Secret', namespace, name })) ? 'invalid' : 'ok' };
}

function containersOf(
  { podSpec }: Workload,
  pod: Pod | undefined,
  references: readonly PlacedState[],
): ContainerState[] {
  const statuses = new Map(
    (pod === undefined ? [] : containerStatuses(pod)).map((status) => [status.name, statusText(status)]),
  );
  const explain = (name: string, init: boolean): ContainerState => ({
    name,
    init,
    status: statuses.get(name) ?? (pod === undefined ? 'no pod' : 'not started'),
    references: references.filter((entry) => entry.container === name && entry.init === init).map(({ state }) => state),
  });
  return [
    ...(podSpec.initContainers ?? []).map(({ name }) => explain(name, true)),
    ...podSpec.containers.map(({ name }) => explain(name, false)),
  ];
}

function statusText({ state = {}, ready, restartCount = 0 }: ContainerStatus): string {
  const restarts = restartCount === 0 ? '' : `, restarted ${restartCount === 1 ? 'once' : `${restartCount} times`}`;
  if (state.running !== undefined) return `${ready === true ? 'running and ready' : 'running'}${restarts}`;
  if (state.terminated !== undefined) {
    const { reason = 'ended', exitCode = 0 } = state.terminated;
    return `${exitCode === 0 ? reason : `${reason}, exit code ${exitCode}`}${restarts}`;
  }
  const { reason, message } = state.waiting ?? {};
  return ['waiting', reason, message].filter((part) => part !== undefined && part !== '').join(': ') + restarts;
}
