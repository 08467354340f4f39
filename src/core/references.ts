import type { FindingReference, ReferenceVia } from './findings.ts';
import type { Container, KeyToPath, PodSpec, Volume } from './kubernetes-pod.ts';
import type { Ingress, ObjectRef, ServiceAccount } from './kubernetes.ts';

/** One place that needs a Secret; without `key` it needs the Secret as a whole. */
export interface SecretReference extends FindingReference {
  readonly secret: string;
  readonly key?: string;
}

/** Where a reference stands: the object, and the container where it is in one. */
type Place = Omit<FindingReference, 'via' | 'optional'>;

type ContainerPlace = Place & { readonly container: string };

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

/** Adds the names alone, for those who ask of every pod: a cluster has a dozen places for each. */
export function addSecretNames(names: Set<string>, podSpec: PodSpec): void {
  const { initContainers = [], containers } = podSpec;
  const add = (name: string | undefined): void => {
    if (name !== undefined && name !== '') names.add(name);
  };
  const addOwn = ({ env = [], envFrom = [] }: Container): void => {
    for (const { valueFrom } of env) add(valueFrom?.secretKeyRef?.name);
    for (const { secretRef } of envFrom) add(secretRef?.name);
  };
  initContainers.forEach(addOwn);
  containers.forEach(addOwn);
  for (const { secret } of volumesNeeds(podSpec)) add(secret);
  for (const { secret } of pullNeeds(podSpec, undefined)) add(secret);
}

function findReferences(ref: ObjectRef, podSpec: PodSpec, serviceAccount?: ServiceAccount): SecretReference[] {
  const { kind, namespace, name } = ref;
  const place: Place = { kind, namespace, name };
  // Into one list: most references of a cluster are made here.
  const found: SecretReference[] = [];
  for (const each of podSpec.initContainers ?? []) {
    addContainerReferences(found, { kind, namespace, name, container: each.name, init: true }, each);
  }
  for (const each of podSpec.containers) {
    addContainerReferences(found, { kind, namespace, name, container: each.name }, each);
  }
  addPlaced(found, place, volumesNeeds(podSpec));
  addPlaced(found, place, pullNeeds(podSpec, serviceAccount));
  return found;
}

/** An Ingress needs both keys of each of its TLS Secrets. */
export function ingressReferences(ingress: Ingress): readonly SecretReference[] {
  const ref = { kind: 'Ingress', namespace: ingress.metadata.namespace ?? '', name: ingress.metadata.name };
  const needs = (ingress.spec?.tls ?? []).flatMap((tls) =>
    ['tls.crt', 'tls.key'].map((key): Need => ({ secret: tls.secretName, key, via: 'tls', optional: false })),
  );
  const found: SecretReference[] = [];
  addPlaced(found, ref, needs);
  return found;
}

/** Each is made at once. */
function addContainerReferences(
  found: SecretReference[],
  place: ContainerPlace,
  { env = [], envFrom = [] }: Container,
): void {
  const { kind, namespace, name, container } = place;
  for (const { valueFrom } of env) {
    const selector = valueFrom?.secretKeyRef;
    if (selector?.name === undefined || selector.name === '') continue;
    const { name: secret, key, optional = false } = selector;
    const reference = { kind, namespace, name, container, via: 'env' as const, optional, secret, key };
    found.push(place.init === undefined ? reference : { ...reference, init: place.init });
  }
  const sources = envFrom.flatMap(({ secretRef }): Need[] =>
    secretRef ? [{ secret: secretRef.name, via: 'envFrom', optional: secretRef.optional }] : [],
  );
  addPlaced(found, place, sources);
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

function addPlaced(found: SecretReference[], place: Place, needs: readonly Need[]): void {
  for (const { secret, key, via, optional = false } of needs) {
    if (secret === undefined || secret === '') continue;
    found.push(key === undefined ? { ...place, via, optional, secret } : { ...place, via, optional, secret, key });
  }
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
