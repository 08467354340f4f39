/*
 * A small Azure Key Vault on the loopback, for the sandbox and the tests: the real SDK with a real managed-identity
 * credential goes through it unchanged. What it does, and where that is known from:
 *
 * - A request without a token gets 401 with the challenge `Bearer authorization="…", resource="https://vault.azure.net"`
 *   (REST reference "Authentication, requests and responses"; the SDK sends its first request without a token).
 * - Tokens come from IDENTITY_ENDPOINT with X-IDENTITY-HEADER, api-version and resource ("How to use managed identities
 *   for App Service", REST endpoint reference).
 * - A token is a JWT whose claims say as whom it speaks: appid, oid, idtyp, and xms_mirid of a managed identity ("Access
 *   token claims reference").
 * - GET /secrets/NAME/ and /secrets/NAME/VERSION, with a trailing slash for the latest and the query name sent as
 *   `api%2Dversion` (seen of the SDK, 4.11).
 * - 404 SecretNotFound; a soft-deleted secret is 404 under /secrets, readable under /deletedsecrets, and 409
 *   ObjectIsDeletedButRecoverable when set again ("Key Vault soft-delete overview").
 * - A deletion or recovery goes on after it was answered: meanwhile the secret is neither under /secrets nor under
 *   /deletedsecrets, and setting it is 409 ObjectIsBeingDeleted or ObjectIsBeingRecovered (same page; `settleMs`).
 * - Lists come in pages of 25, or maxresults, with a nextLink, and without values: secrets, deleted secrets, versions of
 *   one secret (REST reference "Get Secrets", "Get Deleted Secrets", "Get Secret Versions").
 * - PATCH changes a version's attributes and never its value (REST reference "Update Secret").
 * - 403 SecretDisabled for a disabled one; one that has expired or is not yet valid still gives its value ("About Azure
 *   Key Vault secrets").
 * - 403 with innererror ForbiddenByRbac, ForbiddenByPolicy or ForbiddenByFirewall ("Key Vault REST API error codes").
 * - 429 with or without Retry-After ("Key Vault throttling guidance").
 * - Names are letters, digits and "-", up to 127, the same in upper and lower case; values up to 25 kB ("About keys,
 *   secrets and certificates").
 * - The rest of its faults are a network's: hanging, resetting, breaking off.
 */
