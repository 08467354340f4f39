import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createStackFiles } from '../../../src/adapters/files/stack-file.ts';
import { OperatorError } from '../../../src/errors.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'c2l-stack-'));
});

afterEach(async () => {
  await rm(folder, { recursive: true });
});

const head = 'version: 1\nname: shop\nnamespaces: [shop]\n';

async function refusal(text: string | Buffer, configFile?: string): Promise<OperatorError> {
  await writeFile(join(folder, 'c2l.yaml'), text);
  const error: unknown = await createStackFiles({ cwd: folder })
    .find(configFile)
    .then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
  expect(error).toBeInstanceOf(OperatorError);
  return error as OperatorError;
}

describe('a stack file is found', () => {
  test('in the working folder or above, with every default filled in', async () => {
    await mkdir(join(folder, 'deep/er'), { recursive: true });
    await writeFile(join(folder, 'c2l.yaml'), `${head}secrets:\n  - { name: app, keys: { password: {} } }\n`);

    const found = await createStackFiles({ cwd: join(folder, 'deep/er') }).find(undefined);

    expect(found?.path).toBe(join(folder, 'c2l.yaml'));
    expect(found?.stack).toMatchObject({
      name: 'shop',
      argocd: { namespace: 'argocd', applications: [] },
      secrets: [{ name: 'app', type: 'Opaque', keys: { password: { required: true, generate: false, from: {} } } }],
    });
  });

  test('by --config, relative to the working folder', async () => {
    await writeFile(join(folder, 'other.yaml'), head);

    const found = await createStackFiles({ cwd: folder }).find('other.yaml');

    expect(found?.path).toBe('other.yaml');
  });

  test('with the files that it names beside it, wherever c2l is started', async () => {
    const from = 'from: { sources: ["env:a.env", "age:sub/b.age", "env:-", "env:/c.env", "azure-key-vault:shop"] }';
    await mkdir(join(folder, 'deep'));
    await writeFile(join(folder, 'deep/c2l.yaml'), `${head}secrets:\n  - { name: app, keys: { k: { ${from} } } }\n`);
    const sourcesFrom = async (cwd: string): Promise<readonly string[] | undefined> =>
      (await createStackFiles({ cwd }).find(join(folder, 'deep/c2l.yaml')))?.stack.secrets[0]?.keys['k']?.from.sources;

    const others = ['env:-', 'env:/c.env', 'azure-key-vault:shop'];
    expect(await sourcesFrom(folder)).toEqual(['env:deep/a.env', 'age:deep/sub/b.age', ...others]);
    expect(await sourcesFrom(join(folder, 'deep'))).toEqual(['env:a.env', 'age:sub/b.age', ...others]);
  });

  test('nowhere, which is no error', async () => {
    await mkdir(join(folder, 'empty'));

    expect(await createStackFiles({ cwd: join(folder, 'empty') }).find(undefined)).toBeUndefined();
  });

  test('not where --config names a file that is not there', async () => {
    await expect(createStackFiles({ cwd: folder }).find('nope.yaml')).rejects.toMatchObject({
      code: 'stack-not-found',
      message: 'there is no stack file nope.yaml',
    });
  });

  test('but is a folder: the search does not go on to another stack', async () => {
    await mkdir(join(folder, 'c2l.yaml'));

    await expect(createStackFiles({ cwd: folder }).find(undefined)).rejects.toMatchObject({
      code: 'stack-invalid',
      message: 'stack file c2l.yaml cannot be read: it is a folder',
    });
  });
});

test('a stack file names the schema of the c2l that is installed beside it or above, and no other', async () => {
  const files = createStackFiles({ cwd: folder });
  expect(await files.schemaFor('c2l.yaml')).toBeUndefined();
  const stacks = join(folder, 'node_modules/c2l/dist/stacks');
  await mkdir(stacks, { recursive: true });
  await writeFile(join(stacks, 'c2l.schema.json'), '{}');
  expect(await files.schemaFor('c2l.yaml')).toBe('node_modules/c2l/dist/stacks/c2l.schema.json');
  expect(await files.schemaFor('deep/er/c2l.yaml')).toBe('../../node_modules/c2l/dist/stacks/c2l.schema.json');
});

