import type { Manifest } from '../manifests/manifests.ts';
import type { MissingKind } from './missing-kinds.ts';

/** Whether one of the manifests defines the kind: it is known once that is applied. */
export function isDefinedBy(manifests: readonly Manifest[], { apiVersion, kind }: MissingKind): boolean {
  return manifests.some((manifest) => {
    if (manifest.kind !== 'CustomResourceDefinition') return false;
    const { spec } = manifest.fields as {
      readonly spec?: { readonly group?: string; readonly names?: { readonly kind?: string } };
    };
    return spec?.names?.kind === kind && apiVersion.startsWith(`${spec.group ?? ''}/`);
  });
}
