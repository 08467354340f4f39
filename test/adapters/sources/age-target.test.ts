import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generateIdentity, identityToRecipient } from 'age-encryption';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { ageTarget } from '../../../src/adapters/sources/age-target.ts';
import { openSource } from '../../../src/adapters/sources/open-source.ts';
import { SecretValue } from '../../../src/core/secrets/secret-value.ts';
import type { BackupTarget, WantedValue } from '../../../src/value-ports.ts';

const wanted: WantedValue = { namespace: 'n', secret: 's', key: 'a', envName: 'A', azureKeyVaultName: 'a' };
const now = () => new Date('2026-11-29T23:55:00.123Z');
const { signal } = new AbortController();
let folder: string;
let recipient: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'c2l-age-target-'));
  const identity = await generateIdentity();
  recipient = await identityToRecipient(identity);
  await writeFile(join(folder, 'key.txt'), identity, { mode: 0o600 });
});

afterEach(async () => {
  await rm(folder, { recursive: true });
});

const target = (file: string) => ageTarget(file, { cwd: folder, recipients: [recipient], now });
const store = (to: BackupTarget, value: string) => to.store([{ wanted, value: SecretValue.fromText(value) }], signal);
const files = async () => (await readdir(folder)).filter((name) => name !== 'key.txt').sort();

async function valueIn(file: string): Promise<string | undefined> {
  const source = await openSource(`age:${file}`, { cwd: folder, identityFile: 'key.txt' });
  const [answer] = await source.lookUp([wanted], signal);
  return answer?.state === 'found' ? answer.value.reveal() : undefined;
}

describe('a file that is there', () => {
  test.each([
    ['b.env.age', 'b.env.20261129t235500123z.age'],
    ['.env', '.env.20261129t235500123z'],
  ])('%s is kept as %s where it is a backup, for its owner alone', async (file, kept) => {
    const first = await target(file);
    await store(first, 'last copy');
    const second = await target(file);
    expect([first.keptAs, second.keptAs, await files()]).toEqual([undefined, kept, [file]]);

    await store(second, 'new');

    expect([await valueIn(kept), await valueIn(file)]).toEqual(['last copy', 'new']);
    expect((await stat(join(folder, kept))).mode & 0o777).toBe(0o600);
  });

  test.each([
    ['b.env', 'A=plain\n', 'b.env.age'],
    ['b.age', '', 'b.new.age'],
  ])('%s is not replaced where it is no age file', async (file, text, other) => {
    await writeFile(join(folder, file), text);

    await expect(target(file)).rejects.toMatchObject({
      message: `${file} is there and is no age file: it is not replaced`,
      hint: `name another: --to age:${other}`,
      exitCode: 2,
    });
    expect(await readFile(join(folder, file), 'utf8')).toBe(text);
  });

  test('is not replaced where it came to be while somebody was asked', async () => {
    const late = await target('b.age');
    await store(await target('b.age'), 'of another');

    await expect(store(late, 'new')).rejects.toMatchObject({ message: 'b.age was written while this ran' });
    expect([await files(), await valueIn('b.age')]).toEqual([['b.age'], 'of another']);
  });
});
