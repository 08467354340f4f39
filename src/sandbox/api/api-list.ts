import { groupVersion } from '../resources.ts';
import type { ObjectStore } from '../store/object-store.ts';
import { keyOf } from '../store/object-table.ts';
import type { StoredObject } from '../store/stored-object.ts';
import { ApiProblem, badRequest } from './api-problem.ts';
import type { ApiRequest } from './api-request.ts';
import { fieldMatcher, labelMatcher, type Matcher } from './api-selectors.ts';

export interface ObjectList {
  readonly kind: string;
  readonly apiVersion: string;
  readonly metadata: {
    readonly resourceVersion: string;
    readonly continue?: string;
    readonly remainingItemCount?: number;
  };
  readonly items: readonly StoredObject[];
}

/** Both selectors of a request, and its name where it has one. */
export function matcherOf(request: ApiRequest): Matcher {
  const labels = labelMatcher(request.query.get('labelSelector'));
  const fields = fieldMatcher(request.type.name, request.query.get('fieldSelector'));
  return (object) => labels(object) && fields(object);
}

interface Position {
  /** The version of the list that the first page began. */
  readonly version: string;
  readonly after: string;
}

/** One page of a list; without `limit` all of it. */
export function listPage(store: ObjectStore, request: ApiRequest): ObjectList {
  const { type, namespace, query } = request;
  const limit = limitOf(query.get('limit'));
  const from = positionOf(store, query.get('continue'));
  const matches = matcherOf(request);
  const { items, remaining } = store.page(type.name, { namespace, after: from?.after, limit, matches });
  const version = from?.version ?? store.resourceVersion;
  const last = items.at(-1);
  const isCut = last !== undefined && remaining > 0;
  const isNarrowed = query.get('labelSelector') !== null || query.get('fieldSelector') !== null;
  return {
    kind: `${type.kind}List`,
    apiVersion: groupVersion(type),
    metadata: {
      resourceVersion: version,
      ...(isCut && { continue: tokenOf({ version, after: keyOf(last.metadata.namespace, last.metadata.name) }) }),
      ...(isCut && !isNarrowed && { remainingItemCount: remaining }),
    },
    items,
  };
}

function limitOf(text: string | null): number {
  if (text === null || text === '' || text === '0') {
    return Number.POSITIVE_INFINITY;
  }
  const limit = Number(text);
  if (!Number.isInteger(limit) || limit < 0) {
    throw badRequest(`strconv.ParseInt: parsing ${JSON.stringify(text)}: invalid syntax`);
  }
  return limit;
}

function tokenOf(position: Position): string {
  return Buffer.from(JSON.stringify(position)).toString('base64url');
}

function positionOf(store: ObjectStore, token: string | null): Position | undefined {
  if (token === null || token === '') {
    return undefined;
  }
  const position = decoded(token);
  try {
    store.assertRemembered(position.version);
  } catch {
    throw new ApiProblem(
      410,
      'Expired',
      'The provided continue parameter is too old to display a consistent list result. You must start a new list ' +
        'without the continue parameter.',
    );
  }
  return position;
}

function decoded(token: string): Position {
  try {
    const { version, after } = JSON.parse(Buffer.from(token, 'base64url').toString()) as Partial<Position>;
    if (typeof version === 'string' && typeof after === 'string') {
      return { version, after };
    }
  } catch {
    // Told below, together with a token that is JSON but not a position.
  }
  throw badRequest('invalid continue token: continue key is not valid');
}

/** A list as it is sent: objects of built-in kinds do not repeat their kind in it. */
export function listBody(list: ObjectList, options: { custom: boolean }): unknown {
  if (options.custom) {
    return list;
  }
  const items = list.items.map((object) =>
    Object.fromEntries(Object.entries(object).filter(([field]) => field !== 'kind' && field !== 'apiVersion')),
  );
  return { ...list, items };
}
