import { findObject } from '../cluster/find-object.ts';
import { refId, type ObjectRef } from '../cluster/kubernetes.ts';
import type { Secret } from '../cluster/secret.ts';
import { compareText } from '../compare-text.ts';
import type { Scene } from '../diagnose/diagnosis-scene.ts';
import type { FindingReference } from '../findings/findings.ts';
import { storesUsing, type StoreUse } from '../owners/store-credentials.ts';
import type { SecretReference } from '../secrets/references.ts';
import { places, requirementsOf, type Requirement } from '../secrets/requirements.ts';
import type { SecretNeed } from '../secrets/secret-needs.ts';
import type { SecretKeyUse, SecretSubject } from './audit-subject.ts';

/** Who uses which key of one Secret, and what breaks if it goes. */
export function explainSecret(scene: Scene, ref: ObjectRef): SecretSubject {
  const need = scene.needs.find(({ namespace, name }) => namespace === ref.namespace && name === ref.name);
  const secret = need?.secret ?? findObject(scene.snapshot.secrets.items, ref);
  const references = need?.references ?? [];
  const own = need === undefined ? [] : requirementsOf(need, scene.stack).map((each) => keyUse(scene, need, each));
  const stores = storesUsing(scene.snapshot, ref);
  const whole = stores.filter(({ key }) => key === undefined).map(({ place }) => place);
  const state = secret !== undefined ? 'present' : need?.gap === undefined ? 'missing' : 'unreadable';
  const keys = stores.reduce<readonly SecretKeyUse[]>((known, use) => withStore(known, use, secret), own);
  return {
    kind: 'secret',
    object: ref,
    state,
    ...factsOf(secret),
    keys,
    references: [...places(references.filter(({ key }) => key === undefined)), ...whole],
    unnamedKeys: unnamed(secret, keys),
    blocks: scene.blocks(needing(references)),
  };
}

/** A store logs in with a key, whatever else takes it. */
function withStore(
  keys: readonly SecretKeyUse[],
  { key, place }: StoreUse,
  secret: Secret | undefined,
): readonly SecretKeyUse[] {
  if (key === undefined) return keys;
  const known = keys.find((each) => each.key === key);
  if (known === undefined) {
    const state = secret === undefined ? 'secret-missing' : secret.data.has(key) ? 'ok' : 'missing';
    const use: SecretKeyUse = { key, required: true, state, references: [place], blocks: [] };
    return [...keys, use].sort((left, right) => compareText(left.key, right.key));
  }
  const both = { ...known, required: true, references: [...known.references, place] };
  return keys.map((each) => (each === known ? both : each));
}

function factsOf(secret: Secret | undefined): Pick<SecretSubject, 'type' | 'owner'> {
  if (secret === undefined) return {};
  const { type, owner } = secret;
  return { type, ...(owner === undefined ? {} : { owner: `${owner.by} (${owner.name})` }) };
}

function unnamed(secret: Secret | undefined, keys: readonly SecretKeyUse[]): string[] {
  const named = new Set(keys.map(({ key }) => key));
  return [...(secret?.data.keys() ?? [])].filter((key) => !named.has(key)).sort(compareText);
}

/**
 * Whoever takes the Secret as a whole starts without a key, so that only those who name it are held up; the places
 * that the stack requires it for stand in `references` all the same.
 */
function keyUse(scene: Scene, { references: all }: SecretNeed, requirement: Requirement): SecretKeyUse {
  const { key, required, state, detail, references } = requirement;
  const naming = all.filter((reference) => reference.key === key);
  return {
    key,
    required,
    state,
    ...(detail === undefined ? {} : { detail }),
    references,
    blocks: scene.blocks(needing(naming)),
  };
}

/** An Ingress blocks nothing, and what is optional neither. */
function needing(references: readonly (SecretReference | FindingReference)[]): ObjectRef[] {
  const needed = references.filter(({ kind, optional }) => !optional && kind !== 'Ingress');
  return [
    ...new Map(
      needed.map(({ kind, namespace, name }) => [refId({ kind, namespace, name }), { kind, namespace, name }]),
    ).values(),
  ];
}
