import type { Pod } from '../cluster/kubernetes-pod.ts';
import { refOf } from '../cluster/object-owners.ts';
import type { Secret } from '../cluster/secret.ts';
import { type HeldValue, allHeld } from './held-value.ts';
import { secretReferences, type SecretReference } from './references.ts';
import type { SecretValue } from './secret-value.ts';
import type { SecretsView } from './secrets-view.ts';
import { isLater, isSameSecond } from './write-time.ts';

/** What the running containers of a pod hold, compared with the Secrets as they are now. */
export interface ValuesInUse {
  /** Why a container must begin anew: only for what is proven, since those that are served would notice. */
  readonly outdated?: string;
  /** Why a value that was written since is trusted to be the one in use. */
  readonly trusted?: string;
  /** Why some may be older, which only somebody can tell who knows what was changed. */
  readonly doubted?: DoubtedValues;
}

export interface DoubtedValues {
  readonly text: string;
  /** What a restart is asked for by. */
  readonly subject: string;
  /** Written in the second in which it was read: as likely as not. */
  readonly isEven: boolean;
}

/** Volumes are left out: kubelet refreshes them, except where a `subPath` is mounted or the Secret is immutable. */
export function valuesInUse(pod: Pod, references: readonly SecretReference[], view: SecretsView): ValuesInUse {
  const judged = judgedValues(pod, references, view);
  const outdated = judged.find((value) => value.outdated !== undefined);
  if (outdated !== undefined) return outdated;
  const trusted = judged.find((value) => value.trusted !== undefined);
  const doubted = doubtedValues(pod, references, view);
  return { ...trusted, ...(doubted === undefined ? {} : { doubted }) };
}

/** Names the one key, or the Secret where several of its keys are in doubt. */
function doubtedValues(pod: Pod, references: readonly SecretReference[], view: SecretsView): DoubtedValues | undefined {
  const doubted = allHeld(pod, references, view).flatMap((held) => {
    const { reference, startedAt } = held;
    const { trusted, doubt, putBack } = valueInUse(pod, held, view);
    if (trusted !== undefined) return [];
    return doubt ?? putBack ?? doubtOfSeveral(reference, startedAt, view) ?? [];
  });
  const [first] = doubted;
  if (first === undefined) return undefined;
  const { secret, key } = first.value;
  const keys = new Set(doubted.flatMap(({ value }) => (value.secret === secret ? [value.key] : [])));
  const meant = { secret, ...(keys.size === 1 && key !== undefined && { key }) };
  const subject = meant.key === undefined ? `secret/${secret}` : `secret/${secret}:${meant.key}`;
  const isEven = doubted.some((doubt) => doubt.isEven === true);
  return { text: doubtText({ ...first, value: meant }), subject, isEven };
}

/** Of one that writes several keys, and wrote after a value was taken, or in the second of it. */
function doubtOfSeveral(reference: SecretReference, startedAt: string, view: SecretsView): Doubt | undefined {
  const secret = view.secret(reference.namespace, reference.secret);
  if (secret === undefined) return undefined;
  const times = keysRead(reference, secret).map((key) => secret.keyDoubtedAt.get(key));
  if (times.some((time) => isLater(time, startedAt))) return { value: reference };
  return times.some((time) => isSameSecond(time, startedAt)) ? writtenAtOnce(reference) : undefined;
}

/** Everything that is older in a pod than in its Secrets, or may be. */
export function oldValues(pod: Pod, view: SecretsView): { readonly outdated: string[]; readonly doubtful: string[] } {
  const judged = judgedValues(pod, secretReferences(refOf('Pod', pod.metadata), pod.spec), view);
  return {
    outdated: judged.flatMap(({ outdated }) => outdated ?? []),
    doubtful: judged.flatMap(({ doubt }) => (doubt === undefined ? [] : [doubtText(doubt)])),
  };
}

/** The Secrets of which a pod holds something that is older. */
export function outdatedSecrets(pod: Pod, view: SecretsView): ReadonlySet<string> {
  const references = secretReferences(refOf('Pod', pod.metadata), pod.spec);
  const judged = allHeld(pod, references, view).filter((held) => valueInUse(pod, held, view).outdated !== undefined);
  return new Set(judged.map(({ reference }) => reference.secret));
}

/** What a container may hold an older value of, or lack, where nobody can tell. */
interface Doubt {
  readonly value: Pick<SecretReference, 'secret' | 'key'>;
  readonly lacks?: true;
  /** What was done to it, and when. */
  readonly was?: string;
  /** As likely as not: done in the second in which the container began. */
  readonly isEven?: true;
}

function writtenAtOnce(value: SecretReference): Doubt {
  return { value, was: 'written in the second it began', isEven: true };
}

interface JudgedValue extends ValuesInUse {
  readonly doubt?: Doubt;
  /** As `doubt`, of a repair that gives back what was there, as most do: a restart tells it, an audit does not. */
  readonly putBack?: Doubt;
}

function doubtText({ value, lacks, was }: Doubt): string {
  const what = `${lacks ? 'without' : 'with an older value of'} ${valueText(value)}`;
  return `may run ${what}${was === undefined ? '' : `, which was ${was}`}`;
}

function judgedValues(pod: Pod, references: readonly SecretReference[], view: SecretsView): readonly JudgedValue[] {
  return allHeld(pod, references, view).map((held) => valueInUse(pod, held, view));
}

