import type { ServerResponse } from 'node:http';
import { groupVersion } from '../resources.ts';
import type { StoredObject, StoreEvent } from '../store/stored-object.ts';
import { matcherOf } from './api-list.ts';
import type { ApiContext } from './api-objects.ts';
import { ApiProblem, badRequest } from './api-problem.ts';
import type { ApiRequest } from './api-request.ts';
import { tableOf } from './api-table.ts';

interface WatchEvent {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK' | 'ERROR';
  readonly object: unknown;
}

/** Sends changes, one JSON document a line, until the client goes away or `timeoutSeconds` are over. */
export function serveWatch(
  context: ApiContext,
  request: ApiRequest,
  { response, asTable }: { response: ServerResponse; asTable: boolean },
): void {
  const { store, clock } = context;
  const matches = matcherOf(request);
  const past = pastEvents(context, request);
  const send = ({ type, object }: WatchEvent): void => {
    const stored = object as StoredObject;
    const body =
      asTable && type !== 'ERROR' && type !== 'BOOKMARK'
        ? tableOf(
            request,
            { metadata: { resourceVersion: stored.metadata.resourceVersion }, items: [stored] },
            clock.now(),
          )
        : object;
    response.write(`${JSON.stringify({ type, object: body })}\n`);
  };
  const pass = (event: StoreEvent): void => {
    const seen = isElsewhere(request, event) ? undefined : seenThrough(matches, event);
    if (seen) {
      send(seen);
    }
  };
  response.writeHead(200, { 'content-type': 'application/json', 'cache-control': 'no-cache, private' });
  response.flushHeaders();
  if (past instanceof ApiProblem) {
    send({ type: 'ERROR', object: past.toStatus() });
    response.end();
    return;
  }
  past.forEach(pass);
  if (wantsInitialEvents(request)) {
    send({ type: 'BOOKMARK', object: initialEventsEnd(request, store.resourceVersion) });
  }
  const unsubscribe = store.subscribe(pass);
  const timer = endAfter(request.query.get('timeoutSeconds'), response);
  response.on('close', () => {
    unsubscribe();
    clearTimeout(timer);
  });
}

function wantsInitialEvents(request: ApiRequest): boolean {
  return request.query.get('sendInitialEvents') === 'true';
}

/** The end of a list that was sent as a watch. */
function initialEventsEnd({ type }: ApiRequest, resourceVersion: string): unknown {
  return {
    kind: type.kind,
    apiVersion: groupVersion(type),
    metadata: { resourceVersion, annotations: { 'k8s.io/initial-events-end': 'true' } },
  };
}

/** What happened since the resourceVersion of the request; without one, what there is now, as if it were just added. */
function pastEvents({ store }: ApiContext, request: ApiRequest): StoreEvent[] | ApiProblem {
  const since = request.query.get('resourceVersion') ?? '';
  const { name } = request.type;
  if (since === '' || since === '0' || wantsInitialEvents(request)) {
    return store.list(name).map((object) => ({ type: 'ADDED', resource: name, object }));
  }
  try {
    return store.changesSince(name, since);
  } catch (error) {
    // An expired version is told inside the stream; a malformed one is a refusal.
    if (error instanceof ApiProblem && error.code === 410) {
      return error;
    }
    throw error;
  }
}

function isElsewhere(request: ApiRequest, event: StoreEvent): boolean {
  const { namespace } = request;
  return (
    event.resource !== request.type.name || (namespace !== undefined && event.object.metadata.namespace !== namespace)
  );
}

/** A change as a watch with selectors sees it: what stops to match is gone for it, what begins to match is new. */
function seenThrough(matches: (object: StoredObject) => boolean, event: StoreEvent): WatchEvent | undefined {
  const { type, object, previous } = event;
  if (type !== 'MODIFIED') {
    return matches(object) ? { type, object } : undefined;
  }
  const was = previous !== undefined && matches(previous);
  if (matches(object)) {
    return { type: was ? 'MODIFIED' : 'ADDED', object };
  }
  return was ? { type: 'DELETED', object } : undefined;
}

function endAfter(text: string | null, response: ServerResponse): NodeJS.Timeout | undefined {
  if (text === null) {
    return undefined;
  }
  const seconds = Number(text);
  if (!Number.isInteger(seconds) || seconds < 0) {
    throw badRequest(`strconv.ParseInt: parsing ${JSON.stringify(text)}: invalid syntax`);
  }
  return seconds === 0 ? undefined : setTimeout(() => response.end(), seconds * 1000).unref();
}
