import { chmod, mkdir, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { openEnvFile } from '../../../src/adapters/sources/env-file-source.ts';
import { OperatorError } from '../../../src/errors.ts';
import type { WantedValue } from '../../../src/value-ports.ts';

const canary = 'canary'.repeat(4);
const never = new AbortController().signal;
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'c2l-env-'));
});

afterEach(async () => {
  await rm(folder, { recursive: true });
});

async function source(content: string | Buffer, mode = 0o600) {
  await writeFile(join(folder, 'backup.env'), content, { mode });
  return openEnvFile('backup.env', { cwd: folder });
}

async function lookUp(content: string, ...names: string[]) {
  const wanted = names.map((envName): WantedValue => {
    return { namespace: 'shop', secret: 'app', key: envName, envName, azureKeyVaultName: envName };
  });
  const answers = await (await source(content)).lookUp(wanted, never);
  return answers.map((answer) => (answer.state === 'found' ? { ...answer, value: answer.value.reveal() } : answer));
}

async function refusal(content: string | Buffer): Promise<OperatorError> {
  const error: unknown = await source(content).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(OperatorError);
  return error as OperatorError;
}

describe('values are read', () => {
  test.each([
    ['plain', `A=${canary}\n`, canary],
    ['with spaces around', 'A = b \n', 'b'],
    ['exported', 'export A=b\n', 'b'],
    ['with CRLF', 'A=b\r\nB=c\r\n', 'b'],
    ['after a BOM', '\uFEFFA=b\n', 'b'],
    ['with "=" in the value', 'A=b==\n', 'b=='],
    ['in quotes, with "#"', 'A="b#c" # comment\n', 'b#c'],
    ['over several lines', "A='one\ntwo'\nB=c\n", 'one\ntwo'],
    ['with the other quote inside', `A='say "b"'\n`, 'say "b"'],
    ['with "$", which stands for itself', 'A=$B\n', '$B'],
    ['with an escaped line break in double quotes', 'A="b\\nc"\n', 'b\nc'],
    ['in the last line without its end', 'A=b', 'b'],
  ])('%s', async (_, content, value) => {
    expect(await lookUp(content, 'A')).toMatchObject([{ state: 'found', value }]);
  });

  test('in the order asked for, with the line and when the file was written; an empty value counts as none', async () => {
    const answers = await lookUp('# backup\n\nA=a\nB=\nC="c\nd"\nE=e\n', 'E', 'B', 'constructor', 'A');
    const storedAt = (await stat(join(folder, 'backup.env'))).mtime.toISOString();
    expect(answers).toEqual([
      { state: 'found', value: 'e', detail: 'line 7', storedAt },
      { state: 'not-found', detail: 'empty' },
      { state: 'not-found' },
      { state: 'found', value: 'a', detail: 'line 3', storedAt },
    ]);
  });
});

