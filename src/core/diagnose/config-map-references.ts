import type { Container, PodSpec, Volume } from '../cluster/kubernetes-pod.ts';
import type { ObjectRef } from '../cluster/kubernetes.ts';
import type { FindingReference, ReferenceVia } from '../findings/findings.ts';
import { mountedVolumes } from '../secrets/references.ts';

/** One place that needs a ConfigMap; without `key` it needs it as a whole. */
export interface ConfigMapReference extends FindingReference {
  readonly configMap: string;
  readonly key?: string;
}

interface Source {
  readonly name?: string;
  readonly items?: readonly { readonly key: string }[];
  readonly optional?: boolean;
}

/** Every place of a pod template that cannot do without a ConfigMap. */
export function requiredConfigMaps(ref: ObjectRef, podSpec: PodSpec): ConfigMapReference[] {
  const { containers, initContainers, volumes = [] } = podSpec;
  const mounted = mountedVolumes(podSpec);
  return [
    ...(initContainers ?? []).flatMap((container) => ofContainer(ref, container, true)),
    ...containers.flatMap((container) => ofContainer(ref, container, false)),
    ...volumes.filter(({ name }) => mounted.has(name)).flatMap((volume) => ofVolume(ref, volume)),
  ].filter(({ optional }) => !optional);
}

function ofContainer(ref: ObjectRef, { name, env, envFrom }: Container, init: boolean): ConfigMapReference[] {
  const place = { ...ref, container: name, ...(init ? { init } : {}) };
  return [
    ...(env ?? []).flatMap(({ valueFrom }) => {
      const selector = valueFrom?.configMapKeyRef;
      return selector === undefined ? [] : references(place, 'env', { ...selector, items: [selector] });
    }),
    ...(envFrom ?? []).flatMap(({ configMapRef }) =>
      configMapRef === undefined ? [] : references(place, 'envFrom', configMapRef),
    ),
  ];
}

function ofVolume(ref: ObjectRef, { configMap, projected }: Volume): ConfigMapReference[] {
  return [
    ...(configMap === undefined ? [] : references(ref, 'volume', configMap)),
    ...(projected?.sources ?? []).flatMap((source) =>
      source.configMap === undefined ? [] : references(ref, 'projected-volume', source.configMap),
    ),
  ];
}

function references(
  place: ObjectRef,
  via: ReferenceVia,
  { name = '', items, optional = false }: Source,
): ConfigMapReference[] {
  const whole = { ...place, via, optional, configMap: name };
  return items === undefined || items.length === 0 ? [whole] : items.map(({ key }) => ({ ...whole, key }));
}
