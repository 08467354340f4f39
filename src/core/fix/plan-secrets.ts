import { findObject } from '../cluster/find-object.ts';
import type { ObjectRef } from '../cluster/kubernetes.ts';
import type { Secret } from '../cluster/secret.ts';
import type { Snapshot } from '../cluster/snapshot.ts';
import { compareText } from '../compare-text.ts';
import { writerIndex } from '../owners/secret-writers.ts';
import type { KeptRevision, SecretMarks } from '../revisions/kept-revision.ts';
import { marksOf, revisionsIn } from '../revisions/revision.ts';
import { isEncodedOnceMore } from '../secrets/encoded-value.ts';
import type { Requirement } from '../secrets/requirements.ts';
import type { SecretValue } from '../secrets/secret-value.ts';
import { defaultPlaceholders, type ValueFormat } from '../secrets/value-format.ts';
import { sourceNames } from '../sources/source-names.ts';
import { namespaceOf, type Stack } from '../stack/stack.ts';
import { utcText } from '../utc-text.ts';
import { isUntouched, type PlannedKey, type PlannedSecret } from './planned-secret.ts';
import type { SecretTarget } from './secret-target.ts';
import type { WantedReason, WantedKey } from './wanted-key.ts';

export interface FoundValue {
  readonly value: SecretValue;
  /** Where it came from, as people named it. */
  readonly source: string;
  /** When it was put there, in UTC, as far as the source knows. */
  readonly storedAt?: string;
}

/** What will be written to one Secret. */
export interface SecretPlan extends PlannedSecret {
  readonly current: Secret | undefined;
  readonly type: string;
  /** New values of the keys that are added or changed. */
  readonly values: ReadonlyMap<string, SecretValue>;
  /** What a Secret that is created bears beside its values; c2l's own mark where it is not known. */
  readonly marks?: SecretMarks | undefined;
}

/** The source that is named for a value nobody was asked for yet. */
export const promptSource = 'prompt';

/** The same where there is nobody to be asked: such a plan can be looked at, and not be carried out. */
export const noSource = 'no source';

type KeyPlace = Pick<WantedKey, 'namespace' | 'secret' | 'key'>;

/** Identity of a key across Secrets, and the longest form in which `--overwrite` names one. */
export function keyId(wanted: KeyPlace): string {
  return `${wanted.namespace}/${wanted.secret}/${wanted.key}`;
}

/** What tells one of these keys from the others: no more of its place than they differ in. */
export function keyNamer(keys: readonly Pick<WantedKey, 'namespace' | 'secret'>[]): (key: KeyPlace) => string {
  const isOne = (places: readonly string[]): boolean => new Set(places).size <= 1;
  if (!isOne(keys.map(({ namespace }) => namespace))) return keyId;
  if (!isOne(keys.map(({ secret }) => secret))) return ({ secret, key }) => `${secret}/${key}`;
  return ({ key }) => key;
}

/** Whether `--overwrite` names this key: as `KEY`, `SECRET/KEY` or `NAMESPACE/SECRET/KEY`. */
export function isNamedBy(key: KeyPlace, names: readonly string[]): boolean {
  const id = keyId(key);
  return names.some((name) => id === name || id.endsWith(`/${name}`));
}

/**
 * The keys that must get a value, and those that the operator named. With a Secret that is gone as a whole its optional
 * keys went too, and come back where the stack declares them. Keys of image pull secrets, certificates and
 * CSI drivers have formats and owners of their own and are wanted only where the stack declares them. Any other optional
 * key that is absent is wanted where the operator asked for it alone.
 */
export function wantedKeys(
  requirements: readonly Requirement[],
  overwrite: readonly string[],
  only: readonly string[] = [],
): WantedKey[] {
  const wanted = requirements.flatMap((requirement) => {
    const isAsked = requirement.required || isNamedBy(requirement, only);
    const needed = wantedReason({ ...requirement, required: isAsked }, isNamedBy(requirement, overwrite));
    const reason = needed ?? (isLostWithSecret(requirement) ? 'optional' : undefined);
    return reason === undefined ? [] : [toWanted(requirement, reason)];
  });
  // Pods run without the credentials of a registry until they are moved to another node.
  const isNeeded = ({ namespace, secret, key, reason }: WantedKey): boolean =>
    reason !== 'optional' ||
    key === '.dockerconfigjson' ||
    wanted.some((other) => other.reason !== 'optional' && other.secret === secret && other.namespace === namespace);
  return wanted.filter(isNeeded).sort((left, right) => compareText(keyId(left), keyId(right)));
}

