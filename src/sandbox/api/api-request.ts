import { findResource, type ResourceType } from '../resources.ts';
import { ApiProblem } from './api-problem.ts';

export type Verb = 'get' | 'list' | 'watch' | 'create' | 'update' | 'patch' | 'delete' | 'deletecollection';

/** A request as the API understands it: what is to be done to which object. */
export interface ApiRequest {
  readonly verb: Verb;
  readonly type: ResourceType;
  readonly namespace: string | undefined;
  readonly name: string | undefined;
  readonly subresource: string | undefined;
  /** What follows the subresource: the path of a proxied request, with its leading slash. */
  readonly rest: string;
  readonly query: URLSearchParams;
  readonly userAgent: string;
  /** How a write is kept in the managed fields; as an update where nothing is said. */
  readonly operation?: 'Apply';
}

function noSuchResource(): ApiProblem {
  return new ApiProblem(404, 'NotFound', 'the server could not find the requested resource', {});
}

export function methodNotAllowed(): ApiProblem {
  return new ApiProblem(405, 'MethodNotAllowed', 'the server does not allow this method on the requested resource', {});
}

/** Takes a path of the API apart; refuses with 404 what the sandbox does not serve, and with 405 a method that does not fit. */
export function parseRequest(method: string, url: URL, userAgent: string): ApiRequest {
  const segments = url.pathname.split('/').slice(1);
  const { group, version, rest } = splitGroup(segments);
  const { namespace, path } = splitNamespace(rest);
  const [resource = '', name, subresource, ...more] = path.map(decode);
  const type = findResource(group, version, resource);
  if (!type || !isServed(type, { namespace, name, subresource })) {
    throw noSuchResource();
  }
  const filled = name === '' ? undefined : name;
  const verb = verbOf(method, {
    named: filled !== undefined,
    query: url.searchParams,
    proxied: subresource === 'proxy',
  });
  return {
    verb,
    type,
    namespace,
    name: filled,
    subresource: subresource === '' ? undefined : subresource,
    rest: `/${more.join('/')}`,
    query: url.searchParams,
    userAgent,
  };
}

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    throw noSuchResource();
  }
}

function splitGroup(segments: readonly string[]): { group: string; version: string; rest: readonly string[] } {
  const [root, first, second] = segments;
  if (root === 'api' && first !== undefined) {
    return { group: '', version: first, rest: segments.slice(2) };
  }
  if (root === 'apis' && first !== undefined && second !== undefined) {
    return { group: first, version: second, rest: segments.slice(3) };
  }
  throw noSuchResource();
}

/** `namespaces/NS/pods/…` is a path inside a namespace, `namespaces/NS` and `namespaces/NS/status` are the namespace. */
function splitNamespace(rest: readonly string[]): { namespace: string | undefined; path: readonly string[] } {
  const isInside = rest[0] === 'namespaces' && rest.length > 2 && rest[2] !== 'status';
  return isInside ? { namespace: decode(rest[1] ?? ''), path: rest.slice(2) } : { namespace: undefined, path: rest };
}

function isServed(
  type: ResourceType,
  path: { namespace: string | undefined; name: string | undefined; subresource: string | undefined },
): boolean {
  const isPlace = type.namespaced
    ? path.namespace !== undefined || path.name === undefined
    : path.namespace === undefined;
  return (
    isPlace && (path.subresource === undefined || path.subresource === '' || isSubresource(type, path.subresource))
  );
}

function isSubresource(type: ResourceType, name: string): boolean {
  return (name === 'status' && type.status === true) || (type.subresources ?? []).some((sub) => sub.name === name);
}

function verbOf(method: string, path: { named: boolean; query: URLSearchParams; proxied: boolean }): Verb {
  if (path.proxied) {
    return onlyGet(method);
  }
  if (method === 'GET' || method === 'HEAD') {
    return readVerb(path);
  }
  const verb = (path.named ? namedVerbs : collectionVerbs).get(method);
  if (!verb) {
    throw methodNotAllowed();
  }
  return verb;
}

function onlyGet(method: string): Verb {
  if (method !== 'GET') {
    throw methodNotAllowed();
  }
  return 'get';
}

function readVerb(path: { named: boolean; query: URLSearchParams }): Verb {
  const watch = path.query.get('watch');
  const isWatch = watch !== null && watch !== 'false' && watch !== '0';
  return path.named ? 'get' : isWatch ? 'watch' : 'list';
}

const namedVerbs = new Map<string, Verb>([
  ['PUT', 'update'],
  ['PATCH', 'patch'],
  ['DELETE', 'delete'],
  // Subresources are created below a named object; without one the server refuses later.
  ['POST', 'create'],
]);

const collectionVerbs = new Map<string, Verb>([
  ['POST', 'create'],
  ['DELETE', 'deletecollection'],
]);
