import type { IncomingMessage, ServerResponse } from 'node:http';
import { deleteCollection, deleteObject } from './api-delete.ts';
import { evictPod } from './api-eviction.ts';
import { listBody, listPage, matcherOf } from './api-list.ts';
import { applyObject } from './api-apply.ts';
import { createObject, existing, patchObject, updateObject, type Answer, type ApiContext } from './api-objects.ts';
import { podLog } from './api-log.ts';
import { patchTypeOf } from './api-patch.ts';
import { ApiProblem, badRequest } from './api-problem.ts';
import { proxyToService } from './api-proxy.ts';
import { methodNotAllowed, type ApiRequest } from './api-request.ts';
import { tableOf, wantsTable } from './api-table.ts';
import { serveWatch } from './api-watch.ts';

/** The API server's own limit for a request. */
const largestBody = 3 * 1024 * 1024;

interface Exchange {
  readonly incoming: IncomingMessage;
  readonly response: ServerResponse;
}

/** Does what a request asks for. Undefined where the answer was, or is being, written to the response itself. */
export async function answerRequest(
  context: ApiContext,
  request: ApiRequest,
  exchange: Exchange,
): Promise<Answer | undefined> {
  const { incoming, response } = exchange;
  if (request.subresource === 'proxy') {
    answerProxy(context, request, exchange);
    return undefined;
  }
  if (request.subresource === 'log') {
    response.writeHead(200, { 'content-type': 'text/plain' }).end(podLog(context, request));
    return undefined;
  }
  const asTable = wantsTable(incoming.headers.accept ?? '');
  switch (request.verb) {
    case 'get':
      return answerGet(context, request, asTable);
    case 'list':
      return answerList(context, request, asTable);
    case 'watch':
      serveWatch(context, refuseCreateOnly(request), { response, asTable });
      return undefined;
    case 'create':
      return answerCreate(context, request, await jsonBody(incoming));
    case 'update':
      return updateObject(context, request, await jsonBody(incoming));
    case 'patch':
      return answerPatch(context, request, incoming);
    case 'delete':
      return deleteObject(context, request, await jsonBody(incoming, { optional: true }));
    case 'deletecollection': {
      const body = await jsonBody(incoming, { optional: true });
      const objects = context.store.list(request.type.name, request.namespace).filter(matcherOf(request));
      return deleteCollection(context, request, { objects, body });
    }
  }
}

function answerGet(context: ApiContext, request: ApiRequest, asTable: boolean): Answer {
  if (request.subresource !== undefined && request.subresource !== 'status') {
    throw new ApiProblem(400, 'BadRequest', 'Upgrade request required');
  }
  const object = existing(context, refuseCreateOnly(request));
  const { resourceVersion } = object.metadata;
  const list = { metadata: { resourceVersion }, items: [object] };
  return { code: 200, body: asTable ? tableOf(request, list, context.clock.now()) : object };
}

function answerList(context: ApiContext, request: ApiRequest, asTable: boolean): Answer {
  const list = listPage(context.store, refuseCreateOnly(request));
  const body = asTable
    ? tableOf(request, list, context.clock.now())
    : listBody(list, { custom: request.type.custom === true });
  return { code: 200, body };
}

async function answerPatch(context: ApiContext, request: ApiRequest, incoming: IncomingMessage): Promise<Answer> {
  const type = patchTypeOf(mediaTypeOf(incoming), { custom: request.type.custom === true });
  const body = await jsonBody(incoming);
  return type === 'apply' ? applyObject(context, request, body) : patchObject(context, request, { type, body });
}

function refuseCreateOnly(request: ApiRequest): ApiRequest {
  if (request.type.createOnly) {
    throw methodNotAllowed();
  }
  return request;
}

function answerCreate(context: ApiContext, request: ApiRequest, body: unknown): Answer {
  if (request.subresource === 'eviction') {
    return evictPod(context, request, body);
  }
  if (request.type.name === 'selfsubjectaccessreviews') {
    return { code: 201, body: context.access.review(request, body) };
  }
  if (request.name !== undefined || (request.type.namespaced && request.namespace === undefined)) {
    throw methodNotAllowed();
  }
  return createObject(context, request, body);
}

function answerProxy(context: ApiContext, request: ApiRequest, { incoming, response }: Exchange): void {
  const { pathname, search } = new URL(`http://sandbox${incoming.url ?? '/'}`);
  if (pathname.endsWith('/proxy')) {
    response.writeHead(301, { location: `${pathname}/${search}` }).end();
    return;
  }
  const { status, headers, body } = proxyToService(context, request, { search, headers: incoming.headers });
  response.writeHead(status, headers).end(body);
}

function mediaTypeOf(incoming: IncomingMessage): string {
  return (incoming.headers['content-type'] ?? '').split(';')[0]?.trim() ?? '';
}

async function jsonBody(incoming: IncomingMessage, { optional = false } = {}): Promise<unknown> {
  const text = (await bytesOf(incoming)).toString();
  if (optional && text === '') {
    return undefined;
  }
  const mediaType = mediaTypeOf(incoming);
  // What is applied comes as YAML by its name, and every client sends JSON, which is YAML too.
  if (mediaType !== '' && !mediaType.endsWith('json') && mediaType !== 'application/apply-patch+yaml') {
    throw new ApiProblem(
      415,
      'UnsupportedMediaType',
      `the sandbox takes JSON only, not ${mediaType}: write a manifest and use kubectl apply -f`,
    );
  }
  try {
    return JSON.parse(text);
  } catch {
    throw badRequest('the body of the request is not valid JSON');
  }
}

async function bytesOf(incoming: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size <= largestBody) {
      chunks.push(chunk);
    }
  }
  if (size > largestBody) {
    throw new ApiProblem(413, 'RequestEntityTooLarge', `Request entity too large: limit is ${largestBody}`);
  }
  return Buffer.concat(chunks);
}
