import { compareText } from './findings.ts';
import type { Ingress, ServiceAccount } from './kubernetes.ts';
import type { Pod } from './kubernetes-pod.ts';
import { monitoringOf } from './monitoring.ts';
import { oncePerPair } from './once-per.ts';
import { ingressReferences, secretReferences, type SecretReference } from './references.ts';
import type { Secret } from './secret.ts';
import type { Gap, Snapshot } from './snapshot.ts';
import { namespaceOf, type Stack, type StackKey } from './stack.ts';
import { workloads, type Workload } from './workloads.ts';

export interface KeyNeed {
  readonly key: string;
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
  /** Every place that names the Secret, with and without a key. */
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
    const draft = { namespace, name, references: [], declared: new Map<string, StackKey>() };
    drafts.set(namespace, (drafts.get(namespace) ?? new Map<string, Draft>()).set(name, draft));
    return draft;
  };
  forEachReference(snapshot, (reference) => {
    draftOf(reference.namespace, reference.secret).references.push(reference);
  });
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
  for (const { key = '' } of copies.references) {
    const declaration = originals.declared.get(key);
    if (declaration !== undefined && !copies.declared.has(key)) copies.declared.set(key, declaration);
  }
}

interface Draft {
  readonly namespace: string;
  readonly name: string;
  readonly references: SecretReference[];
  readonly declared: Map<string, StackKey>;
}

function completer(snapshot: Snapshot): (draft: Draft) => SecretNeed {
  const secrets = new Map(
    snapshot.secrets.items.map((secret) => [`${secret.metadata.namespace}/${secret.metadata.name}`, secret]),
  );
  const gapOf = (namespace: string, name: string): Gap | undefined =>
    snapshot.secrets.gaps.find(
      (gap) => (gap.namespace === namespace || gap.namespace === '') && (gap.name ?? name) === name,
    );

  return ({ namespace, name, references, declared }) => {
    const secret = secrets.get(`${namespace}/${name}`);
    const gap = secret === undefined ? gapOf(namespace, name) : undefined;
    const keys = keyNeeds(references, declared);
    return { namespace, name, secret, references, keys, ...(gap === undefined ? {} : { gap }) };
  };
}

function keyNeeds(references: readonly SecretReference[], declared: ReadonlyMap<string, StackKey>): KeyNeed[] {
  const byKey = new Map<string, SecretReference[]>();
  for (const reference of references) {
    if (reference.key === undefined) continue;
    const list = byKey.get(reference.key);
    if (list) list.push(reference);
    else byKey.set(reference.key, [reference]);
  }
  const takers = references.filter(takesEveryKey);
  const names = [...new Set([...byKey.keys(), ...declared.keys()])].sort(compareText);
  return names.map((key) => {
    const declaration = declared.get(key);
    const own = byKey.get(key) ?? [];
    const all = declaration?.required === true && takers.length > 0 ? [...own, ...takers] : own;
    return { key, references: all, ...(declaration === undefined ? {} : { declared: declaration }) };
  });
}

/** Who takes a Secret as it is starts without a key, silently; what it lacks only the stack can say. */
export function takesEveryKey({ key, via }: SecretReference): boolean {
  return key === undefined && (via === 'envFrom' || via === 'volume' || via === 'projected-volume');
}

function forEachReference(snapshot: Snapshot, take: (reference: SecretReference) => void): void {
  const accounts = new Map(
    snapshot.serviceAccounts.items.map((account) => [
      `${account.metadata.namespace ?? ''}/${account.metadata.name}`,
      account,
    ]),
  );
  for (const workload of workloads(snapshot)) workloadReferences(workload, accountOf(workload, accounts)).forEach(take);
  for (const ingress of snapshot.ingresses.items.toSorted(byName)) ingressReferences(ingress).forEach(take);
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
  const newest = workload.pods.find((pod) => isCurrent(workload, pod));
  if (newest === undefined || newest === workload.object) return references;
  const known = new Set(references.map(placeId));
  return [
    ...references,
    ...secretReferences(workload.ref, newest.spec).filter((reference) => !known.has(placeId(reference))),
  ];
}

/** What an older revision needs ends with its pod, and must not be restored for it. */
export function isCurrent(workload: Workload, { metadata: { labels = {} } }: Pod): boolean {
  const [label, wanted] = revisionLabel(workload);
  const revision = labels[label];
  return revision === undefined || wanted === undefined || revision === wanted;
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
