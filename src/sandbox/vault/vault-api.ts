import { vaultError, type VaultAnswer } from './vault-answer.ts';
import type { VaultStore, VaultVersion, VersionFields } from './vault-store.ts';

export interface VaultRequest {
  readonly method: string;
  readonly url: URL;
  readonly body: string;
}

const namePattern = /^[0-9a-zA-Z-]{1,127}$/;
const pageSize = 25;

/** Key Vault's secrets API once the caller is known. */
export function answerVaultRequest(store: VaultStore, request: VaultRequest): VaultAnswer {
  const { url, method } = request;
  if (!url.searchParams.has('api-version')) {
    return vaultError(400, 'BadParameter', 'api-version must be specified');
  }
  // The SDK asks for the latest version with an empty last step: /secrets/NAME/
  const [collection, name, action] = url.pathname.split('/').filter((step) => step !== '');
  if (name === undefined) return method === 'GET' ? listAll(store, collection, url) : notAllowed();
  if (!namePattern.test(name)) return vaultError(400, 'BadParameter', 'The request URI contains an invalid name.');
  const routes = collection === 'deletedsecrets' ? deletedRoutes : secretRoutes;
  return routes[method]?.({ store, url, origin: url.origin, name, body: request.body }, action) ?? notAllowed();
}

interface Resource {
  readonly store: VaultStore;
  readonly url: URL;
  readonly origin: string;
  readonly name: string;
  readonly body: string;
}

type Route = (resource: Resource, action: string | undefined) => VaultAnswer | undefined;

const secretRoutes: Readonly<Record<string, Route>> = {
  GET: (resource, version) => (version === 'versions' ? listVersions(resource) : getSecret(resource, version)),
  PATCH: (resource, version) => (version === undefined ? undefined : updateSecret(resource, version)),
  PUT: (resource, action) => (action === undefined ? setSecret(resource) : undefined),
  DELETE: (resource, action) => (action === undefined ? deleteSecret(resource) : undefined),
};

const deletedRoutes: Readonly<Record<string, Route>> = {
  GET: (resource, action) => (action === undefined ? getDeleted(resource) : undefined),
  POST: (resource, action) => (action === 'recover' ? recover(resource) : undefined),
  DELETE: ({ store, name }, action) => {
    if (action !== undefined) return undefined;
    return store.purge(name) ? { status: 204 } : notFound(name);
  },
};

function getSecret({ store, origin, name }: Resource, version: string | undefined): VaultAnswer {
  const versions = store.versions(name);
  const found = version === undefined ? versions?.at(-1) : versions?.find((one) => one.version === version);
  if (found === undefined) return notFound(name);
  if (!found.attributes.enabled) {
    return vaultError(403, 'Forbidden', 'Operation get is not allowed on a disabled secret.', 'SecretDisabled');
  }
  return { status: 200, body: bundle(origin, name, found) };
}

function setSecret({ store, origin, name, body }: Resource): VaultAnswer {
  const movingTo = store.movingTo(name);
  if (movingTo !== undefined) {
    const inner = movingTo === 'bin' ? 'ObjectIsBeingDeleted' : 'ObjectIsBeingRecovered';
    return vaultError(
      409,
      'Conflict',
      `Secret ${name} is currently being ${movingTo === 'bin' ? 'deleted' : 'recovered'}.`,
      inner,
    );
  }
  if (store.deletedVersions(name) !== undefined) {
    const message = `Secret ${name} is currently in a deleted but recoverable state, and its name cannot be reused.`;
    return vaultError(409, 'Conflict', message, 'ObjectIsDeletedButRecoverable');
  }
  const { value, contentType, attributes } = JSON.parse(body) as SetBody;
  if (typeof value !== 'string' || Buffer.byteLength(value) > 25_600) {
    return vaultError(400, 'BadParameter', 'Property value is missing, is no text or has more than 25600 bytes.');
  }
  return { status: 200, body: bundle(origin, name, store.set(name, value, fieldsOf({ contentType, attributes }))) };
}

function updateSecret({ store, origin, name, body }: Resource, version: string): VaultAnswer {
  const updated = store.update(name, version, fieldsOf(JSON.parse(body) as SetBody));
  return updated === undefined ? notFound(name) : { status: 200, body: withoutValue(origin, name, updated) };
}

