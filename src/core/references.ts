import type { FindingReference, ReferenceVia } from './findings.ts';
import type { Container, Ingress, KeyToPath, ObjectRef, PodSpec, ServiceAccount, Volume } from './kubernetes.ts';

/** One place that needs a Secret; without `key` it needs the Secret as a whole. */
export interface SecretReference extends FindingReference {
  readonly secret: string;
  readonly key?: string;
}

interface Need {
  readonly secret: string | undefined;
  readonly key?: string;
  readonly via: ReferenceVia;
  readonly optional: boolean | undefined;
}

/**
 * Every place of a pod or pod template that names a Secret. Whether a container mounts a volume is not asked: who names
 * a Secret means to have it.
 */
export function secretReferences(
  ref: ObjectRef,
  podSpec: PodSpec,
  serviceAccount?: ServiceAccount,
): readonly SecretReference[] {
  return [
    ...(podSpec.initContainers ?? []).flatMap((container) => containerReferences(ref, container, true)),
    ...podSpec.containers.flatMap((container) => containerReferences(ref, container, false)),
    ...placed(ref, (podSpec.volumes ?? []).flatMap(volumeNeeds)),
    ...placed(ref, pullNeeds(podSpec, serviceAccount)),
  ];
}

/** An Ingress needs both keys of each of its TLS Secrets. */
export function ingressReferences(ingress: Ingress): readonly SecretReference[] {
  const ref = { kind: 'Ingress', namespace: ingress.metadata.namespace ?? '', name: ingress.metadata.name };
  const needs = (ingress.spec?.tls ?? []).flatMap((tls) =>
    ['tls.crt', 'tls.key'].map((key): Need => ({ secret: tls.secretName, key, via: 'tls', optional: false })),
  );
  return placed(ref, needs);
}

function containerReferences(ref: ObjectRef, container: Container, init: boolean): SecretReference[] {
  const env = (container.env ?? []).flatMap((variable): Need[] => {
    const selector = variable.valueFrom?.secretKeyRef;
    return selector ? [{ secret: selector.name, key: selector.key, via: 'env', optional: selector.optional }] : [];
  });
  const envFrom = (container.envFrom ?? []).flatMap((source): Need[] =>
    source.secretRef ? [{ secret: source.secretRef.name, via: 'envFrom', optional: source.secretRef.optional }] : [],
  );
  const place = init ? { container: container.name, init } : { container: container.name };
  return placed(ref, [...env, ...envFrom]).map((reference) => ({ ...reference, ...place }));
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

function placed(ref: ObjectRef, needs: readonly Need[]): SecretReference[] {
  const { kind, namespace, name } = ref;
  return needs.flatMap(({ secret, key, via, optional = false }) => {
    if (secret === undefined || secret === '') return [];
    return [{ kind, namespace, name, via, optional, secret, ...(key === undefined ? {} : { key }) }];
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
