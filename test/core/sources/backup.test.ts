import { describe, expect, test } from '@jest/globals';

import type { BackupEntry } from '../../../src/core/fix/secret-reports.ts';
import { SecretValue } from '../../../src/core/secrets/secret-value.ts';
import { backupFindings, backupKeys, isInDoubt, oldestOf, storeAgain } from '../../../src/core/sources/backup.ts';
import { container, deployment, keyEnv, secretWith, snapshotOf, type Parts } from '../../support/builders.ts';

const web = (...env: ReturnType<typeof keyEnv>[]): Parts =>
  deployment('web', { spec: { containers: [container('web', { env })] } });

describe('a backup holds', () => {
  const keys = (...parts: readonly Parts[]) =>
    Object.fromEntries(
      backupKeys(snapshotOf(...parts)).map(({ wanted, required, value, detail }) => [
        `${wanted.secret}/${wanted.key}`,
        { required, isHeld: value !== undefined, detail },
      ]),
    );

  test('every key that is required, and of the others those that have a value', () => {
    const env = [keyEnv('app', 'password'), keyEnv('app', 'note', true), keyEnv('app', 'absent', true)];
    expect(keys(web(...env), secretWith('app', { password: 'long enough to keep', note: 'x', unused: 'y' }))).toEqual({
      'app/password': { required: true, isHeld: true, detail: undefined },
      'app/note': { required: false, isHeld: true, detail: undefined },
    });
  });

  test('no value of what is missing, and says so', () => {
    expect(keys(web(keyEnv('app', 'password'), keyEnv('gone', 'key')), secretWith('app', {}))).toEqual({
      'app/password': { required: true, isHeld: false, detail: 'the Secret lacks it' },
      'gone/key': { required: true, isHeld: false, detail: 'the Secret is missing' },
    });
  });

  test('no bytes, as no source can hold them', () => {
    const data = new Map([['password', SecretValue.fromBase64('//4A')]]);
    expect(keys(web(keyEnv('app', 'password')), secretWith('app', {}, { data }))).toEqual({
      'app/password': { required: true, isHeld: false, detail: 'is not text: no source can hold it' },
    });
  });

  test('what runs, with what there is to say against it', () => {
    const [key] = backupKeys(snapshotOf(web(keyEnv('app', 'password')), secretWith('app', { password: 'abcdefgh\n' })));
    expect(key?.value?.equals(SecretValue.fromText('abcdefgh\n'))).toBe(true);
    expect(key?.detail).toMatch(/line break/);
  });
});

const entry = (state: BackupEntry['state'], more: Partial<BackupEntry> = {}): BackupEntry => ({
  object: { kind: 'Secret', namespace: 'shop', name: 'app' },
  key: 'password',
  required: true,
  name: 'PASSWORD',
  state,
  ...more,
});

describe('what keeps a backup from being one', () => {
  const told = (...entries: readonly BackupEntry[]) => backupFindings(entries, ({ name }) => `store ${name}`);

  test.each<[BackupEntry['state'], string | undefined]>([
    ['new', undefined],
    ['changed', undefined],
    ['same', undefined],
    ['recovered', undefined],
    ['stored', undefined],
    ['equal', undefined],
    ['valid', undefined],
    ['left-out', 'is not in the backup'],
    ['absent', 'no source has it'],
    ['differs', 'differs from what runs'],
    ['unusable', 'cannot be used'],
  ])('of a required key that is %s', (state, words) => {
    expect(told(entry(state)).map(({ message }) => message)).toEqual(
      words === undefined ? [] : [`password of Secret shop/app: ${words}`],
    );
    expect(told(entry(state, { required: false }))).toEqual([]);
    expect(isInDoubt(entry(state))).toBe(state === 'differs' || state === 'unusable');
  });

  test('is told with its own reason where there is one, and the next command', () => {
    expect(told(entry('unusable', { detail: 'is shorter than 16 characters' }))).toMatchObject([
      {
        code: 'backup-value-unusable',
        object: { kind: 'Secret', namespace: 'shop', name: 'app' },
        secret: 'app',
        key: 'password',
        message: 'password of Secret shop/app: is shorter than 16 characters',
        fix: 'store PASSWORD',
      },
    ]);
  });
});

test('the age of a backup is that of its oldest value, as far as sources tell', () => {
  const [young, old] = ['2026-02-02T00:00:00Z', '2026-01-01T00:00:00Z'];
  expect(oldestOf([entry('equal', { storedAt: young }), entry('equal', { storedAt: old }), entry('equal')])).toBe(old);
  expect(oldestOf([entry('equal')])).toBeUndefined();
});

test.each([
  [['env:backup.env', 'azure-key-vault:shop'], 'c2l backup --to azure-key-vault:shop'],
  [['age:values.age', 'azure-key-vault:shop'], 'c2l backup --to age:values.age'],
  [['env:age:x'], 'c2l backup --to age:FILE'],
  [[], 'c2l backup --to age:FILE'],
])('what sources %j lack is stored where a backup can be kept', (places, command) => {
  expect(storeAgain(places)).toBe(command);
});
