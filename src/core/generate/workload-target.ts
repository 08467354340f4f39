import { namespaceOf, type Stack, type StackComponent } from '../stack.ts';

/** What a kustomize patch is for, where it names the workload of a component. */
export function workloadTarget(stack: Stack, component: StackComponent): PatchTarget {
  const [kind = '', name = ''] = component.workload.split('/');
  return { group: 'apps', kind, name: exactly(name), namespace: namespaceOf(stack, component) };
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
