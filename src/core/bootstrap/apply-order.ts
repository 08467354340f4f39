import type { Manifest } from '../manifests/manifests.ts';
import { namespaceOf, type Stack, type StackComponent } from '../stack/stack.ts';
import { dependencyOrder } from '../workloads/dependencies.ts';
import type { PromisedPlace } from './promised-secret.ts';

/** What is applied at once. */
export interface Wave {
  readonly objects: readonly Manifest[];
  /** Components that something of a later wave depends on: they must be ready before that. */
  readonly awaited: readonly StackComponent[];
}

export interface ApplyOrder {
  /** Namespaces, the definitions of kinds, and whoever writes Secrets: all before the Secrets. */
  readonly first: readonly Manifest[];
  readonly waves: readonly Wave[];
  /** Secrets that a program in the cluster is going to write. */
  readonly promised: readonly PromisedPlace[];
}

const firstKinds: readonly string[] = [
  'Namespace',
  'CustomResourceDefinition',
  'ServiceAccount',
  'SecretStore',
  'ClusterSecretStore',
  'ExternalSecret',
  'SealedSecret',
];
const workloadKinds: readonly string[] = ['Deployment', 'StatefulSet', 'DaemonSet', 'Pod', 'Job', 'CronJob'];

/**
 * In which order a cluster is filled: by the sync waves that the manifests name, within a wave what workloads need before
 * the workloads, and those by the dependency chain of the stack. Whatever comes later can rely on what came before.
 */
export function applyOrder(manifests: readonly Manifest[], stack: Stack): ApplyOrder {
  const placed = manifests.map((manifest) => inNamespace(manifest, stack));
  const first = placed
    .filter(({ kind }) => firstKinds.includes(kind))
    .sort((left, right) => firstKinds.indexOf(left.kind) - firstKinds.indexOf(right.kind));
  const rest = placed.filter(({ kind, fields }) => !firstKinds.includes(kind) && fields !== undefined);
  return { first, waves: wavesOf(rest, stack), promised: placed.flatMap(promisesOf) };
}

/** What names no namespace belongs to the stack's first, unless its kind belongs to none: only the server knows. */
function inNamespace(manifest: Manifest, stack: Stack): Manifest {
  return manifest.namespace === '' ? { ...manifest, namespace: stack.namespaces[0] } : manifest;
}

function promisesOf({ kind, namespace, name: by, content }: Manifest): PromisedPlace[] {
  if (content.as !== 'promises') return [];
  const writer = { kind, namespace, name: by };
  return content.promises.flatMap(({ name, namespaces = [namespace], isMerged = false }) =>
    isMerged || namespaces === 'any' ? [] : namespaces.map((place) => ({ namespace: place, name, writer })),
  );
}

type Position = readonly [wave: number, isWorkload: number, level: number];

function wavesOf(manifests: readonly Manifest[], stack: Stack): Wave[] {
  const levels = dependencyOrder(stack.components);
  const groups = new Map<string, { position: Position; objects: Manifest[]; components: StackComponent[] }>();
  for (const manifest of manifests) {
    const component = componentOf(manifest, stack);
    const level = component === undefined ? 0 : levels.findIndex((names) => names.includes(component.name));
    const position: Position = [waveOf(manifest), workloadKinds.includes(manifest.kind) ? 1 : 0, level];
    const id = position.join('/');
    const group = groups.get(id) ?? { position, objects: [], components: [] };
    group.objects.push(manifest);
    if (component !== undefined) group.components.push(component);
    groups.set(id, group);
  }
  const sorted = [...groups.values()].sort((left, right) => byPosition(left.position, right.position));
  return sorted.map(({ objects, components }, index) => {
    const later = sorted.slice(index + 1).flatMap((group) => group.components);
    return {
      objects,
      awaited: components.filter(({ name }) => later.some(({ dependsOn }) => dependsOn.includes(name))),
    };
  });
}

function byPosition(left: Position, right: Position): number {
  return left.map((value, index) => value - (right[index] ?? 0)).find((difference) => difference !== 0) ?? 0;
}

/** What is no number counts as Argo CD counts it. */
function waveOf({ fields }: Manifest): number {
  const { metadata } = fields as { readonly metadata?: { readonly annotations?: Readonly<Record<string, unknown>> } };
  const wave = Number(metadata?.annotations?.['argocd.argoproj.io/sync-wave'] ?? 0);
  return Number.isInteger(wave) ? wave : 0;
}

function componentOf({ kind, name, namespace }: Manifest, stack: Stack): StackComponent | undefined {
  return stack.components.find(
    (component) => component.workload === `${kind}/${name}` && namespaceOf(stack, component) === namespace,
  );
}