describe('a stack file is refused', () => {
  test.each([
    ['', 'c2l.yaml:1: is empty'],
    ['- a\n', 'c2l.yaml:1: expected keys with values, found a list'],
    [`${head}---\nversion: 1\n`, 'c2l.yaml:4: a second YAML document begins here, and the file may hold one alone'],
    [`${head}name: other\n`, 'c2l.yaml:4: not YAML: map keys must be unique'],
    ['name: shop\n', 'c2l.yaml:1: version: is missing; this c2l reads version: 1'],
    ['name: shop\nversion: 7\nwrong: 1\n', 'c2l.yaml:2: version: 7 is not known; this c2l reads version: 1'],
    ['version: 1\nname: shop\n', 'c2l.yaml:1: namespaces: is missing; expected a list'],
    [`${head}secretes: []\n`, 'c2l.yaml:4: secretes: unknown key; did you mean secrets?'],
    [
      `${head}zzz: []\n`,
      'c2l.yaml:4: zzz: unknown key; accepted are version, name, namespaces, production, argocd, azureKeyVault, runbooks, placeholders, secrets, components, monitoring, ignore, watch',
    ],
    ['version: 1\nname: 12\nnamespaces: [shop]\n', 'c2l.yaml:2: name: expected text, found 12'],
    [
      'version: 1\nname: Shop\nnamespaces: [shop]\n',
      'c2l.yaml:2: name: expected a Kubernetes name: lower-case letters, digits, "-" and ".", found "Shop"',
    ],
    ['version: 1\nname: shop\nnamespaces: []\n', 'c2l.yaml:3: namespaces[0]: is missing; expected text'],
    [
      'version: 1\nname: shop\nnamespaces: [shop.eu]\n',
      'c2l.yaml:3: namespaces[0]: expected a namespace: lower-case letters, digits and "-", found "shop.eu"',
    ],
    [
      `version: 1\nname: shop\nnamespaces: [${'n'.repeat(64)}]\n`,
      expect.stringMatching(/^c2l.yaml:3: namespaces\[0\]: expected at most 63 characters, found "n+…/),
    ],
    [
      `${head}secrets: [{ name: ${'s'.repeat(254)}, keys: {} }]\n`,
      expect.stringMatching(/^c2l.yaml:4: secrets\[0\].name: expected at most 253 characters, found "s+…/),
    ],
    [`${head}secrets: { app: {} }\n`, 'c2l.yaml:4: secrets: expected a list, found keys with values'],
    [`${head}secrets:\n`, 'c2l.yaml:4: secrets: expected a list, found nothing'],
  ] as [string, string][])('%j: %s', async (text, message) => {
    expect(await refusal(text)).toMatchObject({ code: 'stack-invalid', message, exitCode: 2 });
  });

  const key = (line: string): string =>
    `${head}secrets:\n  - name: app\n    keys:\n      jwt-secret:\n        ${line}\n`;
  test.each([
    ['format: { minLength: many }', 'format.minLength: expected a number, found "many"'],
    ['format: { minLength: 0 }', 'format.minLength: expected a whole number of at least 1, found 0'],
    ['format: { minLength: 1.5 }', 'format.minLength: expected a whole number, found 1.5'],
    ['format: { minLenght: 5 }', 'format.minLenght: unknown key; did you mean minLength?'],
    ['format: { kind: jsn }', 'format.kind: expected one of json, pem, url, found "jsn"'],
    ['format: { oneOf: [] }', 'format.oneOf: expected at least one value, found a list'],
    ["format: { pattern: '(a' }", 'format.pattern: (a is no regular expression: unterminated group'],
    ['required: maybe', 'required: expected true or false, found "maybe"'],
    [
      'from: { azureKeyVault: a_b }',
      'from.azureKeyVault: expected NAME of letters, digits and "-", as Key Vault names are, or NAME/VERSION, found "a_b"',
    ],
  ])('for a key with %s', async (line, message) => {
    expect((await refusal(key(line))).message).toBe(`c2l.yaml:8: secrets[0].keys.jwt-secret.${message}`);
  });

  const check = (line: string): string =>
    `${head}secrets: [{ name: app, keys: { password: {} } }]\ncomponents:\n  - name: web\n    workload: Deployment/web\n    checks:\n      - ${line}\n`;
  test.each([
    [
      '{ kind: ping }',
      'checks[0].kind: expected one of http, postgres-login, endpoints, tcp, dns, command, found "ping"',
    ],
    ['{ kind: http, service: web }', 'checks[0].port: is missing; expected a number'],
    [
      '{ kind: http, service: web, port: 70000 }',
      'checks[0].port: expected a whole number of at most 65535, found 70000',
    ],
    ['{ kind: http, service: web, port: 80, pth: / }', 'checks[0].pth: unknown key; did you mean path?'],
    [
      '{ kind: http, service: web, port: 80, path: health }',
      'checks[0].path: expected a path that starts with "/", found "health"',
    ],
    [
      '{ kind: postgres-login, user: { value: a }, password: { value: 12345 } }',
      'checks[0].password: expected { value: TEXT } or { secret: NAME, key: KEY }, found keys with values',
    ],
    [
      '{ kind: postgres-login, user: { value: a }, password: 12345 }',
      'checks[0].password: expected { value: TEXT } or { secret: NAME, key: KEY }, found a number',
    ],
    [
      '{ kind: postgres-login, user: { value: a }, password: { secret: app, key: pasword } }',
      'checks[0].password.key: Secret app declares no key pasword; did you mean password?',
    ],
    [
      '{ kind: postgres-login, user: { value: a }, password: { secret: other, key: password } }',
      'checks[0].password.secret: Secret other is not declared for namespace shop; there are app',
    ],
  ])('for a check %s', async (line, message) => {
    expect((await refusal(check(line))).message).toBe(`c2l.yaml:9: components[0].${message}`);
  });

  test('with all its problems at once, in the order of the lines', async () => {
    const { message } = await refusal(`${head}zzz: 1\nsecrets: [{ name: A, keys: {} }]\ncomponents: 5\n`);

    expect(message.split('; c2l.yaml:')).toEqual([
      expect.stringMatching(/^c2l\.yaml:4: zzz: /),
      expect.stringMatching(/^5: secrets\[0\]\.name: /),
      '6: components: expected a list, found 5',
    ]);
  });

  test('when it is not UTF-8', async () => {
    expect((await refusal(Buffer.from([0x76, 0xff, 0xfe]))).message).toBe('stack file c2l.yaml is not UTF-8 text');
  });

  test('when aliases multiply beyond reason', async () => {
    const levels = ['a: &a [x, x, x, x, x, x, x, x, x]'];
    for (const [from, to] of ['ab', 'bc', 'cd', 'de']) levels.push(`${to}: &${to} [${`*${from}, `.repeat(9)}]`);

    expect((await refusal(levels.join('\n'))).message).toBe('c2l.yaml:1: YAML aliases that cannot be resolved');
  });
});

describe('the built-in stacks', () => {
  test('are opened by name', async () => {
    expect((await createStackFiles({ cwd: folder }).builtIn('cloudtolocalllm')).name).toBe('cloudtolocalllm');
  });

  test('are named where an unknown one is asked for', async () => {
    await expect(createStackFiles({ cwd: folder }).builtIn('nope')).rejects.toMatchObject({
      code: 'stack-not-found',
      message: 'no stack called nope ships with c2l',
      hint: expect.stringContaining('cloudtolocalllm'),
    });
  });
});
