import type { Stack } from '../stack.ts';

/** What files are generated for; no cluster is asked. */
export interface GenerateSubject {
  readonly stack: Stack | undefined;
  /** Empty where all are meant. */
  readonly namespaces: readonly string[];
  readonly all: boolean;
  readonly argocdNamespace: string;
}

/** Of the stack, or of the first namespace where there is none: part of the names of what is generated. */
export function subjectName({ stack, namespaces }: GenerateSubject): string {
  return stack?.name ?? namespaces[0] ?? 'all';
}
