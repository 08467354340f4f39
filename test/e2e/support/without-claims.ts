import type { KubeObject } from './cluster.ts';

interface ClaimingSpec {
  readonly volumeClaimTemplates?: readonly { readonly metadata: { readonly name: string } }[];
  readonly template?: { readonly spec: object };
}

/** Without claims: the node's few volumes are others'. */
export function withoutClaims(object: KubeObject): KubeObject {
  const { volumeClaimTemplates = [], ...spec } = (object.spec ?? {}) as ClaimingSpec;
  if (volumeClaimTemplates.length === 0 || spec.template === undefined) return object;
  const volumes = volumeClaimTemplates.map(({ metadata }) => ({ name: metadata.name, emptyDir: {} }));
  const template = { ...spec.template, spec: { ...spec.template.spec, volumes } };
  return { ...object, spec: { ...spec, template } } as KubeObject;
}
