import type { Container, EnvVar, KeyToPath, PodSpec, Volume } from '../cluster/kubernetes-pod.ts';
import type { Ingress, ObjectRef, ServiceAccount } from '../cluster/kubernetes.ts';
import type { FindingReference, ReferenceVia } from '../findings/findings.ts';
import { oncePer } from '../once-per.ts';

/** One place that needs a Secret; without `key` it needs the Secret as a whole. */
export interface SecretReference extends FindingReference {
  readonly secret: string;
  readonly key?: string;
}

/** What a place needs, whoever has the place. */
export type PlacedNeed = Pick<SecretReference, 'secret' | 'key' | 'via' | 'optional'>;

interface Need {
  readonly secret: string | undefined;
  readonly key?: string;
  readonly via: ReferenceVia;
  readonly optional: boolean | undefined;
}

/**
 * Every place of a pod or pod template that names a Secret. Of a volume that no container mounts kubelet looks nothing
 * up and waits for nothing, so that such a place is optional whatever it says.
 */
export function secretReferences(
  ref: ObjectRef,
  podSpec: PodSpec,
  serviceAccount?: ServiceAccount,
): readonly SecretReference[] {
  const known = knownReferences.get(podSpec) ?? [];
  const same = known.find((each) => each.serviceAccount === serviceAccount && isSame(each.ref, ref));
  if (same !== undefined) return same.references;
  const references = findReferences(ref, podSpec, serviceAccount);
  knownReferences.set(podSpec, [...known, { ref, serviceAccount, references }]);
  return references;
}

interface Found {
  readonly ref: ObjectRef;
  readonly serviceAccount: ServiceAccount | undefined;
  readonly references: readonly SecretReference[];
}

function isSame(left: ObjectRef, right: ObjectRef): boolean {
  return left.name === right.name && left.kind === right.kind && left.namespace === right.namespace;
}

/** Several parts of a diagnosis ask for the same pod, and a cluster has thousands. */
const knownReferences = new WeakMap<PodSpec, readonly Found[]>();

function findReferences(ref: ObjectRef, podSpec: PodSpec, serviceAccount?: ServiceAccount): SecretReference[] {
  const { kind, namespace, name } = ref;
  // Into one list: most references of a cluster are made here.
  const found: SecretReference[] = [];
  for (const each of podSpec.initContainers ?? []) {
    for (const need of containerNeeds(each)) {
      found.push({ kind, namespace, name, container: each.name, init: true, ...need });
    }
  }
  for (const each of podSpec.containers) {
    for (const need of containerNeeds(each)) found.push({ kind, namespace, name, container: each.name, ...need });
  }
  for (const need of podNeeds(podSpec, serviceAccount)) found.push({ kind, namespace, name, ...need });
  return found;
}

/** What its places need, told without an object for each place: a cluster has them by the hundred thousand. */
export function forEachNeed(
  podSpec: PodSpec,
  serviceAccount: ServiceAccount | undefined,
  take: (need: PlacedNeed) => void,
): void {
  for (const each of podSpec.initContainers ?? []) containerNeeds(each).forEach(take);
  for (const each of podSpec.containers) containerNeeds(each).forEach(take);
  podNeeds(podSpec, serviceAccount).forEach(take);
}

/** An Ingress needs both keys of each of its TLS Secrets. */
export function ingressReferences(ingress: Ingress): readonly SecretReference[] {
  const ref = { kind: 'Ingress', namespace: ingress.metadata.namespace ?? '', name: ingress.metadata.name };
  const needs = (ingress.spec?.tls ?? []).flatMap((tls) =>
    ['tls.crt', 'tls.key'].map((key): Need => ({ secret: tls.secretName, key, via: 'tls', optional: false })),
  );
  return placed(needs).map((need) => ({ ...ref, ...need }));
}

function containerNeeds({ env = [], envFrom = [] }: Container): readonly PlacedNeed[] {
  const variables = env.length === 0 ? [] : variableNeeds(env);
  if (envFrom.length === 0) return variables;
  const sources = envFrom.flatMap(({ secretRef }): Need[] =>
    secretRef ? [{ secret: secretRef.name, via: 'envFrom', optional: secretRef.optional }] : [],
  );
  return [...variables, ...placed(sources)];
}

/** The pods of one template share their variables. */
const variableNeeds = oncePer((env: readonly EnvVar[]): readonly PlacedNeed[] =>
  placed(
    env.flatMap(({ valueFrom }): Need[] => {
      const selector = valueFrom?.secretKeyRef;
      return selector === undefined
        ? []
        : [{ secret: selector.name, key: selector.key, via: 'env', optional: selector.optional }];
    }),
  ),
);

function podNeeds(podSpec: PodSpec, serviceAccount: ServiceAccount | undefined): readonly PlacedNeed[] {
  return placed([...volumesNeeds(podSpec), ...pullNeeds(podSpec, serviceAccount)]);
}

function volumesNeeds(podSpec: PodSpec): Need[] {
  const { volumes = [] } = podSpec;
  if (volumes.length === 0) return [];
  const mounted = mountedVolumes(podSpec);
  return volumes.flatMap((volume) =>
    mounted.has(volume.name)
      ? volumeNeeds(volume)
      : volumeNeeds(volume).map((need): Need => ({ ...need, via: 'unmounted-volume', optional: true })),
  );
}

/** The names of the volumes that kubelet waits for: those of any container hold up all of them. */
export function mountedVolumes({ initContainers = [], containers }: PodSpec): ReadonlySet<string> {
  return new Set(
    [...initContainers, ...containers].flatMap(({ volumeMounts = [] }) => volumeMounts.map(({ name }) => name)),
  );
}

function volumeNeeds(volume: Volume): Need[] {
  const { secret, projected, csi } = volume;
  return [
    ...(secret ? itemNeeds(secret.secretName, secret, 'volume') : []),
    ...(projected?.sources ?? []).flatMap((source) =>
      source.secret ? itemNeeds(source.secret.name, source.secret, 'projected-volume') : [],
    ),
    ...(csi?.nodePublishSecretRef
      ? [{ secret: csi.nodePublishSecretRef.name, via: 'csi' as const, optional: false }]
      : []),
  ];
}

function itemNeeds(
  secret: string | undefined,
  source: { readonly items?: readonly KeyToPath[]; readonly optional?: boolean },
  via: ReferenceVia,
): Need[] {
  const { items = [], optional } = source;
  if (items.length === 0) return [{ secret, via, optional }];
  return items.map(({ key }) => ({ secret, key, via, optional }));
}

/** A pod that names no pull Secret of its own gets its ServiceAccount's at admission. */
function pullNeeds(podSpec: PodSpec, serviceAccount: ServiceAccount | undefined): Need[] {
  const own = podSpec.imagePullSecrets ?? [];
  const [names, via] =
    own.length > 0
      ? [own, 'imagePullSecrets' as const]
      : [serviceAccount?.imagePullSecrets ?? [], 'serviceAccount' as const];
  return names.map(({ name }) => ({ secret: name, via, optional: false }));
}

function placed(needs: readonly Need[]): PlacedNeed[] {
  return needs.flatMap(({ secret, key, via, optional = false }) => {
    if (secret === undefined || secret === '') return [];
    return key === undefined ? { via, optional, secret } : { via, optional, secret, key };
  });
}

/** The place alone, as reports show it. */
export function placeOf(reference: SecretReference): FindingReference {
  const { kind, namespace, name, container, init, via, optional } = reference;
  return {
    kind,
    namespace,
    name,
    ...(container === undefined ? {} : { container }),
    ...(init === undefined ? {} : { init }),
    via,
    optional,
  };
}