import { randomBytes } from 'node:crypto';
import {
  createServer as createHttpServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { createVaultCertificates, type VaultCertificates } from './vault-certificates.ts';
import { faultAnswer, vaultError, type VaultAnswer, type VaultFault } from './vault-answer.ts';
import { answerVaultRequest } from './vault-api.ts';
import { VaultStore, type VaultSecret } from './vault-store.ts';
import { isValidToken, issueToken } from './vault-tokens.ts';

export interface Vault {
  readonly url: string;
  readonly caPem: string;
  readonly identityEndpoint: string;
  readonly identityHeader: string;
  /** What was asked, in order, as METHOD and path; tokens and queries are left out. */
  readonly requests: readonly string[];
  /** What a read would give, for a reader that does not go through the API: undefined where it would be refused. */
  read(name: string, version?: string): string | undefined;
  /** Puts a new version into the vault, as another client of it would. */
  set(name: string, value: string): void;
  /** Puts a secret into the vault's bin. */
  delete(name: string): void;
  /** From now on everything fails in this way; undefined ends it. */
  setFault(fault: VaultFault | undefined): void;
  close(): Promise<void>;
}

export interface VaultOptions {
  readonly secrets: Readonly<Record<string, VaultSecret>>;
  readonly fault?: VaultFault;
  /** How long a deletion or a recovery goes on after it was answered: in Azure some seconds. */
  readonly settleMs?: number;
  /** Its own and its authority's; by default made for it. */
  readonly certificates?: VaultCertificates;
}

const resource = 'https://vault.azure.net';
const tenant = '00000000-0000-0000-0000-000000000000';
const challenge = `Bearer authorization="https://login.microsoftonline.com/${tenant}", resource="${resource}"`;

export async function startVault(options: VaultOptions): Promise<Vault> {
  const { secrets, fault: firstFault, settleMs = 0 } = options;
  const certificates = options.certificates ?? (await createVaultCertificates(new Date()));
  const store = new VaultStore(secrets, settleMs);
  const identityHeader = randomBytes(16).toString('hex');
  const requests: string[] = [];
  let fault = firstFault;

  const vaultServer = createHttpsServer(
    { cert: certificates.certPem, key: certificates.keyPem },
    (request, response) => {
      void answerVault(request, response);
    },
  );
  const tokenServer = createHttpServer((request, response) => {
    if (fault?.kind === 'token-hang') return;
    send(response, fault?.kind === 'no-identity' ? noIdentity : answerToken(request, identityHeader));
  });

  async function answerVault(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = 'GET', headers, url: target = '/' } = request;
    const url = new URL(target, `https://${headers.host ?? 'localhost'}`);
    const body = await textOf(request);
    requests.push(`${method} ${url.pathname}`);
    if (fault?.kind === 'hang') return;
    if (fault?.kind === 'reset') {
      request.socket.destroy();
      return;
    }
    const answer = unauthenticated(headers) ?? faulty() ?? answerVaultRequest(store, { method, url, body });
    send(response, answer);
  }

  function faulty(): VaultAnswer | undefined {
    if (fault?.kind === 'throttled' && fault.times !== undefined) {
      fault = fault.times === 0 ? undefined : { ...fault, times: fault.times - 1 };
    }
    if (fault === undefined) return undefined;
    const [firstName = ''] = store.names();
    return faultAnswer(fault, store.versions(firstName)?.at(-1)?.value ?? '');
  }

  const port = await listen(vaultServer);
  const tokenPort = await listen(tokenServer);
  return {
    url: `https://127.0.0.1:${port}`,
    caPem: certificates.caPem,
    identityEndpoint: `http://127.0.0.1:${tokenPort}/msi/token`,
    identityHeader,
    requests,
    read: (name, version) => {
      const versions = store.versions(name) ?? [];
      const found = version === undefined ? versions.at(-1) : versions.find((each) => each.version === version);
      return found?.attributes.enabled === true ? found.value : undefined;
    },
    set: (name, value) => void store.set(name, value),
    delete: (name) => void store.delete(name),
    setFault(next) {
      fault = next;
    },
    async close() {
      await Promise.all([stop(vaultServer), stop(tokenServer)]);
    },
  };
}

function unauthenticated(headers: IncomingHttpHeaders): VaultAnswer | undefined {
  const token = /^Bearer (.+)$/.exec(headers.authorization ?? '')?.[1];
  const asChallenge = { 'www-authenticate': challenge };
  if (token === undefined) {
    return {
      ...vaultError(401, 'Unauthorized', 'AKV10000: Request is missing a Bearer or PoP token.'),
      headers: asChallenge,
    };
  }
  if (isValidToken(token, resource, new Date())) return undefined;
  return {
    ...vaultError(401, 'Unauthorized', 'AKV10022: Invalid audience, signature or lifetime.'),
    headers: { 'www-authenticate': `${challenge}, error="invalid_token"` },
  };
}

const noIdentity: VaultAnswer = {
  status: 400,
  body: { error: 'invalid_request', error_description: 'No managed identity is assigned.' },
};

function answerToken(request: IncomingMessage, identityHeader: string): VaultAnswer {
  const { searchParams } = new URL(request.url ?? '/', 'http://localhost');
  if (request.headers['x-identity-header'] !== identityHeader) {
    return { status: 401, body: { error: 'unauthorized', error_description: 'X-IDENTITY-HEADER does not fit.' } };
  }
  const asked = searchParams.get('resource');
  if (asked === null || !searchParams.has('api-version')) {
    return {
      status: 400,
      body: { error: 'invalid_request', error_description: 'api-version and resource are needed.' },
    };
  }
  const { token, expiresOn } = issueToken(asked, new Date());
  return {
    status: 200,
    body: {
      access_token: token,
      expires_on: String(expiresOn),
      resource: asked,
      token_type: 'Bearer',
      client_id: tenant,
    },
  };
}

function send(response: ServerResponse, { status, headers, body }: VaultAnswer): void {
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8', ...headers });
  response.end(body === undefined || typeof body === 'string' ? body : JSON.stringify(body));
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  return (server.address() as AddressInfo).port;
}

async function stop(server: Server): Promise<void> {
  await new Promise((resolve) => {
    server.close(resolve);
    server.closeAllConnections();
  });
}
