import { namespaceOf, type Stack, type StackComponent } from './stack.ts';

/** What the stack says of its monitoring, with every default filled in. */
export interface Monitoring {
  readonly components: readonly StackComponent[];
  /** What it shares with the applications. */
  readonly shared: { readonly namespace: string; readonly name: string };
  /** What it is to have for itself. */
  readonly own: { readonly namespace: string; readonly name: string };
}

/** Undefined where the stack names none. */
export function monitoringOf(stack: Stack): Monitoring | undefined {
  const { monitoring } = stack;
  if (monitoring === undefined) return undefined;
  const declared = stack.secrets.find(({ name }) => name === monitoring.from) ?? {};
  const namespace = namespaceOf(stack, declared);
  return {
    components: stack.components.filter(({ name }) => monitoring.components.includes(name)),
    shared: { namespace, name: monitoring.from },
    own: { namespace: monitoring.namespace ?? namespace, name: monitoring.secret },
  };
}
