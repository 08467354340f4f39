import type { SealedSecret } from '../cluster/secret-writer-objects.ts';

export type SealScope = 'strict' | 'namespace-wide' | 'cluster-wide';

const prefix = 'sealedsecrets.bitnami.com';

/** Where its values may be opened: new ones are sealed as the others were. */
export function sealScope({ metadata: { annotations = {} } }: Pick<SealedSecret, 'metadata'>): SealScope {
  if (annotations[`${prefix}/cluster-wide`] === 'true') return 'cluster-wide';
  return annotations[`${prefix}/namespace-wide`] === 'true' ? 'namespace-wide' : 'strict';
}
