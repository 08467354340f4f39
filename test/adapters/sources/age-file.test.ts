import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { inspect } from 'node:util';
import { armor, Encrypter, generateIdentity, identityToRecipient } from 'age-encryption';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { encryptAge } from '../../../src/adapters/sources/age-file.ts';
import type { EnvFileOptions } from '../../../src/adapters/sources/env-file-source.ts';
import { openSource } from '../../../src/adapters/sources/open-source.ts';
import { SecretValue } from '../../../src/core/secrets/secret-value.ts';
import type { WantedValue } from '../../../src/value-ports.ts';

const canary = 'canary'.repeat(4);
const wanted: WantedValue = { namespace: 'n', secret: 's', key: 'a', envName: 'A', azureKeyVaultName: 'a' };
let folder: string;
let identity: string;
let recipient: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'c2l-age-'));
  identity = await generateIdentity();
  recipient = await identityToRecipient(identity);
  await writeFile(join(folder, 'key.txt'), `# created: today\n# public key: ${recipient}\n${identity}\n`, {
    mode: 0o600,
  });
});

afterEach(async () => {
  await rm(folder, { recursive: true });
});

async function save(content: Uint8Array | string): Promise<void> {
  await writeFile(join(folder, 'backup.env.age'), content, { mode: 0o644 });
}

function open(options: Partial<EnvFileOptions> = {}, spec = 'age:backup.env.age') {
  return openSource(spec, { cwd: folder, ...options });
}

async function valueOf(opening: ReturnType<typeof open>): Promise<string | undefined> {
  const [answer] = await (await opening).lookUp([wanted], new AbortController().signal);
  return answer?.state === 'found' ? answer.value.reveal() : undefined;
}

/** A work factor that a test can pay for. */
async function byPassphrase(passphrase: string): Promise<Uint8Array> {
  const encrypter = new Encrypter();
  encrypter.setPassphrase(passphrase);
  encrypter.setScryptWorkFactor(10);
  return encrypter.encrypt(`A=${canary}\n`);
}

function typing(...passphrases: string[]) {
  const questions: string[] = [];
  const askPassphrase = (question: string): Promise<SecretValue> => {
    questions.push(question);
    return Promise.resolve(SecretValue.fromText(passphrases.shift() ?? ''));
  };
  return { questions, askPassphrase };
}

describe('a file that is named as an encrypted one and is none', () => {
  const wrote = 'name the file that c2l backup --to age:FILE wrote';

  test.each<[string, Uint8Array, string, string]>([
    [
      'text',
      Buffer.from(`A='${canary}'\n`),
      'backup.env.age is not encrypted, and age: names a file that is',
      'where it is meant as it is: --from env:backup.env.age',
    ],
    ['nothing', new Uint8Array(), 'backup.env.age is empty', wrote],
    [
      'something else',
      Uint8Array.of(0xff, 0xfe, 0x00, 0x80),
      'backup.env.age is damaged or no age file: it does not begin as one',
      wrote,
    ],
  ])('is refused where it holds %s', async (_what, bytes, message, hint) => {
    await save(bytes);
    await expect(open()).rejects.toMatchObject({ code: 'source-invalid', message, hint });
  });

  test('is read where it is named as it is', async () => {
    await save(Buffer.from(`A='${canary}'\n`));
    const source = await open({}, 'env:backup.env.age');
    expect(source.warnings.join()).not.toMatch(/encrypted/);
    expect(await source.lookUp([wanted], new AbortController().signal)).not.toMatchObject([{ isVerbatim: true }]);
  });
});

describe('an encrypted backup is opened', () => {
  test.each(['age:backup.env.age', 'env:backup.env.age'])('by an identity file: %s', async (spec) => {
    await save(await encryptAge(`A=${canary}\n`, { recipients: [recipient] }));

    expect(await valueOf(open({ identityFile: 'key.txt' }, spec))).toBe(canary);
    expect((await open({ identityFile: 'key.txt' }, spec)).label).toBe(spec);
  });

  test('in armor', async () => {
    await save(armor.encode(await encryptAge(`A=${canary}\n`, { recipients: [recipient] })));

    expect(await valueOf(open({ identityFile: 'key.txt' }))).toBe(canary);
  });

  test('by a passphrase, once it is typed right', async () => {
    await save(await byPassphrase('right'));
    const { questions, askPassphrase } = typing('wrong', 'right');

    expect(await valueOf(open({ askPassphrase }))).toBe(canary);
    expect(questions).toEqual([
      'passphrase of backup.env.age:',
      'that one does not open it (2 of 3); passphrase of backup.env.age:',
    ]);
  });

  test('from standard input', async () => {
    const stdin = Readable.from([await encryptAge(`A=${canary}\n`, { recipients: [recipient] })]);

    expect(await valueOf(open({ identityFile: 'key.txt', stdin }, 'env:-'))).toBe(canary);
  });
});