function wantedReason(requirement: Requirement, isNamed: boolean): WantedReason | undefined {
  if (requirement.state === 'unreadable') return undefined;
  if (isNamed && requirement.state !== 'missing' && requirement.state !== 'secret-missing') return 'overwrite';
  if (!requirement.required || !isRestorable(requirement)) return undefined;
  switch (requirement.state) {
    case 'ok':
      return undefined;
    case 'missing':
    case 'secret-missing':
      return 'missing';
    case 'placeholder':
    case 'invalid':
      return requirement.state;
  }
}

function isLostWithSecret({ required, state, declared }: Requirement): boolean {
  return !required && state === 'secret-missing' && declared !== undefined;
}

/** Whether a key may be left without a value: nobody needs it, or the value it has may be the one that works. */
export function canDoWithout({ reason }: WantedKey): boolean {
  return reason === 'optional' || reason === 'invalid';
}

function isRestorable({ declared, references }: Requirement): boolean {
  if (declared !== undefined) return true;
  return references.some(({ via }) => ['env', 'envFrom', 'volume', 'projected-volume'].includes(via));
}

function toWanted(requirement: Requirement, reason: WantedReason): WantedKey {
  const { namespace, secret, key, detail, declared, references } = requirement;
  return {
    namespace,
    secret,
    key,
    reason,
    references,
    ...(detail === undefined ? {} : { detail }),
    ...(declared === undefined ? {} : { declared }),
  };
}

/** Groups wanted keys by Secret and joins each with what the cluster holds. */
export function secretTargets(wanted: readonly WantedKey[], snapshot: Snapshot, stack?: Stack): SecretTarget[] {
  const targets = new Map<string, WantedKey[]>();
  for (const key of wanted) {
    const id = `${key.namespace}/${key.secret}`;
    targets.set(id, [...(targets.get(id) ?? []), key]);
  }
  return [...targets.values()].flatMap((keys) => {
    const first = keys[0];
    if (first === undefined) return [];
    const object = { kind: 'Secret', namespace: first.namespace, name: first.secret };
    const current = findObject(snapshot.secrets.items, object);
    const birth = birthOf(object, current === undefined, { snapshot, stack });
    return [{ object, current, ...birth, wanted: keys.filter(({ key }) => !isKeptIn(birth.unfinished, key)) }];
  });
}

/** Of a key that was to stay as it was, the value that ran is the right one, whatever a source has. */
function isKeptIn(unfinished: KeptRevision | undefined, key: string): boolean {
  if (unfinished?.data.has(key) !== true) return false;
  return !unfinished.changes.some((planned) => planned.key === key && !isUntouched(planned));
}

/** What a Secret is created as: what the stack says, else what it was when c2l last kept it. */
function birthOf(
  object: ObjectRef,
  isAbsent: boolean,
  { snapshot, stack }: { readonly snapshot: Snapshot; readonly stack: Stack | undefined },
): Pick<SecretTarget, 'type' | 'marks' | 'unfinished'> {
  const { namespace, name } = object;
  const declared = stack?.secrets.find((entry) => entry.name === name && namespaceOf(stack, entry) === namespace);
  const [kept] = isAbsent ? revisionsIn(snapshot.secrets.items, object) : [];
  return {
    type: declared?.type ?? kept?.secretType ?? 'Opaque',
    ...(kept && { marks: marksOf(kept, writerIndex(snapshot).of(namespace, name).application !== undefined) }),
    ...(kept?.immutable === true && !kept.isReplaced ? { unfinished: kept } : {}),
  };
}

