/** Where sealed values may be opened; beside what is made of it, since every start of c2l reads it. */
export const sealScopes = ['strict', 'namespace-wide', 'cluster-wide'] as const;
export type SealScope = (typeof sealScopes)[number];
