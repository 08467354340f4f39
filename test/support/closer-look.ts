import type { CloserLook } from '../../src/core/cluster/snapshot.ts';

/** What was looked at closer for a diagnosis: nothing, but what is given. */
export function closerLook(seen: Partial<CloserLook> = {}): CloserLook {
  return {
    configMaps: [],
    configMapNamespaces: new Set(),
    claims: [],
    nodes: [],
    lastWords: new Map(),
    endingNamespaces: new Map(),
    gaps: [],
    ...seen,
  };
}
