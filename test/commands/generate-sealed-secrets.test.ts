import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';

import { unseal } from '../../src/sandbox/controllers/unseal.ts';
import { kubesealStandIn } from '../support/kubeseal-stand-in.ts';
import { expectRefused } from '../support/refusals.ts';
import { runCli } from '../support/run-cli.ts';
import { sealingKey, type SealingKey } from '../support/sealing-key.ts';

const canary = 'canary-of-a-password-5f1c';
const stack = `
version: 1
name: shop
namespaces: [shop]
secrets:
  - name: shop-secrets
    keys:
      password: { format: { minLength: 16 } }
      user: { from: { env: SHOP_USER } }
      hint: { required: false }
  - name: pull
    type: kubernetes.io/dockerconfigjson
    keys: { .dockerconfigjson: { required: false, from: { env: PULL } } }
`;
const file = 'shop.shop-secrets.yaml';

interface Sealed {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace: string; readonly annotations: object };
  readonly spec: {
    readonly encryptedData: Readonly<Record<string, string>>;
    readonly template: { readonly type: string };
  };
}

let folder: string;
let bin: string;
let key: SealingKey;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'c2l-sealed-'));
  [bin, key] = [(await kubesealStandIn()).path, await sealingKey()];
  await writeFile(join(folder, 'c2l.yaml'), stack);
  await writeFile(join(folder, 'cert.pem'), key.certificate);
  await writeFile(join(folder, 'values.env'), `PASSWORD=${canary}\nSHOP_USER=somebody\n`, { mode: 0o600 });
});
afterAll(() => Promise.all([folder, bin].map((each) => rm(each, { recursive: true }))));

const generate = (...flags: string[]) =>
  runCli(['generate', 'sealed-secrets', ...flags], { cwd: folder, env: { PATH: bin, PASSWORD: canary } });
const seal = (...flags: string[]) => generate('--seal-cert', 'cert.pem', '--from', 'env:values.env', ...flags);
const read = (out: string): Promise<string> => readFile(join(folder, out, file), 'utf8');

function opened({ spec }: Sealed, label: string): Record<string, string> {
  const pem = Buffer.from((key.secret['data'] as Record<string, string>)['tls.key']!, 'base64').toString();
  const texts = Object.entries(spec.encryptedData).map(([name, text]) => [
    name,
    Buffer.from(unseal(text, [pem], label, name), 'base64').toString(),
  ]);
  return Object.fromEntries(texts) as Record<string, string>;
}

test('one SealedSecret for each Secret that has values: for its controller alone to read', async () => {
  const { code, stdout, stderr } = await seal();
  expect([code, stderr]).toEqual([0, 'skipped: no source has a value of Secret shop/pull\n']);
  const sealed = parse(stdout) as Sealed;
  expect([sealed.kind, sealed.metadata.namespace, sealed.metadata.name, sealed.spec.template.type]).toEqual([
    'SealedSecret',
    'shop',
    'shop-secrets',
    'Opaque',
  ]);
  expect(opened(sealed, 'shop/shop-secrets')).toEqual({ password: canary, user: 'somebody' });
});

test('a value goes over standard input: not in an argument, the environment, the output or a file', async () => {
  const { stdout, stderr } = await seal('--out', 'clean');
  const seen = await readFile(join(bin, 'calls'), 'utf8');
  const forms = [canary, Buffer.from(canary).toString('base64').replace(/=+$/, '')];
  const texts = [stdout, stderr, seen, await read('clean')];
  expect(forms.filter((form) => texts.some((text) => text.includes(form)))).toEqual([]);
});

test('--scope says where it may be opened, on the object and for kubeseal alike', async () => {
  const sealed = parse((await seal('--scope', 'namespace-wide')).stdout) as Sealed;
  expect(sealed.metadata.annotations).toMatchObject({ 'sealedsecrets.bitnami.com/namespace-wide': 'true' });
  expect(opened(sealed, 'shop')).toHaveProperty('user', 'somebody');
});

