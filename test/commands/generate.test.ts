import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse, parseAllDocuments, stringify } from 'yaml';

import { expectGolden } from '../support/golden.ts';
import { expectRefused } from '../support/refusals.ts';
import { runCli } from '../support/run-cli.ts';

const builtIn = new URL('../../src/stacks/cloudtolocalllm.yaml', import.meta.url);
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
  await writeFile(path, `${await readFile(path, 'utf8')}# by hand\n`);
  expect((await run()).stderr).toBe('rights/rbac-verify.yaml: replaced\n');
});

describe('a folder with a file that c2l did not make in the place of one that it makes', () => {
  const foreign = () => join(folder, 'foreign/rbac-verify.yaml');
  const argv = [...rbac, '--out', 'foreign'];
  beforeEach(async () => {
    await mkdir(join(folder, 'foreign'), { recursive: true });
    await writeFile(foreign(), 'mine\n');
  });

  test('is left as it is where nobody can be asked, and checked as a difference', async () => {
    const refusal = {
      exit: 2,
      code: 'output-foreign',
      says: /foreign\/rbac-verify.yaml was not made by c2l.*--yes/,
    } as const;
    await expectRefused(argv, { cwd: folder }, refusal);
    expect((await runCli([...argv, '--check'], { cwd: folder })).stdout).toContain(
      'rbac-verify.yaml: was not made by c2l',
    );
    expect(await readFile(foreign(), 'utf8')).toBe('mine\n');
  });

  test.each([
    ['declined', [false], [], 5, 'mine\n'],
    ['agreed to', [true], [], 0, undefined],
    ['agreed to in advance', undefined, ['--yes'], 0, undefined],
  ] as const)('%s', async (_case, answers, flags, code, after) => {
    const result = await runCli([...argv, ...flags], { cwd: folder, ...(answers && { answers }) });
    expect(result.code).toBe(code);
    expect(await readFile(foreign(), 'utf8')).toBe(after ?? (await runCli(rbac)).stdout);
  });
});

describe('every kind at once', () => {
  const all = (out: string, ...flags: string[]) =>
    runCli(['generate', '--all', '--stack', 'cloudtolocalllm', '--out', out, ...flags], { cwd: folder });

  test('a folder for each kind, a kustomization over what Kubernetes takes, and a word on what was left out', async () => {
    const { code, stdout, stderr } = await all('everything');
    expect([code, stdout]).toEqual([0, '']);
    expect(stderr).toContain('skipped: stack cloudtolocalllm has no watch, and watch is made of it');
    const kustomization = parse(await readFile(join(folder, 'everything/kustomization.yaml'), 'utf8')) as {
      resources: string[];
    };
    expect(kustomization.resources).toContain('rbac/rbac-audit.yaml');
    for (const path of kustomization.resources) {
      expect(await readFile(join(folder, 'everything', path), 'utf8')).toMatch(/^# Made by c2l generate [a-z]/);
    }
  });

  test('--check names what is missing, what was changed and what is made no more; writing puts it right', async () => {
    await all('checked');
    expect((await all('checked', '--check')).code).toBe(0);
    const path = (name: string) => join(folder, 'checked/rbac', name);
    const verify = await readFile(path('rbac-verify.yaml'), 'utf8');
    await rm(path('rbac-audit.yaml'));
    await writeFile(path('rbac-verify.yaml'), verify.replace('verbs: [list]', 'verbs: [list, watch]'));
    await writeFile(path('rbac-older.yaml'), verify);
    await writeFile(path('notes.yaml'), 'by hand\n');
    const { code, stdout } = await all('checked', '--check');
    expect([code, stdout.split('\n').slice(0, 3)]).toEqual([
      1,
      [
        'checked/rbac/rbac-audit.yaml: not there',
        'checked/rbac/rbac-verify.yaml: differs',
        'checked/rbac/rbac-older.yaml: not made any more',
      ],
    ]);
    expect(stdout).toMatch(
      /\ncheck failed: 3 of \d+ files differ; c2l generate --all --stack cloudtolocalllm --out checked\n$/,
    );
    expect(await readdir(join(folder, 'checked/rbac'))).not.toContain('rbac-audit.yaml');
    await all('checked');
    expect((await all('checked', '--check')).code).toBe(0);
    expect(await readdir(join(folder, 'checked/rbac'))).toEqual(
      expect.arrayContaining(['notes.yaml', 'rbac-audit.yaml']),
    );
  });

  test('nothing is half written where a part cannot be, and nothing is left beside', async () => {
    await mkdir(join(folder, 'blocked'));
    await writeFile(join(folder, 'blocked/rbac'), 'a file where a folder is to be');
    const { code, stderr } = await all('blocked');
    expect([code, stderr]).toEqual([2, expect.stringMatching(/cannot write blocked\/rbac\/rbac-audit.yaml: E/)]);
    expect(await readdir(join(folder, 'blocked'))).toEqual(['rbac']);
  });

  test('byte for byte the same over 20 runs, and with the keys of the stack file in any order', async () => {
    const file = join(folder, 'shuffled.yaml');
    const document = parse(await readFile(builtIn, 'utf8')) as object;
    const texts = new Set<string>();
    for (let run = 0; run < 20; run++) {
      await writeFile(file, stringify(shuffled(document, run)));
      texts.add((await runCli(['generate', '--all', '--config', file, '-o', 'json'])).stdout);
    }
    texts.add((await runCli(['generate', '--all', '--stack', 'cloudtolocalllm', '-o', 'json'])).stdout);
    expect(texts.size).toBe(1);
    const { files } = JSON.parse([...texts].join('')) as { files: { path: string; text: string }[] };
    expect(files.filter(({ text }) => !text.includes('Made by c2l generate ')).map(({ path }) => path)).toEqual([]);
  }, 120_000);
});

/** Maps with their keys turned around by as many places; lists keep their order, which means something. */
function shuffled(value: unknown, by: number): unknown {
  if (Array.isArray(value)) return value.map((entry) => shuffled(entry, by));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, entry]) => [key, shuffled(entry, by)] as const);
  const turned = [...entries.slice(by % entries.length || 0), ...entries.slice(0, by % entries.length || 0)];
  return Object.fromEntries(by % 2 === 0 ? turned : turned.reverse());
}

