import { X509Certificate } from 'node:crypto';
import { request as httpsRequest } from 'node:https';
import { ManagedIdentityCredential } from '@azure/identity';
import { SecretClient } from '@azure/keyvault-secrets';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { startVault, type Vault } from '../../../src/sandbox/vault/vault.ts';

const value = 'v'.repeat(20);
let vault: Vault;
let client: SecretClient;

beforeEach(async () => {
  vault = await startVault({
    secrets: {
      plain: value,
      disabled: { value, enabled: false },
      expired: { value, expires: new Date('2020-01-01T00:00:00Z') },
      gone: { value, deleted: true },
    },
  });
  process.env['IDENTITY_ENDPOINT'] = vault.identityEndpoint;
  process.env['IDENTITY_HEADER'] = vault.identityHeader;
  client = new SecretClient(vault.url, new ManagedIdentityCredential(), {
    disableChallengeResourceVerification: true,
    tlsOptions: { ca: vault.caPem },
    retryOptions: { maxRetries: 0 },
  });
});

afterEach(async () => {
  await vault.close();
});

describe('through the real SDK and a real managed-identity credential', () => {
  test('a secret is read by its latest version, and by one version', async () => {
    const first = await client.getSecret('plain');
    const second = await client.setSecret('plain', 'w', { contentType: 'text/plain' });

    expect(first).toMatchObject({ name: 'plain', value, properties: { enabled: true } });
    expect(await client.getSecret('PLAIN')).toMatchObject({ value: 'w', properties: { contentType: 'text/plain' } });
    expect(second.properties.version).not.toBe(first.properties.version);
    expect(await client.getSecret('plain', { version: first.properties.version! })).toMatchObject({ value });
  });

  test('the first request is answered by a challenge', async () => {
    await client.getSecret('plain');
    await client.getSecret('plain');

    expect(vault.requests).toEqual(Array(3).fill('GET /secrets/plain/'));
  });

  test.each([
    ['nope', 404, 'SecretNotFound', undefined],
    ['gone', 404, 'SecretNotFound', undefined],
    ['disabled', 403, 'Forbidden', 'SecretDisabled'],
    ['under_score', 400, 'BadParameter', undefined],
  ])('%s: %i %s', async (name, statusCode, code, inner) => {
    await expect(client.getSecret(name)).rejects.toMatchObject({
      statusCode,
      details: { error: { code, ...(inner === undefined ? {} : { innerError: { code: inner } }) } },
    });
  });

  test('an expired secret still gives its value', async () => {
    expect(await client.getSecret('expired')).toMatchObject({
      value,
      properties: { expiresOn: new Date('2020-01-01T00:00:00Z') },
    });
  });

  test('a deleted secret keeps its name until it is recovered', async () => {
    await expect(client.setSecret('gone', 'w')).rejects.toMatchObject({
      statusCode: 409,
      details: { error: { innerError: { code: 'ObjectIsDeletedButRecoverable' } } },
    });
    expect((await client.getDeletedSecret('gone')).value).toBeUndefined();

    await (await client.beginRecoverDeletedSecret('gone', { intervalInMs: 1 })).pollUntilDone();

    expect(await client.getSecret('gone')).toMatchObject({ value });
  });

  test('a secret is deleted and purged', async () => {
    await (await client.beginDeleteSecret('plain', { intervalInMs: 1 })).pollUntilDone();
    await client.purgeDeletedSecret('plain');

    await expect(client.getDeletedSecret('plain')).rejects.toMatchObject({ statusCode: 404 });
  });

  test('a list has every name and no value, page after page', async () => {
    const names: string[] = [];
    for await (const page of client.listPropertiesOfSecrets().byPage({ maxPageSize: 2 })) {
      names.push(...page.map(({ name }) => name));
      expect(JSON.stringify(page)).not.toContain(value);
    }

    expect(names).toEqual(['disabled', 'expired', 'plain']);
  });

  test('its faults come and go', async () => {
    vault.setFault({ kind: 'firewall' });
    await expect(client.getSecret('plain')).rejects.toMatchObject({ statusCode: 403 });

    vault.setFault(undefined);
    expect(await client.getSecret('plain')).toMatchObject({ value });
  });
});

describe('what is in the way of a stranger', () => {
  const get = (token?: string): Promise<{ status: number; challenge: string }> =>
    new Promise((resolve, reject) => {
      const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
      const request = httpsRequest(`${vault.url}/secrets/plain/?api-version=7.6`, { ca: vault.caPem, headers });
      request.on('response', (response) => {
        response.resume();
        resolve({ status: response.statusCode ?? 0, challenge: String(response.headers['www-authenticate']) });
      });
      request.on('error', reject).end();
    });
  const identity = (headers: Record<string, string>, query = '?api-version=2019-08-01&resource=a'): Promise<Response> =>
    fetch(vault.identityEndpoint + query, { headers });

  test.each([[undefined], ['made.up'], ['']])('token %j is challenged', async (token) => {
    expect(await get(token)).toMatchObject({
      status: 401,
      challenge: expect.stringContaining('resource="https://vault.azure.net"'),
    });
  });

  test('a token for something else is refused', async () => {
    const answer = await identity({ 'x-identity-header': vault.identityHeader });
    const { access_token: token } = (await answer.json()) as { access_token: string };

    expect(await get(token)).toMatchObject({ status: 401, challenge: expect.stringContaining('invalid_token') });
  });

  test.each([
    [401, {}, undefined],
    [401, { 'x-identity-header': 'wrong' }, undefined],
  ])('no token: %i for %j', async (status, headers, query) => {
    expect((await identity(headers, query)).status).toBe(status);
  });

  test('no token without a resource', async () => {
    expect((await identity({ 'x-identity-header': vault.identityHeader }, '')).status).toBe(400);
  });

  test('its certificate is its own CA’s, for 127.0.0.1, and no CA itself', async () => {
    const other = await startVault({ secrets: {} });
    const ca = new X509Certificate(vault.caPem);

    expect(ca.ca).toBe(true);
    expect(ca.verify(new X509Certificate(other.caPem).publicKey)).toBe(false);
    await expect(fetch(`${vault.url}/secrets`)).rejects.toThrow('fetch failed');
    await other.close();
  });
});