describe('--check', () => {
  const check = (out: string, ...flags: string[]) => generate('--check', '--out', out, ...flags);

  test('needs neither source nor certificate, and takes what was sealed anew for the same', async () => {
    await seal('--out', 'same');
    const first = await read('same');
    await seal('--out', 'same');
    expect(await read('same')).not.toBe(first);
    const { code, stdout, stderr } = await check('same');
    expect([code, stdout]).toEqual([0, 'check passed: 1 file is as the stack gives it\n']);
    expect(stderr).toContain('not compared: the values');
  });

  test.each([
    ['a key that the stack does not declare', (text: string) => text.replace('    user:', '    other:')],
    ['a name', (text: string) => text.replaceAll('shop-secrets', 'shop-secret')],
    ['a sync option', (text: string) => text.replace('Prune=confirm,', '')],
    [
      'the scope',
      (text: string) =>
        text.replace("sync-wave: '-1'", "sync-wave: '-1'\n    sealedsecrets.bitnami.com/cluster-wide: 'true'"),
    ],
    ['a value in plain text', (text: string) => text.replace(/ {4}user: .*/, '    user: somebody')],
  ])('tells that %s differs', async (_what, change) => {
    await seal('--out', 'changed');
    await writeFile(join(folder, 'changed', file), change(await read('changed')));
    const { code, stdout } = await check('changed');
    expect([code, stdout.split('\n')[0]]).toEqual([1, `changed/${file}: differs`]);
  });

  test('tells what is missing', async () => {
    expect((await check('nowhere')).stdout).toContain(`nowhere/${file}: not there`);
  });
});

describe('refused, with nothing written', () => {
  const options = () => ({ cwd: folder, env: { PATH: bin } });
  const argv = ['generate', 'sealed-secrets', '--out', 'refused'];

  test('a required key that no source has, or not as the stack wants it', async () => {
    await writeFile(join(folder, 'poor.env'), 'PASSWORD=short\n', { mode: 0o600 });
    const flags = [...argv, '--seal-cert', 'cert.pem', '--from', 'env:poor.env'];
    await expectRefused(flags, options(), {
      exit: 2,
      code: 'values-missing',
      says: /2 keys of shop\/shop-secrets.*user/,
    });
  });

  test('no source at all', () =>
    expectRefused([...argv, '--seal-cert', 'cert.pem'], options(), {
      exit: 2,
      code: 'usage',
      says: /none is named.*--from env:FILE/,
    }));

  test('a certificate that is none, or is not there, or has ended', async () => {
    await writeFile(join(folder, 'none.pem'), 'none');
    await writeFile(join(folder, 'old.pem'), (await sealingKey(new Date(86_400_000))).certificate);
    const from = ['--from', 'env:values.env', '--seal-cert'];
    const code = 'source-invalid';
    await expectRefused([...argv, ...from, 'none.pem'], options(), {
      exit: 2,
      code,
      says: /none.pem holds no certificate/,
    });
    await expectRefused([...argv, ...from, 'old.pem'], options(), {
      exit: 2,
      code,
      says: /old.pem ended at 1970-01-02/,
    });
    await expectRefused([...argv, ...from, 'no.pem'], options(), {
      exit: 2,
      code: 'source-unreadable',
      says: /no.pem cannot be read: there is no such file/,
    });
  });

  test('no kubeseal', () =>
    expectRefused(
      [...argv, '--seal-cert', 'cert.pem', '--from', 'env:values.env'],
      { cwd: folder, env: { PATH: '/nowhere' } },
      {
        exit: 2,
        code: 'usage',
        says: /kubeseal is not on PATH.*install kubeseal/,
      },
    ));

  test('together with --all, a scope and a controller that are none', async () => {
    await expectRefused(['generate', '--all', 'sealed-secrets'], options(), {
      exit: 2,
      code: 'usage',
      says: /--all leaves sealed-secrets out/,
    });
    await expectRefused([...argv, '--scope', 'wide'], options(), {
      exit: 2,
      code: 'usage',
      says: /strict, namespace-wide, cluster-wide/,
    });
    await expectRefused([...argv, '--seal-controller', 'kube-system'], options(), {
      exit: 2,
      code: 'usage',
      says: /expected NAMESPACE\/SERVICE/,
    });
  });

  afterAll(async () => {
    await expect(readFile(join(folder, 'refused', file))).rejects.toThrow('ENOENT');
  });
});

test('an unknown kind that is meant to be it is told', () =>
  expectRefused(
    ['generate', 'sealed-secret'],
    { cwd: folder },
    { exit: 2, code: 'usage', says: /did you mean sealed-secrets/ },
  ));
