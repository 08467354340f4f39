import type { Pod } from '../cluster/kubernetes-pod.ts';
import type { Ingress, ServiceAccount } from '../cluster/kubernetes.ts';
import type { Secret } from '../cluster/secret.ts';
import type { Gap, Snapshot } from '../cluster/snapshot.ts';
import { compareText } from '../compare-text.ts';
import type { ReferenceVia } from '../findings/findings.ts';
import { oncePerPair } from '../once-per.ts';
import { monitoringOf } from '../stack/monitoring.ts';
import { namespaceOf, type Stack, type StackKey } from '../stack/stack.ts';
import { workloads, type Workload } from '../workloads/workloads.ts';
import {
  forEachNeed,
  ingressReferences,
  secretReferences,
  type PlacedNeed,
  type SecretReference,
} from './references.ts';

export interface KeyNeed {
  readonly key: string;
  /** Whether a place names it that cannot do without. */
  readonly isNeeded: boolean;
  /** Made when they are asked for: they are told of few, and thousands are looked at. */
  readonly references: readonly SecretReference[];
  readonly declared?: StackKey;
}

/** One Secret that something needs or the stack declares, with everything that is known of the need. */
export interface SecretNeed {
  readonly namespace: string;
  readonly name: string;
  /** Undefined where it is missing or could not be read. */
  readonly secret: Secret | undefined;
  /** Why nothing can be said of a Secret that was not seen. */
  readonly gap?: Gap;
  /** The ways in which places take it. */
  readonly vias: ReadonlySet<ReferenceVia>;
  /** Whether any takes every key of it. */
  readonly isTakenWhole: boolean;
  /** Every place that names the Secret, with and without a key; made when they are asked for. */
  readonly references: readonly SecretReference[];
  readonly keys: readonly KeyNeed[];
}

/** Joins live references with the stack file, by Secret, ordered by namespace and name. */
export const secretNeeds = oncePerPair((snapshot: Snapshot, stack: Stack | undefined): readonly SecretNeed[] => {
  // By namespace and then by name: a cluster has references by the hundred thousand, and no id is made for each.
  const drafts = new Map<string, Map<string, Draft>>();
  const draftOf = (namespace: string, name: string): Draft => {
    const known = drafts.get(namespace)?.get(name);
    if (known !== undefined) return known;
    const draft = newDraft(namespace, name);
    drafts.set(namespace, (drafts.get(namespace) ?? new Map<string, Draft>()).set(name, draft));
    return draft;
  };
  for (const user of users(snapshot)) {
    user.forEachNeed((need) => {
      note(draftOf(user.namespace, need.secret), user, need);
    });
  }
  for (const entry of stack?.secrets ?? []) {
    const namespace = stack ? namespaceOf(stack, entry) : '';
    const { declared } = draftOf(namespace, entry.name);
    for (const [key, declaration] of Object.entries(entry.keys)) declared.set(key, declaration);
  }

  declareCopies(stack, (namespace, name) => drafts.get(namespace)?.get(name));

  const complete = completer(snapshot);
  return [...drafts.values()]
    .flatMap((inNamespace) => [...inNamespace.values()])
    .map((draft) => [`${draft.namespace}/${draft.name}`, draft] as const)
    .sort(([left], [right]) => compareText(left, right))
    .map(([, draft]) => complete(draft));
});

/** What the monitoring takes from a Secret of its own is what it took from the shared one: with the same sources and format. */
function declareCopies(
  stack: Stack | undefined,
  draftOf: (namespace: string, name: string) => Draft | undefined,
): void {
  const monitoring = stack === undefined ? undefined : monitoringOf(stack);
  if (monitoring === undefined) return;
  const { own, shared } = monitoring;
  const copies = draftOf(own.namespace, own.name);
  const originals = draftOf(shared.namespace, shared.name);
  if (copies === undefined || originals === undefined) return;
  for (const key of copies.keys.keys()) {
    const declaration = originals.declared.get(key);
    if (declaration !== undefined && !copies.declared.has(key)) copies.declared.set(key, declaration);
  }
}

interface Draft {
  readonly namespace: string;
  readonly name: string;
  readonly users: User[];
  readonly vias: Set<ReferenceVia>;
  /** Each with whether a place cannot do without it. */
  readonly keys: Map<string, boolean>;
  isTakenWhole: boolean;
  readonly declared: Map<string, StackKey>;
}

function newDraft(namespace: string, name: string): Draft {
  return { namespace, name, users: [], vias: new Set(), keys: new Map(), isTakenWhole: false, declared: new Map() };
}

function note(draft: Draft, user: User, need: PlacedNeed): void {
  const { key, via, optional } = need;
  if (draft.users.at(-1) !== user) draft.users.push(user);
  draft.vias.add(via);
  if (key !== undefined) draft.keys.set(key, draft.keys.get(key) === true || !optional);
  else if (takesEveryKey(need)) draft.isTakenWhole = true;
}