/** Whether nothing of a Secret was written since a pod took a value of it, by the time of its last write. */
export function isCurrent(pod: Pod, { reference, startedAt }: HeldValue, view: SecretsView): boolean {
  const secret = view.secret(reference.namespace, reference.secret);
  if (secret?.lastWrite === undefined || keptValue(pod, reference, view) !== undefined) return false;
  return [secret.lastWrite.at, secret.metadata.creationTimestamp].every((written) => isLater(startedAt, written));
}

function valueInUse(pod: Pod, { reference, startedAt }: HeldValue, view: SecretsView): JudgedValue {
  const judged = valueByTime(reference, startedAt, view);
  return judged.outdated === undefined ? (keptValue(pod, reference, view) ?? judged) : judged;
}

/** Of an immutable Secret that was created again before the pod began, and which kubelet had kept the old one of. */
function keptValue(pod: Pod, reference: SecretReference, view: SecretsView): JudgedValue | undefined {
  const secret = view.secret(reference.namespace, reference.secret);
  const older = secret?.immutable === true ? view.olderUser(pod, secret) : undefined;
  if (secret === undefined || older === undefined) return undefined;
  const { keyChangedAt, keyAddedAt, metadata } = secret;
  const isNew = (key: string): boolean =>
    [keyChangedAt.get(key), keyAddedAt.get(key)].includes(metadata.creationTimestamp);
  const keys = keysRead(reference, secret);
  if (isNotedByCreator(secret) ? !keys.some(isNew) : keys.length === 0) return undefined;
  const was = `created again while pod/${older.metadata.name} on its node held kubelet to the old one`;
  return { outdated: doubtText({ value: reference, was }) };
}

function valueByTime(reference: SecretReference, startedAt: string, view: SecretsView): JudgedValue {
  const secret = view.secret(reference.namespace, reference.secret);
  if (secret === undefined) return {};
  const keys = keysRead(reference, secret);
  if (keys.some((key) => isLater(secret.keyChangedAt.get(key), startedAt))) {
    return { outdated: `runs with an older value of ${valueText(reference)}` };
  }
  if (keys.some((key) => isSameSecond(secret.keyChangedAt.get(key), startedAt))) {
    return { doubt: writtenAtOnce(reference) };
  }
  // What needs the key could only begin while it was there.
  const hadIt = reference.key !== undefined && !reference.optional;
  const added = keys.find((key) => isLater(secret.keyAddedAt.get(key), startedAt));
  if (added !== undefined) {
    const name = valueText({ secret: reference.secret, key: added });
    return hadIt
      ? valuePutBack(reference, secret.data.get(added), view)
      : { outdated: `may run without ${name}, which was added since` };
  }
  const justAdded = hadIt ? undefined : keys.find((key) => isSameSecond(secret.keyAddedAt.get(key), startedAt));
  if (justAdded !== undefined) {
    const value = { secret: reference.secret, key: justAdded };
    return { doubt: { value, lacks: true, was: 'added in the second it began', isEven: true } };
  }
  return keys.length === 0 ? {} : recreatedValue(reference, secret, startedAt);
}

/** The value that is put back may be another than the one that was lost, which a copy of it tells where there is one. */
function valuePutBack(reference: SecretReference, value: SecretValue | undefined, view: SecretsView): JudgedValue {
  const { namespace, secret, key = '' } = reference;
  const kept = view.keptValue(namespace, secret, key);
  if (value !== undefined && kept?.equals(value) === true) {
    return { trusted: `began with the value of ${valueText(reference)} that was put back` };
  }
  return { putBack: { value: reference, was: 'put back since' } };
}

/** Of a Secret that somebody created after the container began: whoever needs it saw another one in its place. */
function recreatedValue(reference: SecretReference, secret: Secret, startedAt: string): JudgedValue {
  if (!isLater(secret.metadata.creationTimestamp, startedAt) || isNotedByCreator(secret)) return {};
  const doubt: Doubt = reference.optional
    ? { value: reference, lacks: true, was: 'created since' }
    : { value: reference, was: 'created again since' };
  // An immutable Secret gets another value only by another one that takes its place: that is what it is done for.
  return secret.immutable && !reference.optional ? { outdated: doubtText(doubt) } : { doubt };
}

/** c2l notes what it changes of a Secret that it creates again; the other keys are as they were. */
function isNotedByCreator({ keyChangedAt, keyAddedAt, metadata: { creationTimestamp = '' } }: Secret): boolean {
  return [...keyChangedAt.values(), ...keyAddedAt.values()].includes(creationTimestamp);
}

/** Whether a value may have been written after a time: good enough where a wrong yes harms nobody. */
export function isWrittenAfter(time: string | undefined, reference: SecretReference, view: SecretsView): boolean {
  const secret = view.secret(reference.namespace, reference.secret);
  if (secret === undefined) return false;
  const { keyChangedAt, keyAddedAt, metadata } = secret;
  return keysRead(reference, secret).some((key) =>
    [keyChangedAt.get(key), keyAddedAt.get(key), metadata.creationTimestamp].some((written) => isLater(written, time)),
  );
}

function keysRead({ key }: SecretReference, { data }: Secret): readonly string[] {
  if (key === undefined) return [...data.keys()];
  return data.has(key) ? [key] : [];
}

/** A value as people would name it. */
export function valueText({ secret, key }: Pick<SecretReference, 'secret' | 'key'>): string {
  return key === undefined ? `Secret ${secret}` : `key ${key} of Secret ${secret}`;
}
