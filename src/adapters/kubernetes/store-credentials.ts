import type { StoreCredential } from '../../core/cluster/secret-writer-objects.ts';
import { asObject } from '../json-object.ts';

/**
 * A store with the Secrets that it logs in with as `spec.credentials`. Each provider has them at places of its own, by
 * fields that are called alike: `auth.tokenSecretRef`, `authSecretRef.clientId`, `auth.token.bearerToken`.
 */
export function withCredentials(value: unknown): unknown {
  const store = asObject(value);
  const spec = asObject(store?.['spec']);
  if (store === undefined || spec === undefined) return value;
  return { ...store, spec: { ...spec, credentials: found(spec['provider'], false) } };
}

const secretFields = /secretRef$|^(?:bearerToken|clientCert|clientKey|roleRef)$/i;

function found(value: unknown, isBeneath: boolean): StoreCredential[] {
  if (Array.isArray(value)) return value.flatMap((each) => found(each, isBeneath));
  return Object.entries(asObject(value) ?? {}).flatMap(([field, inner]) => {
    const names = isBeneath || secretFields.test(field) || isCertificateAuthority(field, inner);
    const own = names ? credential(inner) : undefined;
    return own === undefined ? found(inner, names) : [own];
  });
}

/** It may as well stand in a ConfigMap. */
function isCertificateAuthority(field: string, value: unknown): boolean {
  return field === 'caProvider' && asObject(value)?.['type'] === 'Secret';
}

function credential(value: unknown): StoreCredential | undefined {
  const { name, key, namespace } = asObject(value) ?? {};
  if (typeof name !== 'string') return undefined;
  return {
    name,
    ...(typeof key === 'string' && { key }),
    ...(typeof namespace === 'string' && { namespace }),
  };
}