function completer(snapshot: Snapshot): (draft: Draft) => SecretNeed {
  const secrets = new Map(
    snapshot.secrets.items.map((secret) => [`${secret.metadata.namespace}/${secret.metadata.name}`, secret]),
  );
  const gapOf = (namespace: string, name: string): Gap | undefined =>
    snapshot.secrets.gaps.find(
      (gap) => (gap.namespace === namespace || gap.namespace === '') && (gap.name ?? name) === name,
    );

  return (draft) => {
    const { namespace, name, users: named, vias, isTakenWhole } = draft;
    const secret = secrets.get(`${namespace}/${name}`);
    const gap = secret === undefined ? gapOf(namespace, name) : undefined;
    const references = once(() => named.flatMap((user) => user.references().filter((each) => each.secret === name)));
    return {
      namespace,
      name,
      secret,
      vias,
      isTakenWhole,
      get references() {
        return references();
      },
      keys: keyNeeds(draft, references),
      ...(gap === undefined ? {} : { gap }),
    };
  };
}

function keyNeeds({ keys, declared }: Draft, references: () => readonly SecretReference[]): KeyNeed[] {
  const names = [...new Set([...keys.keys(), ...declared.keys()])].sort(compareText);
  return names.map((key) => {
    const declaration = declared.get(key);
    return {
      key,
      isNeeded: keys.get(key) === true,
      get references() {
        const own = references().filter((each) => each.key === key);
        return declaration?.required === true ? [...own, ...references().filter(takesEveryKey)] : own;
      },
      ...(declaration === undefined ? {} : { declared: declaration }),
    };
  });
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}

/** Who takes a Secret as it is starts without a key, silently; what it lacks only the stack can say. */
export function takesEveryKey({ key, via }: Pick<SecretReference, 'key' | 'via'>): boolean {
  return key === undefined && (via === 'envFrom' || via === 'volume' || via === 'projected-volume');
}

/** What names Secrets of its namespace. */
interface User {
  readonly namespace: string;
  readonly forEachNeed: (take: (need: PlacedNeed) => void) => void;
  readonly references: () => readonly SecretReference[];
}

function users(snapshot: Snapshot): User[] {
  const accounts = new Map(
    snapshot.serviceAccounts.items.map((account) => [
      `${account.metadata.namespace ?? ''}/${account.metadata.name}`,
      account,
    ]),
  );
  return [
    ...workloads(snapshot).map((workload) => workloadUser(workload, accountOf(workload, accounts))),
    ...snapshot.ingresses.items.toSorted(byName).map(ingressUser),
  ];
}

function workloadUser(workload: Workload, account: ServiceAccount | undefined): User {
  const { ref, podSpec, object } = workload;
  return {
    namespace: ref.namespace,
    forEachNeed: (take) => {
      forEachNeed(podSpec, account, take);
      const newest = newestCurrent(workload);
      if (newest !== undefined && newest !== object) forEachNeed(newest.spec, undefined, take);
    },
    references: () => workloadReferences(workload, account),
  };
}

function ingressUser(ingress: Ingress): User {
  const references = ingressReferences(ingress);
  return {
    namespace: ingress.metadata.namespace ?? '',
    forEachNeed: (take) => {
      references.forEach(take);
    },
    references: () => references,
  };
}

function newestCurrent(workload: Workload): Pod | undefined {
  return workload.pods.find((pod) => isCurrent(workload, pod));
}

function byName(left: Ingress, right: Ingress): number {
  return compareText(left.metadata.name, right.metadata.name);
}

function accountOf(
  { ref, podSpec }: Workload,
  accounts: ReadonlyMap<string, ServiceAccount>,
): ServiceAccount | undefined {
  return accounts.get(`${ref.namespace}/${podSpec.serviceAccountName ?? 'default'}`);
}

/** The template's references, and those that admission added to its newest pod and so will add to the next. */
function workloadReferences(workload: Workload, account: ServiceAccount | undefined): readonly SecretReference[] {
  const references = secretReferences(workload.ref, workload.podSpec, account);
  const newest = newestCurrent(workload);
  if (newest === undefined || newest === workload.object) return references;
  const known = new Set(references.map(placeId));
  return [
    ...references,
    ...secretReferences(workload.ref, newest.spec).filter((reference) => !known.has(placeId(reference))),
  ];
}

/** What an older revision needs ends with its pod, and must not be restored for it. */
export function isCurrent(workload: Workload, { metadata: { labels = {} } }: Pod): boolean {
  if (isBehindPause(workload)) return false;
  const [label, wanted] = revisionLabel(workload);
  const revision = labels[label];
  return revision === undefined || wanted === undefined || revision === wanted;
}

/** Whether the pods are of a template that was changed after its rollouts were paused: its controller counts none of them. */
function isBehindPause({ type, object }: Workload): boolean {
  if (type !== 'Deployment' || object.spec.paused !== true) return false;
  const { replicas = 0, updatedReplicas = 0, observedGeneration = 0 } = object.status ?? {};
  return replicas > 0 && updatedReplicas === 0 && observedGeneration >= (object.metadata.generation ?? 0);
}

function revisionLabel(workload: Workload): [label: string, wanted: string | undefined] {
  const { metadata } = workload.object;
  return workload.type === 'DaemonSet'
    ? ['pod-template-generation', metadata.annotations?.['deprecated.daemonset.template.generation']]
    : [
        'controller-revision-hash',
        workload.type === 'StatefulSet' ? workload.object.status?.updateRevision : undefined,
      ];
}

function placeId({ container = '', init = false, via, optional, secret, key = '' }: SecretReference): string {
  const how = via === 'serviceAccount' ? 'imagePullSecrets' : via;
  return [container, init, how, optional, secret, key].join('\u0000');
}
