import { namespaceOf, type Stack } from './stack.ts';

/**
 * The part of a stack that lies in the looked-at namespaces. A stack speaks only of its own namespaces, and `-n` looks
 * at exactly what it names, so what lies elsewhere is neither expected nor reported missing.
 */
export function stackWithin(stack: Stack, namespaces: readonly string[]): Stack | undefined {
  const [first, ...rest] = stack.namespaces.filter((name) => namespaces.includes(name));
  if (first === undefined) return undefined;

  const inside = (entry: { readonly namespace?: string | undefined }): boolean =>
    namespaces.includes(namespaceOf(stack, entry));
  const pinned = <T extends { readonly namespace?: string | undefined }>(entries: readonly T[]): T[] =>
    entries.filter(inside).map((entry) => ({ ...entry, namespace: namespaceOf(stack, entry) }));
  const components = pinned(stack.components);
  const names = new Set(components.map(({ name }) => name));

  return {
    ...stack,
    namespaces: [first, ...rest],
    secrets: pinned(stack.secrets),
    components: components.map((component) => ({
      ...component,
      dependsOn: component.dependsOn.filter((name) => names.has(name)),
    })),
  };
}
