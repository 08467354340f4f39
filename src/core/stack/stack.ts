import type { infer as Infer } from 'zod';
import type { stackSchema } from './stack-schema.ts';

/** What one installation of c2l looks after, with every default filled in. */
export type Stack = Infer<typeof stackSchema>;
export type StackSecret = Stack['secrets'][number];
export type StackKey = StackSecret['keys'][string];
export type StackComponent = Stack['components'][number];
export type StackCheck = StackComponent['checks'][number];
export type StackValue = Extract<StackCheck, { kind: 'postgres-login' }>['user'];

/** The namespace an entry of the stack lives in: its own, else the stack's first. */
export function namespaceOf(stack: Stack, entry: { readonly namespace?: string | undefined }): string {
  return entry.namespace ?? stack.namespaces[0];
}
