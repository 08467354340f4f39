import type { ApiKind, AppliedObject } from '../../cluster-ports.ts';
import type { MissingKind } from '../../core/bootstrap/missing-kinds.ts';
import type { Manifest } from '../../core/manifests/manifests.ts';
import { nothingReadable, type Session } from '../session.ts';

export interface Resolved {
  /** Where the API has each; without those whose kind it does not know. */
  readonly objects: ReadonlyMap<Manifest, AppliedObject>;
  readonly missing: readonly MissingKind[];
}

/** Asks the API server for the place of each kind. */
export async function resolveObjects({ cluster }: Session, manifests: readonly Manifest[]): Promise<Resolved> {
  const versions = [...new Set(manifests.map(apiVersionOf))];
  const kinds = new Map<string, readonly ApiKind[]>();
  for (const version of versions) {
    const answer = await cluster.apiKinds(version);
    if (answer.state === 'unreadable') throw nothingReadable(cluster, answer.reason);
    kinds.set(version, answer.state === 'present' ? answer.value : []);
  }
  const objects = new Map<Manifest, AppliedObject>();
  const missing = new Map<string, MissingKind>();
  for (const manifest of manifests) {
    const apiVersion = apiVersionOf(manifest);
    const { kind, namespace, name, fields = {} } = manifest;
    const served = kinds.get(apiVersion)?.find((each) => each.kind === kind);
    if (served === undefined) missing.set(`${apiVersion}/${kind}`, { apiVersion, kind });
    else {
      const place = served.isNamespaced ? namespace : undefined;
      objects.set(manifest, { apiVersion, kind, resource: served.resource, namespace: place, name, fields });
    }
  }
  return { objects, missing: [...missing.values()] };
}

function apiVersionOf({ fields }: Manifest): string {
  const version = fields?.['apiVersion'];
  return typeof version === 'string' ? version : 'v1';
}
