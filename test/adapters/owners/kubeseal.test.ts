import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { generateKeyPairSync } from 'node:crypto';
import { existsSync } from 'node:fs';
import { basename } from 'node:path';

import { openKubeseal } from '../../../src/adapters/owners/kubeseal.ts';
import { SecretValue } from '../../../src/core/secrets/secret-value.ts';
import { unseal } from '../../../src/sandbox/controllers/unseal.ts';
import type { SealRequest } from '../../../src/value-ports.ts';
import { kubesealStandIn, type KubesealStandIn } from '../../support/kubeseal-stand-in.ts';

const { publicKey, privateKey } = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
});
const text = 'a value that must not stand in a process list';
const { signal } = new AbortController();

let standIn: KubesealStandIn;

beforeAll(async () => {
  standIn = await kubesealStandIn();
});

afterAll(async () => {
  await standIn.remove();
});

function request(of: Partial<SealRequest> = {}): SealRequest {
  const data = new Map([['password', SecretValue.fromText(text)]]);
  return { namespace: 'team', name: 'app', data, scope: 'strict', certificate: publicKey, ...of };
}

describe('kubeseal', () => {
  test('is not there where PATH has none', async () => {
    expect(await openKubeseal({ env: { PATH: '/nowhere' } })).toBeUndefined();
  });

  test.each([
    ['strict', 'team/app'],
    ['namespace-wide', 'team'],
    ['cluster-wide', ''],
  ] as const)('seals %s: the controller reads the value again', async (scope, label) => {
    const sealer = await openKubeseal({ env: { PATH: standIn.path } });
    const sealed = await sealer?.seal(request({ scope }), signal);
    const opened = unseal(sealed?.get('password') ?? '', [privateKey], label, 'password');
    expect(Buffer.from(opened, 'base64').toString()).toBe(text);
  });

  test('gets values over standard input alone, and leaves no file', async () => {
    const sealer = await openKubeseal({ env: { PATH: standIn.path, SECRET_OF_THE_SHELL: text } });
    await sealer?.seal(request(), signal);
    const calls = await standIn.calls();
    expect(calls).toContain('--cert');
    expect(calls).not.toContain(text);
    expect(calls).not.toContain(Buffer.from(text).toString('base64'));
    const folder = /"--cert","([^"]+)\/[^/"]+"/.exec(calls)?.[1] ?? '';
    expect(basename(folder)).toMatch(/^c2l-seal-/);
    expect(existsSync(folder)).toBe(false);
  });

  test('says why it failed, without the values that it was given', async () => {
    const sealer = await openKubeseal({ env: { PATH: standIn.path } });
    const failed = await sealer?.seal(request({ certificate: 'nothing' }), signal).catch((error: unknown) => error);
    expect(failed).toMatchObject({
      code: 'write-failed',
      message: expect.stringMatching(/^kubeseal failed: error: no certificate/),
    });
    expect(JSON.stringify(failed)).not.toContain(Buffer.from(text).toString('base64'));
    expect((failed as Error).message).not.toContain(Buffer.from(text).toString('base64'));
  });
});
