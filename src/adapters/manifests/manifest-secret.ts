import type { FieldPath, ManifestContent } from '../../core/manifests/manifests.ts';
import { SecretValue } from '../../core/secrets/secret-value.ts';
import { defaultPlaceholders } from '../../core/secrets/value-format.ts';
import { asObject } from '../json-object.ts';
import { toSecret } from '../kubernetes/kubernetes-secret.ts';

type Fields = Record<string, unknown>;
type Misfit = { readonly path: FieldPath; readonly message: string };

/**
 * A Secret as it stands in a file. Values that a tool puts in later (SOPS, a vault plugin of Argo CD) are there, and
 * cannot be seen; all others can be seen by everybody who reads the file.
 */
export function manifestSecret(fields: Fields, isInGit: boolean): ManifestContent | Misfit {
  const data = new Map<string, string>();
  for (const field of ['data', 'stringData'] as const) {
    const values = fields[field] ?? {};
    const entries = asObject(values);
    if (entries === undefined) return { path: [field], message: `${field} is not keys with values` };
    for (const [key, value] of Object.entries(entries)) {
      const text = value === null ? '' : value;
      if (typeof text !== 'string') return { path: [field, key], message: `${field}.${key} is no text: quote it` };
      const base64 = field === 'data' ? text.replace(/\s/g, '') : btoaText(text);
      if (isHidden(field, text)) continue;
      if (isTemplate(text)) return { path: [field, key], message: `the value of ${key} is a template` };
      if (!isBase64(base64))
        return { path: [field, key], message: `data.${key} is not base64; plain text belongs in stringData` };
      data.set(key, base64);
    }
  }
  return content(fields, data, isInGit);
}

function content(fields: Fields, data: ReadonlyMap<string, string>, isInGit: boolean): ManifestContent | Misfit {
  const given = asObject(fields['metadata']) ?? {};
  const metadata = { ...given, namespace: given['namespace'] ?? '' };
  const secret = toSecret({ ...fields, metadata, data: Object.fromEntries(data) });
  if (secret === undefined) return { path: ['metadata'], message: 'metadata is not what the API takes there' };
  const all = ['data', 'stringData'].flatMap((field) => Object.keys(asObject(fields[field]) ?? {}));
  const unseen = all.filter((key) => !data.has(key));
  if (asObject(fields['sops']) !== undefined) {
    const promised = { names: new Set(all), hasOthers: false };
    return { as: 'secret', secret: { ...secret, data: new Map(), promised }, plainKeys: [], isInGit };
  }
  const isToken = secret.type === 'kubernetes.io/service-account-token';
  return {
    as: 'secret',
    secret:
      unseen.length > 0 || isToken ? { ...secret, promised: { names: new Set(unseen), hasOthers: isToken } } : secret,
    plainKeys: [...secret.data].filter(([, value]) => isPlain(value)).map(([key]) => key),
    isInGit,
  };
}

function isPlain(value: SecretValue): boolean {
  return !value.isEmpty && !value.isPlaceholder(defaultPlaceholders);
}

/** `<path:…>` and `<key>` of the Argo CD Vault Plugin, `ref+vault://…` of vals, `ENC[…]` of SOPS. */
function isHidden(field: 'data' | 'stringData', text: string): boolean {
  return /^(<[^<>\s]+>|ref\+\w+:\/\/\S+|ENC\[[\s\S]*\])$/.test(text) && (field === 'stringData' || !isBase64(text));
}

function isTemplate(text: string): boolean {
  return /\{\{[\s\S]*\}\}/.test(text);
}

function isBase64(text: string): boolean {
  return /^[A-Za-z0-9+/]*={0,2}$/.test(text) && text.length % 4 === 0;
}

function btoaText(text: string): string {
  return SecretValue.fromText(text).revealBase64();
}