/** Why a value cannot be used for a key, in words that do not quote it; undefined where it can. */
export function rejection(
  value: SecretValue,
  wanted: WantedKey,
  stack?: Stack,
  { isVerbatim = false }: { readonly isVerbatim?: boolean } = {},
): string | undefined {
  if (value.isEmpty) return 'is empty';
  if (value.isPlaceholder(stack?.placeholders ?? defaultPlaceholders)) return 'is a placeholder';
  if (value.isStandIn) return 'stands for a value that nothing has filled in';
  const format = wanted.declared?.format;
  return format === undefined && isVerbatim ? undefined : formTrouble(value, format);
}

function formTrouble(value: SecretValue, format: ValueFormat | undefined): string | undefined {
  if (format === undefined) return value.isText ? value.violation({}) : undefined;
  const violation = value.violation(format);
  const isEncoded = violation !== undefined && isEncodedOnceMore(value, format);
  return isEncoded ? 'is base64-encoded, as kubectl prints it' : violation;
}

/**
 * What to write to one Secret. A wanted key without a value is planned as coming from where it is known to be later, else
 * from a prompt, unless it can do without one.
 */
export function planSecret(
  target: SecretTarget,
  found: ReadonlyMap<string, FoundValue>,
  later: ReadonlyMap<string, string> = new Map(),
): SecretPlan {
  const current = target.current?.data ?? new Map<string, SecretValue>();
  const values = new Map(target.unfinished?.data);
  const byKey = new Map(keptKeys(target).map((planned) => [planned.key, planned]));

  for (const wanted of target.wanted) {
    const answer = found.get(keyId(wanted));
    if (answer === undefined && canDoWithout(wanted)) continue;
    const planned = planKey(wanted, current.get(wanted.key), { answer, later });
    byKey.set(wanted.key, planned);
    if (answer !== undefined && planned.change !== 'SAME') values.set(wanted.key, answer.value);
  }

  const keys = [...byKey.values()].sort((left, right) => compareText(left.key, right.key));
  return {
    object: target.object,
    action: keys.every(isUntouched) ? 'none' : actionOn(target.current),
    keys,
    current: target.current,
    type: target.type,
    values,
    marks: target.marks,
  };
}

function keptKeys({ current, unfinished }: SecretTarget): PlannedKey[] {
  const here = [...(current?.data.keys() ?? [])].map((key): PlannedKey => ({ key, change: 'KEEP' }));
  if (unfinished === undefined) return here;
  const source = `revision (kept ${utcText(unfinished.keptAt)})`;
  return [...here, ...[...unfinished.data.keys()].map((key): PlannedKey => ({ key, change: 'ADD', source }))];
}

/** The API refuses every change of an immutable Secret: another one takes its place. */
function actionOn(current: Secret | undefined): SecretPlan['action'] {
  if (current === undefined) return 'create';
  return current.immutable ? 'recreate' : 'patch';
}

function planKey(
  wanted: WantedKey,
  before: SecretValue | undefined,
  { answer, later }: { readonly answer: FoundValue | undefined; readonly later: ReadonlyMap<string, string> },
): PlannedKey {
  const { key } = wanted;
  const source = answer?.source ?? later.get(keyId(wanted)) ?? promptSource;
  const isOpen = answer === undefined && (source === promptSource || source === noSource);
  const where = isOpen ? { names: placesOf(wanted) } : {};
  if (before === undefined) return { key, change: 'ADD', source, ...where };
  return { key, change: answer?.value.equals(before) === true ? 'SAME' : 'CHANGE', source, ...where };
}

function placesOf({ key, declared }: WantedKey): NonNullable<PlannedKey['names']> {
  const { envName, azureKeyVaultName } = sourceNames(key, declared);
  return { env: envName, azureKeyVault: azureKeyVaultName };
}

/** The keys of a plan with one kind of change. */
export function keysOf(plan: Pick<PlannedSecret, 'keys'>, change: PlannedKey['change']): string[] {
  return plan.keys.filter((entry) => entry.change === change).map(({ key }) => key);
}

/** The part of a plan that reports hold: without any value. */
export function plannedSecret({ object, action, keys, current }: SecretPlan): PlannedSecret {
  const resourceVersion = current?.metadata.resourceVersion;
  return { object, action, ...(resourceVersion === undefined ? {} : { resourceVersion }), keys };
}
