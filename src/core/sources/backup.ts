import { findObject } from '../cluster/find-object.ts';
import type { Snapshot } from '../cluster/snapshot.ts';
import type { Finding } from '../findings/findings.ts';
import { newFinding } from '../findings/new-finding.ts';
import type { BackupEntry } from '../fix/secret-reports.ts';
import type { WantedKey } from '../fix/wanted-key.ts';
import { requirements, type Requirement } from '../secrets/requirements.ts';
import type { SecretValue } from '../secrets/secret-value.ts';
import type { Stack } from '../stack/stack.ts';

/** A key that a backup is to hold, with the value that runs. */
export interface BackupKey {
  readonly wanted: WantedKey;
  readonly required: boolean;
  /** Undefined where there is none, or one that is no use to keep. */
  readonly value: SecretValue | undefined;
  /** Why there is none, or what there is to say against it. */
  readonly detail?: string;
}

/** Every key that something requires, and of the others those that have a value, or are the credentials of a registry. */
export function backupKeys(snapshot: Snapshot, stack?: Stack): BackupKey[] {
  return requirements(snapshot, stack)
    .filter((requirement) => requirement.required || requirement.state === 'ok' || isPullCredential(requirement))
    .map((requirement) => {
      const value = liveValue(requirement, snapshot);
      const wanted: WantedKey = { ...requirement, reason: 'missing' };
      if (requirement.state === 'ok' && value?.isText === true)
        return { wanted, required: requirement.required, value, ...doubtOf(value) };
      return { wanted, required: requirement.required, value: undefined, detail: whyNone(requirement) };
    });
}

/** Pods run without it only for as long as their images are on the nodes. */
export function isPullCredential({ key }: Pick<Requirement, 'key'>): boolean {
  return key === '.dockerconfigjson';
}

/** When the oldest of the values was put where it is; undefined where no source tells. */
export function oldestOf(entries: readonly BackupEntry[]): string | undefined {
  return entries.flatMap(({ storedAt }) => storedAt ?? []).sort()[0];
}

/** What the Secret holds for it now. */
export function liveValue({ namespace, secret, key }: Requirement, { secrets }: Snapshot): SecretValue | undefined {
  return findObject(secrets.items, { namespace, name: secret })?.data.get(key);
}

/** The stack demands nothing of it, or it would be none to keep: it runs so. */
function doubtOf(value: SecretValue): { detail?: string } {
  const detail = value.violation({});
  return detail === undefined ? {} : { detail };
}

function whyNone({ state, detail }: Requirement): string {
  if (state === 'ok') return 'is not text: no source can hold it';
  return detail ?? (state === 'secret-missing' ? 'the Secret is missing' : 'the Secret lacks it');
}

/** What keeps a backup from being one, of the keys that something requires. */
export function backupFindings(entries: readonly BackupEntry[], fixOf: (entry: BackupEntry) => string): Finding[] {
  return entries
    .filter(({ required, state }) => required && unusable.has(state))
    .map((entry) => {
      const { object, key, state, detail } = entry;
      return newFinding('backup-value-unusable', {
        object,
        secret: object.name,
        key,
        message: `${key} of Secret ${object.namespace}/${object.name}: ${detail ?? words[state]}`,
        fix: fixOf(entry),
      });
    });
}

/** Another value stands there than runs: which of the two is right nobody knows yet, and neither is to replace the other. */
export function isInDoubt({ state }: BackupEntry): boolean {
  return state === 'differs' || state === 'unusable';
}

/** The command that stores what a source lacks. */
export function storeAgain(places: readonly string[]): string {
  const place = places.find((each) => /^(age|azure-key-vault):/.test(each)) ?? 'age:FILE';
  return `c2l backup --to ${place}`;
}

const unusable: ReadonlySet<BackupEntry['state']> = new Set(['left-out', 'absent', 'differs', 'unusable']);

const words: Record<BackupEntry['state'], string> = {
  new: 'new',
  changed: 'changed',
  same: 'the same',
  recovered: 'recovered',
  stored: 'stored',
  'left-out': 'is not in the backup',
  equal: 'is equal to what runs',
  valid: 'is valid; nothing runs with it',
  absent: 'no source has it',
  differs: 'differs from what runs',
  unusable: 'cannot be used',
};
