import { refId } from '../cluster/kubernetes.ts';
import { refOf } from '../cluster/object-owners.ts';
import type { Secret } from '../cluster/secret.ts';
import type { Snapshot } from '../cluster/snapshot.ts';
import { listText } from '../list-text.ts';
import { namesIssuer, isIssued } from '../owners/issued-certificates.ts';
import type { SecretReference } from '../secrets/references.ts';
import { secretNeeds, type SecretNeed } from '../secrets/secret-needs.ts';
import { sharedSourceNames, sourceNames } from '../sources/source-names.ts';
import { draftKey, draftKeys, emptyKeys, takesAll } from './draft-keys.ts';
import type { DraftKey, DraftOmission, DraftSecret } from './stack-draft.ts';

/** Every Secret that something needs, but for certificates that are issued: those are in no source of values. */
export function draftSecrets(snapshot: Snapshot, first: string): DraftSecret[] {
  const needs = secretNeeds(snapshot).filter((need) => !isIssuedCertificate(need, snapshot));
  const drafts = needs.map((need) => draftSecret(need, first));
  return withOwnNames(drafts, first);
}

/** What is left out of it, for people to see. */
export function issuedCertificates(snapshot: Snapshot): DraftOmission[] {
  return secretNeeds(snapshot)
    .filter((need) => isIssuedCertificate(need, snapshot))
    .map(({ namespace, name }) => ({
      workload: `Secret/${name}`,
      note: `Left out: Secret ${namespace}/${name}, as cert-manager issues it.`,
    }));
}

function isIssuedCertificate({ secret, references }: SecretNeed, { ingresses }: Snapshot): boolean {
  if (!references.every(isCertificate)) return false;
  if (secret !== undefined && isIssued(secret)) return true;
  const users = new Set(references.map(refId));
  return ingresses.items.some(({ metadata }) => users.has(refId(refOf('Ingress', metadata))) && namesIssuer(metadata));
}

function isCertificate({ via }: SecretReference): boolean {
  return via === 'tls';
}

function isPull({ via }: SecretReference): boolean {
  return via === 'imagePullSecrets' || via === 'serviceAccount';
}

const dockerConfig = 'kubernetes.io/dockerconfigjson';
const olderDockerConfig = 'kubernetes.io/dockercfg';
const certificateType = 'kubernetes.io/tls';

function draftSecret(need: SecretNeed, first: string): DraftSecret {
  const { name, namespace } = need;
  const { type, keys, notes } = draftOf(need);
  return {
    name,
    ...(namespace === first ? {} : { namespace }),
    ...(type === 'Opaque' ? {} : { type }),
    keys,
    notes,
  };
}

type Drafted = Pick<DraftSecret, 'keys' | 'notes'> & { readonly type: string };

function draftOf(need: SecretNeed): Drafted {
  const { references, secret } = need;
  if (references.every(isPull)) return pullDraft(secret);
  if (references.every(isCertificate)) return certificateDraft(secret);
  return { type: secret?.type ?? 'Opaque', keys: draftKeys(need), notes: [...takenNotes(need), ...emptyNotes(need)] };
}

/** A node that has the images already starts pods without it; one of another type is used by none. */
function pullDraft(secret: Secret | undefined): Drafted {
  const type = secret?.type === olderDockerConfig ? olderDockerConfig : dockerConfig;
  const key = type === dockerConfig ? '.dockerconfigjson' : '.dockercfg';
  const isOther = secret !== undefined && secret.type !== type;
  return {
    type,
    keys: [{ key, required: false, format: { kind: 'json' } }],
    notes: [
      'For pulling images. Not required: a node that has them already starts pods without it.',
      ...(isOther ? [`Guess: the type that pulling needs; it is ${secret.type} now, which no node uses.`] : []),
    ],
  };
}

function certificateDraft(secret: Secret | undefined): Drafted {
  return {
    type: certificateType,
    keys: ['tls.crt', 'tls.key'].map((key) => draftKey([key, true], secret)),
    notes: ['Guess: a certificate that nobody issues: it comes from a source of values.'],
  };
}

function emptyNotes(need: SecretNeed): string[] {
  const empty = emptyKeys(need);
  return empty.length === 0
    ? []
    : [`Left out: ${listText(empty)}, empty now, which may be meant: a key that stands here must have a value.`];
}

function takenNotes({ secret, references }: SecretNeed): string[] {
  if (!takesAll(references)) return [];
  return secret === undefined
    ? ['Not known: something takes all of its keys, whatever they are; add those that must be there.']
    : ['Guess: something takes all of its keys, so all that are there now are taken for required.'];
}

/** Keys that would share one value by accident, and names that begin with a dot, get the Secret's name before theirs. */
function withOwnNames(drafts: readonly DraftSecret[], first: string): DraftSecret[] {
  const named = drafts.flatMap(({ name, namespace = first, keys }) =>
    keys.map(({ key, isSlip = false }) => ({ namespace, secret: name, key, isSlip })),
  );
  const shared = new Set(sharedSourceNames(named.filter(({ isSlip }) => !isSlip)).flatMap(({ keys }) => keys));
  const needsOwn = ({ namespace, secret, key, isSlip }: (typeof named)[number]): boolean =>
    isSlip || key.startsWith('.') || shared.has(`${namespace}/${secret}/${key}`);
  const nameFor = nameGiver(named.filter((each) => !needsOwn(each)).map(({ key }) => key));
  return drafts.map((draft) => ({
    ...draft,
    keys: draft.keys.map((entry) => {
      const { key, isSlip = false } = entry;
      const isOwn = needsOwn({ namespace: draft.namespace ?? first, secret: draft.name, key, isSlip });
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
