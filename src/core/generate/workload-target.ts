import { namespaceOf, type Stack, type StackComponent } from '../stack/stack.ts';

/** What a kustomize patch is for, where it names the workload of a component. */
export function workloadTarget(stack: Stack, component: StackComponent): PatchTarget {
  const [kind = '', name = ''] = component.workload.split('/');
  const namespace = namespaceOf(stack, component);
  const hasNamesake = stack.components.some(
    (other) => other.workload === component.workload && namespaceOf(stack, other) !== namespace,
  );
  return {
    group: 'apps',
    kind,
    name: exactly(name),
    namespace: hasNamesake ? exactly(namespace) : inOrWithout(namespace),
  };
}

/**
 * A kustomization that sets the namespace itself does so after its components: until then what names none counts as
 * being in `default`, and a patch for the namespace alone would find nothing and say nothing.
 */
export function inOrWithout(namespace: string): string {
  return namespace === 'default' ? exactly(namespace) : `^(${namespace.replaceAll('.', String.raw`\.`)}|default)$`;
}

export interface PatchTarget {
  readonly group?: string;
  readonly version?: string;
  readonly kind: string;
  readonly name?: string;
  readonly namespace?: string;
}

/** Kustomize takes names as regular expressions. */
export function exactly(name: string): string {
  return `^${name.replaceAll('.', String.raw`\.`)}$`;
}
