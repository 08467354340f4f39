import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';

import { expectGolden } from '../support/golden.ts';
import { expectRefused } from '../support/refusals.ts';
import { runCli } from '../support/run-cli.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'c2l-generate-'));
});
afterAll(() => rm(folder, { recursive: true }));

const rbac = ['generate', 'rbac', '--for', 'verify', '--stack', 'cloudtolocalllm'];

test('the Role for verify, as it is reviewed and applied', async () => {
  const { code, stdout, stderr } = await runCli(rbac);
  expect([code, stderr]).toEqual([0, '']);
  await expectGolden('generate-rbac-verify.yaml', stdout);
  const kinds = parseAllDocuments(stdout).map((document) => (document.toJS() as { kind: string }).kind);
  expect(kinds[0]).toBe('ServiceAccount');
  expect((await runCli(rbac)).stdout).toBe(stdout);
});

test('into a folder: says what became of each file, and nothing on standard output', async () => {
  const run = () => runCli([...rbac, '--out', 'rights'], { cwd: folder });
  const { code, stdout, stderr } = await run();
  expect([code, stdout, stderr]).toEqual([0, '', 'rights/rbac-verify.yaml: written\n']);
  const path = join(folder, 'rights/rbac-verify.yaml');
  expect(await readFile(path, 'utf8')).toBe((await runCli(rbac)).stdout);
  expect((await run()).stderr).toBe('rights/rbac-verify.yaml: unchanged\n');
  await writeFile(path, 'older');
  expect((await run()).stderr).toBe('rights/rbac-verify.yaml: replaced\n');
});

test('with -o json one document that holds the files', async () => {
  const { stdout } = await runCli([...rbac, '-o', 'json']);
  expect(JSON.parse(stdout)).toEqual({
    schemaVersion: 1,
    command: 'generate',
    kind: 'rbac',
    files: [{ path: 'rbac-verify.yaml', text: (await runCli(rbac)).stdout }],
  });
});

describe('refused', () => {
  test.each([
    ['a kind that is misspelt', ['generate', 'rbca'], /unknown command 'rbca' \(Did you mean rbac\?\)/],
    ['no kind', ['generate'], /c2l generate --help/],
    ['an unknown command', ['generate', 'rbac', '--for', 'adit'], /audit, fix-secrets, restart, verify, stabilize/],
    ['no stack and no namespace', ['generate', 'rbac', '--for', 'audit'], /no stack file here.*-n NAMESPACE/],
  ])('%s', async (_case, argv, says) => {
    await expectRefused(argv, {}, { exit: 2, code: 'usage', says });
  });

  test('a folder that cannot be written', async () => {
    await writeFile(join(folder, 'a-file'), '');
    const refusal = {
      exit: 2,
      code: 'output-unwritable',
      says: /cannot write a-file\/rbac-verify.yaml: ENOTDIR/,
    } as const;
    await expectRefused([...rbac, '--out', 'a-file'], { cwd: folder }, refusal);
  });
});