describe('an encrypted backup is refused', () => {
  const to = async (): Promise<Uint8Array> => encryptAge(`A=${canary}\n`, { recipients: [recipient] });

  test.each<[string, () => Promise<Uint8Array>, Partial<EnvFileOptions>, RegExp]>([
    ['without an identity', to, {}, /^backup\.env\.age cannot be read: it is encrypted to identities$/],
    [
      'with a file that is not there',
      to,
      { identityFile: 'nope' },
      /^identity file nope cannot be read: there is no such/,
    ],
    ['with a file that holds none', to, { identityFile: 'backup.env.age' }, /it holds no line AGE-SECRET-KEY-…$/],
    ['with the identity of another', to, { identityFile: 'other.txt' }, /no identity in other\.txt is one that it was/],
    ['with a passphrase in a script', () => byPassphrase('p'), {}, /with a passphrase, and nobody can be asked for it/],
    [
      'after three wrong passphrases',
      () => byPassphrase('p'),
      typing('a', 'b', 'c'),
      /: the passphrase is wrong, or it is/,
    ],
    [
      'cut short',
      async () => (await to()).subarray(0, -5),
      { identityFile: 'key.txt' },
      /was encrypted to, or it is damaged$/,
    ],
    [
      'in damaged armor',
      async () => Buffer.from(armor.encode(await to()).slice(0, 100)),
      { identityFile: 'key.txt' },
      /: its armor is damaged$/,
    ],
  ])('%s', async (_, content, options, message) => {
    await writeFile(join(folder, 'other.txt'), await generateIdentity(), { mode: 0o600 });
    await save(await content());

    const error: unknown = await open(options).catch((thrown: unknown) => thrown);

    expect(error).toMatchObject({ code: 'source-unreadable', message: expect.stringMatching(message), exitCode: 2 });
    expect(inspect(error)).not.toMatch(new RegExp(`${canary}|AGE-SECRET-KEY-1`));
  });
});

test('the file of an identity that others can read is a warning; the encrypted backup itself is none', async () => {
  await save(await encryptAge('A=b\n', { recipients: [recipient] }));
  const quiet = await open({ identityFile: 'key.txt' });
  await chmod(join(folder, 'key.txt'), 0o644);

  expect(quiet.warnings).toEqual([]);
  expect((await open({ identityFile: 'key.txt' })).warnings).toEqual([
    'key.txt can be read by others: chmod 600 key.txt',
  ]);
});

test.each([
  ['AGE-SECRET-KEY-1QQQ', 'a secret key was given as a recipient'],
  ['age1nope', 'age1nope is no age recipient'],
])('%s is refused as a recipient', async (text, message) => {
  await expect(encryptAge('', { recipients: [text] })).rejects.toMatchObject({ code: 'usage', message });
});

describe('standard input', () => {
  test('is read as a .env file', async () => {
    expect(await valueOf(open({ stdin: Readable.from([Buffer.from(`A=${canary}\n`)]) }, 'env:-'))).toBe(canary);
  });

  test('is refused by its own name', async () => {
    await expect(open({ stdin: Readable.from([Buffer.from('A=b#c\n')]) }, 'env:-')).rejects.toMatchObject({
      message: 'standard input:1: A: an unquoted "#" cuts the value short: put the value in quotes',
    });
  });

  test('is refused where it is a terminal', async () => {
    const stdin = Object.assign(Readable.from([]), { isTTY: true });

    await expect(open({ stdin }, 'env:-')).rejects.toMatchObject({
      message: 'env:- reads standard input, and that is a terminal',
    });
  });

  test('is refused the second time', async () => {
    const stdin = Readable.from([Buffer.from('A=b\n')]);
    await open({ stdin }, 'env:-');

    await expect(open({ stdin }, 'env:-')).rejects.toMatchObject({
      message: 'env:- reads standard input, which was read already',
    });
  });

  test('without a value is a warning', async () => {
    expect((await open({ stdin: Readable.from([]) }, 'env:-')).warnings).toEqual(['standard input holds no values']);
  });
});
