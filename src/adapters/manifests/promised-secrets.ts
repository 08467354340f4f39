import type { FieldPath, PromisedSecret, PromisedStore } from '../../core/manifests/manifests.ts';
import { asObject, asText } from '../json-object.ts';

type Fields = Record<string, unknown>;

interface Source {
  /** Of the object that makes the promise. */
  readonly name: string;
  readonly spec: Fields;
}

/** Which Secrets an object of a kind has other programs write, and with which keys. */
const promisers: Readonly<Record<string, (source: Source) => readonly PromisedSecret[]>> = {
  'external-secrets.io/ExternalSecret': externalSecret,
  'external-secrets.io/ClusterExternalSecret': clusterExternalSecret,
  'bitnami.com/SealedSecret': sealedSecret,
  'cert-manager.io/Certificate': certificate,
  'secrets-store.csi.x-k8s.io/SecretProviderClass': providerClass,
};

/** As GROUP/KIND. */
export const promisingKinds: ReadonlySet<string> = new Set(Object.keys(promisers));

/** Undefined where objects of the kind promise nothing. */
export function promisedSecrets(
  group: string,
  kind: string,
  { name, spec }: { readonly name: string; readonly spec: unknown },
): readonly PromisedSecret[] | undefined {
  return promisers[`${group}/${kind}`]?.({ name, spec: asObject(spec) ?? {} });
}

function externalSecret({ name, spec }: Source): PromisedSecret[] {
  const target = asObject(spec['target']) ?? {};
  const policy = asText(target['creationPolicy']);
  if (policy === 'None') return [];
  const template = asObject(target['template']) ?? {};
  const { keys, hasOthers } = externalKeys(spec, template);
  return [
    {
      name: asText(target['name']) || name,
      type: asText(template['type']) || 'Opaque',
      keys,
      hasOthers: hasOthers || policy === 'Merge',
      ...(policy === 'Merge' && { isMerged: true as const }),
      owner: { by: 'external-secrets', name },
      stores: storesOf(spec),
    },
  ];
}

/** Each key may have a store of its own. */
function storesOf(spec: Fields): PromisedStore[] {
  const places: readonly FieldPath[] = [
    ['secretStoreRef'],
    ...(['data', 'dataFrom'] as const).flatMap((field) =>
      asList(spec[field]).map((_, index): FieldPath => [field, index, 'sourceRef', 'storeRef']),
    ),
  ];
  return places.flatMap((path) => {
    const ref = path.reduce<unknown>((value, step) => (value as Fields | undefined)?.[step], spec);
    const { name, kind } = asObject(ref) ?? {};
    if (asText(name) === '') return [];
    return [{ kind: asText(kind) || 'SecretStore', name: asText(name), path: ['spec', ...path] }];
  });
}

function clusterExternalSecret({ name, spec }: Source): PromisedSecret[] {
  const inner = { name: asText(spec['externalSecretName']) || name, spec: asObject(spec['externalSecretSpec']) ?? {} };
  const named = Array.isArray(spec['namespaces']) ? spec['namespaces'].map(asText) : [];
  return externalSecret(inner).map(({ stores = [], ...promise }) => ({
    ...promise,
    // Of its own namespace it has none: which a store's name stands for is told by where its Secrets will be.
    stores: stores.map((store) => ({ ...store, path: ['spec'] })),
    namespaces: named.length > 0 ? named : 'any',
  }));
}

/** A template with data of its own stands in for what was fetched, unless it is told to be merged. */
function externalKeys(spec: Fields, template: Fields): Pick<PromisedSecret, 'keys' | 'hasOthers'> {
  const fetched = listOf(spec['data']).map((entry) => asText(entry['secretKey']));
  const templated = Object.keys(asObject(template['data']) ?? {});
  const isOpenTemplate = listOf(template['templateFrom']).length > 0;
  const replaces = (templated.length > 0 || isOpenTemplate) && template['mergePolicy'] !== 'Merge';
  if (replaces) return { keys: templated, hasOthers: isOpenTemplate };
  return { keys: [...fetched, ...templated], hasOthers: isOpenTemplate || listOf(spec['dataFrom']).length > 0 };
}

function sealedSecret({ name, spec }: Source): PromisedSecret[] {
  const template = asObject(spec['template']) ?? {};
  const annotations = asObject(asObject(template['metadata'])?.['annotations']) ?? {};
  return [
    {
      name,
      type: asText(template['type']) || 'Opaque',
      keys: [asObject(spec['encryptedData']), asObject(template['data'])].flatMap((data) => Object.keys(data ?? {})),
      // The old form seals all keys in one text; a patch joins whatever is there already.
      hasOthers: spec['data'] !== undefined || annotations['sealedsecrets.bitnami.com/patch'] === 'true',
      owner: { by: 'sealed-secrets', name },
    },
  ];
}

function certificate({ name, spec }: Source): PromisedSecret[] {
  const owner = { by: 'controller', name: `Certificate/${name}` } as const;
  return [
    {
      name: asText(spec['secretName']),
      type: 'kubernetes.io/tls',
      keys: ['tls.crt', 'tls.key', 'ca.crt'],
      hasOthers: spec['keystores'] !== undefined || spec['additionalOutputFormats'] !== undefined,
      owner,
    },
  ];
}

function providerClass({ name, spec }: Source): PromisedSecret[] {
  return listOf(spec['secretObjects']).map((secret) => ({
    name: asText(secret['secretName']),
    type: asText(secret['type']) || 'Opaque',
    keys: listOf(secret['data']).map((entry) => asText(entry['key'])),
    hasOthers: false,
    owner: { by: 'controller', name: `SecretProviderClass/${name}` },
  }));
}

function asList(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function listOf(value: unknown): Fields[] {
  return asList(value)
    .map(asObject)
    .filter((item) => item !== undefined);
}
