import type { Container, PodSpec, Volume } from '../cluster/kubernetes-pod.ts';
import type { Ingress } from '../cluster/kubernetes.ts';
import type { SecretReference } from '../secrets/references.ts';
import type { FieldPath } from './manifests.ts';

/** Where the pod spec stands in an object of a kind. */
export function podSpecPath(kind: string): FieldPath {
  if (kind === 'Pod') return ['spec'];
  if (kind === 'CronJob') return ['spec', 'jobTemplate', 'spec', 'template', 'spec'];
  return ['spec', 'template', 'spec'];
}

type Wanted = Pick<SecretReference, 'container' | 'init' | 'via' | 'secret' | 'key'>;

/** Where in a pod spec a reference stands. References carry no paths of their own: a cluster's have no lines to tell. */
export function referencePath(podSpec: PodSpec, wanted: Wanted): FieldPath {
  if (wanted.container !== undefined) {
    const list = wanted.init === true ? 'initContainers' : 'containers';
    const index = (podSpec[list] ?? []).findIndex(({ name }) => name === wanted.container);
    const container = podSpec[list]?.[index];
    return container === undefined ? [] : [list, index, ...containerPath(container, wanted)];
  }
  if (wanted.via === 'imagePullSecrets') {
    const index = (podSpec.imagePullSecrets ?? []).findIndex(({ name }) => name === wanted.secret);
    return index < 0 ? [] : ['imagePullSecrets', index];
  }
  for (const [index, volume] of (podSpec.volumes ?? []).entries()) {
    const path = volumePath(volume, wanted);
    if (path !== undefined) return ['volumes', index, ...path];
  }
  return [];
}

/** Where in an Ingress a certificate's Secret is named. */
export function tlsPath(ingress: Ingress, secret: string): FieldPath {
  const index = (ingress.spec?.tls ?? []).findIndex(({ secretName }) => secretName === secret);
  return index < 0 ? [] : ['spec', 'tls', index, 'secretName'];
}

function containerPath({ env = [], envFrom = [] }: Container, { via, secret, key }: Wanted): FieldPath {
  if (via === 'envFrom') {
    const index = envFrom.findIndex(({ secretRef }) => secretRef?.name === secret);
    return index < 0 ? [] : ['envFrom', index, 'secretRef'];
  }
  const index = env.findIndex(({ valueFrom }) => {
    const selector = valueFrom?.secretKeyRef;
    return selector?.name === secret && (key === undefined || selector.key === key);
  });
  return index < 0 ? [] : ['env', index, 'valueFrom', 'secretKeyRef', 'key'];
}

function volumePath({ secret, projected, csi }: Volume, wanted: Wanted): FieldPath | undefined {
  const isVia = (via: SecretReference['via']): boolean => wanted.via === via || wanted.via === 'unmounted-volume';
  if (isVia('volume') && secret?.secretName === wanted.secret)
    return ['secret', ...itemPath(secret, wanted, 'secretName')];
  if (isVia('csi') && csi?.nodePublishSecretRef?.name === wanted.secret) return ['csi', 'nodePublishSecretRef'];
  return isVia('projected-volume') ? projectedPath(projected, wanted) : undefined;
}

function projectedPath(projected: Volume['projected'], wanted: Wanted): FieldPath | undefined {
  const sources = (projected?.sources ?? []).map(({ secret }) => secret);
  const index = sources.findIndex((source) => source?.name === wanted.secret && holds(source, wanted.key));
  const source = sources[index];
  return source === undefined
    ? undefined
    : ['projected', 'sources', index, 'secret', ...itemPath(source, wanted, 'name')];
}

interface WithItems {
  readonly items?: readonly { readonly key: string }[];
}

function holds({ items = [] }: WithItems = {}, key?: string): boolean {
  return key === undefined || items.length === 0 || items.some((item) => item.key === key);
}

function itemPath({ items = [] }: WithItems, { key }: Wanted, nameField: string): FieldPath {
  const index = items.findIndex((item) => item.key === key);
  return index < 0 ? [nameField] : ['items', index, 'key'];
}
