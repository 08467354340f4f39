import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { openSource } from '../../../src/adapters/sources/open-source.ts';

const open = (spec: string) => openSource(spec, { cwd: '/' });

test.each([
  ['vault:x', 'vault: is no kind of source'],
  ['backup.env', 'what --from was given is no kind of source'],
  ['', 'what --from was given is no kind of source'],
  ['S3cret!value:x', 'what --from was given is no kind of source'],
])('%j: %s', async (spec, message) => {
  await expect(open(spec)).rejects.toMatchObject({
    code: 'source-invalid',
    message,
    hint: 'accepted are azure-key-vault:NAME-OR-URL, env:FILE, env:- and age:FILE; fix-secrets and stabilize also take revision',
    exitCode: 2,
  });
});

test.each([
  ['env:', 'env: names no file'],
  ['env', 'env: names no file'],
  ['azure-key-vault:', 'azure-key-vault: names no vault'],
])('%j: %s', async (spec, message) => {
  await expect(open(spec)).rejects.toMatchObject({ code: 'source-invalid', message });
});

test('env:FILE is relative to the working folder', async () => {
  const cwd = await mkdtemp(join(tmpdir(), 'c2l-source-'));
  await writeFile(join(cwd, 'a:b.env'), 'A=b\n', { mode: 0o600 });

  expect((await openSource('env:a:b.env', { cwd })).label).toBe('env:a:b.env');
  await rm(cwd, { recursive: true });
});

test('azure-key-vault:URL keeps the colons of the URL', async () => {
  expect((await open('azure-key-vault:https://shop.vault.azure.net')).label).toBe(
    'azure-key-vault:https://shop.vault.azure.net',
  );
});