function fieldsOf({ contentType, attributes }: SetBody): VersionFields {
  return {
    ...(attributes?.enabled === undefined ? {} : { enabled: attributes.enabled }),
    ...(attributes?.exp === undefined ? {} : { expires: new Date(attributes.exp * 1000) }),
    ...(attributes?.nbf === undefined ? {} : { notBefore: new Date(attributes.nbf * 1000) }),
    ...(contentType === undefined ? {} : { contentType }),
  };
}

interface SetBody {
  readonly value?: unknown;
  readonly contentType?: string | undefined;
  readonly attributes?: AttributesBody | undefined;
}

interface AttributesBody {
  readonly enabled?: boolean;
  readonly exp?: number;
  readonly nbf?: number;
}

function deleteSecret({ store, origin, name }: Resource): VaultAnswer {
  const newest = store.versions(name)?.at(-1);
  if (newest === undefined || !store.delete(name)) return notFound(name);
  return { status: 200, body: deletedBundle(origin, name, newest) };
}

function getDeleted({ store, origin, name }: Resource): VaultAnswer {
  const found = store.deletedVersions(name)?.at(-1);
  return found === undefined ? notFound(name) : { status: 200, body: deletedBundle(origin, name, found) };
}

function deletedBundle(origin: string, name: string, version: VaultVersion): Record<string, unknown> {
  return { ...withoutValue(origin, name, version), recoveryId: `${origin}/deletedsecrets/${name}` };
}

function recover({ store, origin, name }: Resource): VaultAnswer {
  const found = store.deletedVersions(name)?.at(-1);
  if (found === undefined || !store.recover(name)) return notFound(name);
  return { status: 200, body: withoutValue(origin, name, found) };
}

function listAll(store: VaultStore, collection: string | undefined, url: URL): VaultAnswer {
  const { origin } = url;
  if (collection === 'secrets') {
    const item = (name: string): unknown => {
      return { id: `${origin}/secrets/${name}`, attributes: attributesOf(store.versions(name)?.at(-1)) };
    };
    return page(store.names(), url, item);
  }
  if (collection !== 'deletedsecrets') return notAllowed();
  return page(store.deletedNames(), url, (name) => {
    const attributes = attributesOf(store.deletedVersions(name)?.at(-1));
    return { id: `${origin}/secrets/${name}`, recoveryId: `${origin}/deletedsecrets/${name}`, attributes };
  });
}

function listVersions({ store, url, origin, name }: Resource): VaultAnswer {
  const versions = store.versions(name);
  if (versions === undefined) return notFound(name);
  return page(versions, url, (version) => withoutValue(origin, name, version));
}

function page<T>(all: readonly T[], url: URL, item: (each: T) => unknown): VaultAnswer {
  const { searchParams } = url;
  const start = Number(searchParams.get('$skiptoken') ?? 0);
  const end = start + Number(searchParams.get('maxresults') ?? pageSize);
  const value = all.slice(start, end).map(item);
  searchParams.set('$skiptoken', String(end));
  return { status: 200, body: { value, nextLink: end < all.length ? url.href : null } };
}

function bundle(origin: string, name: string, version: VaultVersion): Record<string, unknown> {
  return { value: version.value, ...withoutValue(origin, name, version) };
}

function withoutValue(origin: string, name: string, version: VaultVersion): Record<string, unknown> {
  return {
    id: `${origin}/secrets/${name}/${version.version}`,
    ...(version.contentType === undefined ? {} : { contentType: version.contentType }),
    attributes: attributesOf(version),
  };
}

function attributesOf(version: VaultVersion | undefined): Record<string, unknown> {
  return { ...version?.attributes, updated: version?.attributes.created, recoveryLevel: 'Recoverable+Purgeable' };
}

function notFound(name: string): VaultAnswer {
  return vaultError(404, 'SecretNotFound', `A secret with (name/id) ${name} was not found in this key vault.`);
}

function notAllowed(): VaultAnswer {
  return vaultError(405, 'MethodNotAllowed', 'The sandbox vault knows get, set, list, delete, recover and purge.');
}