describe('what could be misread is refused', () => {
  test.each([
    ['A=b\nB=1\nA=c\n', '3: A is given a second time, after line 1'],
    [`A=${canary}#x\n`, '1: A: an unquoted "#" cuts the value short: put the value in quotes'],
    [`A=${canary} # comment\n`, '1: A: an unquoted "#" cuts the value short: put the value in quotes'],
    [`B=1\nA="${canary}\nC=2\n`, '2: A: a double quote is opened and never closed'],
    [`A='${canary}\n`, '1: A: a single quote is opened and never closed'],
    [`A="${canary}"x\n`, '1: A: something follows the closing quote'],
    [
      `A="${canary}\\"x"\n`,
      '1: A: a backslash before a double quote would stay in the value: use another kind of quotes',
    ],
    ['export\n', '1: export without NAME=VALUE'],
    ['export A\n', '1: export without NAME=VALUE'],
    [`\n${canary}\n`, '2: no "=": expected NAME=VALUE'],
    [`A: ${canary}\n`, '1: no "=": expected NAME=VALUE'],
    ['=b\n', '1: no usable name before the "="'],
    [`my key=${canary}\n`, '1: no usable name before the "="'],
    [`A=\n"${canary}"\n`, '2: no "=": expected NAME=VALUE'],
    [`A=b\nB=${canary}\0\n`, '2: a NUL character'],
    [Buffer.concat([Buffer.from('A=b\nB='), Buffer.from([0xff]), Buffer.from(canary)]), '2: not UTF-8'],
  ])('%j: %s', async (content, problem) => {
    const error = await refusal(content);

    expect(error).toMatchObject({ code: 'source-invalid', message: `backup.env:${problem}`, exitCode: 2 });
    expect(inspect(error)).not.toContain(canary);
  });

  test('with all problems at once', async () => {
    expect((await refusal('A\nB=1#2\n')).message).toBe(
      'backup.env:1: no "=": expected NAME=VALUE; ' +
        'backup.env:2: B: an unquoted "#" cuts the value short: put the value in quotes',
    );
  });

  test('with the first problems alone where it is wrong as a whole', async () => {
    const { message } = await refusal('x\n'.repeat(7));
    expect(message).toMatch(
      /^backup\.env:1: .*; backup\.env:5: no "=": expected NAME=VALUE; and 2 more, in lines 6 and 7$/,
    );
  });

  test.each([
    [`A=ENC[AES256_GCM,data:${canary},tag:x]\n`, 'is encrypted by sops', '--from env:<(sops -d backup.env)'],
    [`-----BEGIN PGP MESSAGE-----\n\n${canary}\n`, 'is encrypted by PGP', '--from env:<(gpg -qd backup.env)'],
    [`$ANSIBLE_VAULT;1.1;AES256\n${canary}\n`, 'is encrypted by ansible-vault', 'env:<(ansible-vault view backup.env)'],
    [`{"data":{"a":"${canary}"}}\n`, 'is JSON', 'as a line NAME=VALUE, not in base64'],
    [`apiVersion: v1\ndata:\n  a: ${canary}\nkind: Secret\n`, 'is a manifest of Kubernetes', 'as a line NAME=VALUE'],
  ])('as what it is instead: %j %s', async (content, is, hint) => {
    const error = await refusal(content);
    expect(error).toMatchObject({
      code: 'source-invalid',
      message: `backup.env ${is}, and env: reads lines NAME=VALUE`,
      hint: expect.stringContaining(hint),
    });
    expect(inspect(error)).not.toContain(canary);
  });
});

describe('a file that cannot be read', () => {
  test('because it is not there', async () => {
    await expect(openEnvFile('nope.env', { cwd: folder })).rejects.toMatchObject({
      code: 'source-unreadable',
      message: 'nope.env cannot be read: there is no such file',
    });
  });

  test('because it is a folder', async () => {
    await expect(openEnvFile('.', { cwd: folder })).rejects.toMatchObject({
      code: 'source-unreadable',
      message: '. cannot be read: it is a folder',
    });
  });
});

describe('warnings', () => {
  test('none for a file of one’s own', async () => {
    expect((await source('A=b\n')).warnings).toEqual([]);
  });

  test.each([0o640, 0o604])('mode %o: others can read it', async (mode) => {
    await source('A=b\n');
    await chmod(join(folder, 'backup.env'), mode);

    expect((await openEnvFile('backup.env', { cwd: folder })).warnings).toEqual([
      'backup.env can be read by others: chmod 600 backup.env',
    ]);
  });

  test.each([
    ['', true],
    ['other\n', true],
    ['backup.env\n', false],
    ['/backup.env\n', false],
    ['*.env\n', false],
    ['**/backup.*\n', false],
    ['*.env\n!backup.env\n', true],
    ['backup.env/\n', true],
  ])('in a Git work tree with .gitignore %j: %s', async (gitignore, warned) => {
    await mkdir(join(folder, '.git'));
    await writeFile(join(folder, '.gitignore'), gitignore);

    expect((await source('A=b\n')).warnings).toEqual(
      warned ? ['backup.env lies in a Git work tree and no .gitignore names it'] : [],
    );
  });

  test('not where a folder above is ignored', async () => {
    await mkdir(join(folder, '.git'));
    await mkdir(join(folder, 'private/deep'), { recursive: true });
    await writeFile(join(folder, '.gitignore'), 'private/\n');
    await writeFile(join(folder, 'private/deep/a.env'), 'A=b\n', { mode: 0o600 });

    expect((await openEnvFile('private/deep/a.env', { cwd: folder })).warnings).toEqual([]);
  });
});
