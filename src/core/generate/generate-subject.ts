import type { Stack } from '../stack/stack.ts';

/** What files are generated for; no cluster is asked. */
export interface GenerateSubject {
  readonly stack: Stack | undefined;
  /** Empty where all are meant. */
  readonly namespaces: readonly string[];
  readonly all: boolean;
  readonly argocdNamespace: string;
  /** Of c2l: what runs it elsewhere is to run the same one. */
  readonly version?: string;
}

/** As npx takes it. */
export function packageSpec({ version }: Pick<GenerateSubject, 'version'>): string {
  return version === undefined ? 'c2l' : `c2l@${version}`;
}

/** Of the stack, or of the first namespace where there is none: part of the names of what is generated. */
export function subjectName({ stack, namespaces }: GenerateSubject): string {
  return stack?.name ?? namespaces[0] ?? 'all';
}
