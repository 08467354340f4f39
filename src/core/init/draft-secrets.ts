import type { Secret } from '../secret.ts';
import { secretNeeds, type KeyNeed, type SecretNeed } from '../secret-needs.ts';
import type { SecretReference } from '../references.ts';
import type { Snapshot } from '../snapshot.ts';
import { sharedSourceNames, sourceNames } from '../source-names.ts';
import { defaultPlaceholders } from '../value-format.ts';
import { guessKey } from './guess-key.ts';
import type { DraftKey, DraftSecret } from './stack-draft.ts';

/** Every Secret that something needs, but for certificates: those have an issuer, and are in no source of values. */
export function draftSecrets(snapshot: Snapshot, first: string): DraftSecret[] {
  const needs = secretNeeds(snapshot).filter(({ references }) => !references.every(isCertificate));
  const drafts = needs.map((need) => draftSecret(need, first));
  return withOwnNames(drafts, first);
}

function isCertificate({ via }: SecretReference): boolean {
  return via === 'tls';
}

function isPull({ via }: SecretReference): boolean {
  return via === 'imagePullSecrets' || via === 'serviceAccount';
}

const dockerConfig = 'kubernetes.io/dockerconfigjson';

function draftSecret(need: SecretNeed, first: string): DraftSecret {
  const { name, namespace, references, secret } = need;
  const isPullSecret = references.every(isPull);
  const type = secret?.type ?? (isPullSecret ? dockerConfig : 'Opaque');
  return {
    name,
    ...(namespace === first ? {} : { namespace }),
    ...(type === 'Opaque' ? {} : { type }),
    keys: isPullSecret ? [pullKey] : keysOf(need),
    notes: notesOf(need, isPullSecret),
  };
}

/** A node that has the images already starts pods without it. */
const pullKey: DraftKey = { key: '.dockerconfigjson', required: false, format: { kind: 'json' } };

function notesOf({ secret, references }: SecretNeed, isPullSecret: boolean): string[] {
  if (isPullSecret) return ['For pulling images. Not required: a node that has them already starts pods without it.'];
  if (!takesAll(references)) return [];
  return secret === undefined
    ? ['Not known: something takes all of its keys, whatever they are; add those that must be there.']
    : ['Guess: something takes all of its keys, so all that are there now are taken for required.'];
}

function takesAll(references: readonly SecretReference[]): boolean {
  return references.some(({ key, via }) => key === undefined && (via === 'envFrom' || via.endsWith('volume')));
}

function keysOf({ keys, references, secret }: SecretNeed): DraftKey[] {
  const named = new Map(keys.map((need) => [need.key, isRequired(need)]));
  const taken = takesAll(references) ? [...(secret?.data.keys() ?? []), ...(secret?.promised?.names ?? [])] : [];
  const needed = references.some(({ key, optional }) => key === undefined && !optional);
  for (const key of taken) if (!named.has(key)) named.set(key, needed);
  return [...named].sort(([left], [right]) => (left < right ? -1 : 1)).map((entry) => draftKey(entry, secret));
}

function isRequired({ isNeeded }: KeyNeed): boolean {
  return isNeeded;
}

/** A format that the present value does not fit would make a healthy cluster red. */
function draftKey([key, required]: readonly [string, boolean], secret: Secret | undefined): DraftKey {
  const { format, generate } = guessKey(key, required);
  const value = secret?.data.get(key);
  const isUsed = value !== undefined && !value.isEmpty && !value.isPlaceholder(defaultPlaceholders);
  const misfits = format !== undefined && isUsed && value.violation(format) !== undefined;
  return {
    key,
    ...(required ? {} : { required: false }),
    ...(format === undefined || misfits ? {} : { format }),
    ...(generate === undefined ? {} : { generate }),
    ...(misfits ? { note: 'no format: the present value is not what the name suggests' } : {}),
  };
}

/** Keys that would share one value by accident, and names that begin with a dot, get the Secret's name before theirs. */
function withOwnNames(drafts: readonly DraftSecret[], first: string): DraftSecret[] {
  const named = drafts.flatMap(({ name, namespace = first, keys }) =>
    keys.map(({ key }) => ({ namespace, secret: name, key })),
  );
  const shared = new Set(sharedSourceNames(named).flatMap(({ keys }) => keys));
  const needsOwn = ({ namespace, secret, key }: (typeof named)[number]): boolean =>
    key.startsWith('.') || shared.has(`${namespace}/${secret}/${key}`);
  const nameFor = nameGiver(named.filter((each) => !needsOwn(each)).map(({ key }) => key));
  return drafts.map((draft) => ({
    ...draft,
    keys: draft.keys.map((entry) => {
      const isOwn = needsOwn({ namespace: draft.namespace ?? first, secret: draft.name, key: entry.key });
      return isOwn ? { ...entry, from: nameFor(draft.name, entry.key) } : entry;
    }),
  }));
}

/** Copies of one Secret in several namespaces have one name; nothing else has the name of another. */
function nameGiver(taken: readonly string[]): (secret: string, key: string) => NonNullable<DraftKey['from']> {
  // Names that differ as variables differ in a vault too.
  const used = new Set(taken.map((key) => ownNames(key).env));
  const given = new Map<string, NonNullable<DraftKey['from']>>();
  return (secret, key) => {
    const place = `${secret}/${key}`;
    const base = `${secret}-${key.replace(/^\./, '')}`;
    let names = given.get(place) ?? ownNames(base);
    for (let number = 2; !given.has(place) && used.has(names.env); number++) names = ownNames(`${base}-${number}`);
    given.set(place, names);
    used.add(names.env);
    return names;
  };
}

function ownNames(text: string): NonNullable<DraftKey['from']> {
  const { envName, azureKeyVaultName } = sourceNames(text);
  return { env: envName, azureKeyVault: azureKeyVaultName };
}