test('a guide is written into the folder, and is not among the documents on standard output', async () => {
  const argv = ['generate', 'sync-policy', '--stack', 'cloudtolocalllm'];
  const documents = parseAllDocuments((await runCli(argv)).stdout);
  expect(documents.flatMap(({ errors }) => errors)).toEqual([]);
  expect(documents.map((document) => (document.toJS() as { kind: string }).kind)).toEqual([
    'Component',
    ...Array<string>(4).fill('Application'),
  ]);
  await runCli([...argv, '--out', 'policy'], { cwd: folder });
  expect(await readFile(join(folder, 'policy/README.md'), 'utf8')).toMatch(/^<!-- Made by c2l .*requiresPruning/s);
});

test('with -o json one document that holds the files', async () => {
  const { stdout } = await runCli([...rbac, '-o', 'json']);
  expect(JSON.parse(stdout)).toEqual({
    schemaVersion: 1,
    command: 'generate',
    verdict: 'ok',
    findings: [],
    kind: 'rbac',
    files: [{ path: 'rbac-verify.yaml', text: (await runCli(rbac)).stdout }],
  });
});

describe('refused', () => {
  test.each([
    ['a kind that is misspelt', ['generate', 'rbca'], /unknown kind rbca, did you mean rbac\?; c2l generate rbac/],
    [
      'a part of its name',
      ['generate', 'secrets'],
      /did you mean external-secrets or sealed-secrets\?; c2l generate ext/,
    ],
    ['no kind', ['generate'], /needs a kind, or --all; kinds: rbac, watch.*c2l generate --help/],
    ['a kind and all', ['generate', 'rbac', '--for', 'audit', '--all'], /--all makes rbac too/],
    ['all without a stack', ['generate', '--all', '-n', 'shop'], /--all makes what belongs to one.*--config FILE/],
    ['a folder without a name', [...rbac, '--out', ''], /'--out <folder>' argument '' is invalid: expected a folder/],
    ['a check of a stream', [...rbac, '--check'], /--out names none; c2l generate rbac --for verify --check --out DIR/],
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

test('a drill schedule on a stream is what kubectl apply takes', async () => {
  const { stdout, stderr } = await runCli([
    ...'generate drill-schedule --stack cloudtolocalllm --on kubernetes'.split(' '),
  ]);
  const documents = parseAllDocuments(stdout).map((document) => document.toJS() as { apiVersion?: string });
  expect(documents.length).toBeGreaterThan(5);
  expect(documents.filter(({ apiVersion }) => apiVersion === undefined)).toEqual([]);
  expect(stderr).toContain('not shown: drill-rules-kubernetes.yaml');
});
