import { setImmediate as nextTurn } from 'node:timers/promises';
import { absent, present, unreadable, type Observed, type Unreadable } from '../../core/cluster/observed.ts';
import { asObject, asText, parseObject } from '../json-object.ts';
import { readJsonList } from './json-list.ts';
import { answerFailure, apiStatus, notKubernetes, type ApiAnswer, type Subject } from './kubernetes-errors.ts';
import { collectionPath } from './kubernetes-resources.ts';
import type { Reduced } from './kubernetes-shapes.ts';
import type { Transport } from './kubernetes-transport.ts';

/** Of a page: what one answer holds at once. 500 is what kubectl asks for. */
const pageSize = 500;

export interface ListRequest<T> {
  readonly api: string;
  readonly subject: Subject;
  /** Of the query: `labelSelector=…`. */
  readonly selector?: string;
  /** What is kept of an item, page by page. */
  readonly reduce: (item: unknown) => Reduced<T>;
}

/** All pages of a list. Throws TransportFailure. */
export async function readList<T>(transport: Transport, request: ListRequest<T>): Promise<Observed<readonly T[]>> {
  const { resource } = request.subject;
  const first = await readPages(transport, request);
  const found = first === 'expired' ? await readPages(transport, request) : first;
  return found === 'expired'
    ? unreadable('server-error', `${resource} changed faster than the list could be read`)
    : found;
}

/** `expired` when the server no longer holds the state that the first page was read at. */
async function readPages<T>(
  transport: Transport,
  request: ListRequest<T>,
): Promise<Observed<readonly T[]> | 'expired'> {
  const { api, subject, reduce } = request;
  const all: T[] = [];
  let answer = await readPage(transport, request, '');
  for (let token = ''; ;) {
    if (answer.status === 410 && token !== '') return 'expired';
    if (await isAbsent(transport, api, answer)) return absent;
    const page = answer.status >= 300 ? answerFailure(answer, subject) : parsePage(answer, subject);
    if ('state' in page) return page;
    token = page.next;
    // Asked for before this page is reduced, so that the server works meanwhile.
    const next = token === '' ? undefined : await begun(readPage(transport, request, token));
    const wrong = keepItems(page.items, reduce, all);
    release(answer);
    if (wrong !== undefined) return notKubernetes(subject, wrong);
    if (next === undefined) return present(all);
    answer = await next.answer;
  }
}

/** Smaller buffers may share their memory with others, and cost nothing to keep. */
const worthReleasing = 1024 * 1024;

/**
 * Gives the memory of a page back: it lived long enough to be freed only when everything is collected, and by then
 * there are many. What it is handed on to is held by nobody.
 */
function release({ bytes: { buffer, byteLength } }: ApiAnswer): void {
  if (byteLength < worthReleasing || !(buffer instanceof ArrayBuffer)) return;
  structuredClone(undefined, { transfer: [buffer] });
}

function readPage<T>(
  transport: Transport,
  { api, subject, selector }: ListRequest<T>,
  token: string,
): Promise<ApiAnswer> {
  const selection = selector === undefined ? '' : `&${selector}`;
  const position = token === '' ? '' : `&continue=${encodeURIComponent(token)}`;
  const collection = collectionPath(api, subject.resource, subject.namespace);
  return transport.read({ method: 'GET', path: `${collection}?limit=${pageSize}${selection}${position}` });
}

/** Lets a request leave before anything else is done. Whoever gives up on its answer is told of no failure. */
async function begun(answer: Promise<ApiAnswer>): Promise<{ readonly answer: Promise<ApiAnswer> }> {
  answer.catch(() => undefined);
  await nextTurn();
  return { answer };
}

/** Rights are looked at before the path: to whom a kind is forbidden, one that is not installed is so as well. */
async function isAbsent(transport: Transport, api: string, answer: ApiAnswer): Promise<boolean> {
  if (answer.status !== 403 || !isAddOn(api)) return answer.status === 404 && isUnknownResource(api, answer);
  return (await transport.read({ method: 'GET', path: api })).status === 404;
}

/** Kubernetes' own groups are always there; what controllers of others bring has a domain of theirs. */
function isAddOn(api: string): boolean {
  const [, , group = ''] = api.split('/');
  return group.includes('.') && !group.endsWith('.k8s.io');
}

/**
 * Resources of an API group that is not installed get Kubernetes' plain-text 404. Those of the core are always there:
 * where they are not found, something else than Kubernetes answers.
 */
function isUnknownResource(api: string, answer: ApiAnswer): boolean {
  return api !== '/api/v1' && (answer.text.trim() === '404 page not found' || apiStatus(answer)?.reason === 'NotFound');
}

const notJson = 'not JSON, or not all of it';

/** Adds what is kept of each item; gives what is wrong with the first that is not as it should be. */
function keepItems<T>(items: Iterable<unknown>, reduce: ListRequest<T>['reduce'], all: T[]): string | undefined {
  try {
    for (const item of items) {
      const reduced = reduce(item);
      if (reduced.misfit !== undefined) return malformed(reduced.misfit);
      all.push(reduced.kept);
    }
    return undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return notJson;
    throw error;
  }
}

function malformed(path: string): string {
  return path === '' ? 'a list with malformed objects' : `a list with malformed objects (${path.slice(1)})`;
}

interface Page {
  readonly items: Iterable<unknown>;
  readonly next: string;
}

function parsePage(answer: ApiAnswer, subject: Subject): Page | Unreadable {
  // Who wrote which key of a Secret tells its owner and the age of its values.
  const list = readJsonList(answer.bytes, { managers: subject.resource === 'secrets' });
  const body = asObject(list?.envelope) ?? parseObject(answer.text);
  if (body === undefined) return notKubernetes(subject, notJson);
  const items = list?.items ?? body['items'] ?? [];
  if (!asText(body['kind']).endsWith('List') || !isIterable(items)) return notKubernetes(subject, 'not a list');
  return { items, next: asText(asObject(body['metadata'])?.['continue']) };
}

function isIterable(value: unknown): value is Iterable<unknown> {
  return typeof value === 'object' && value !== null && Symbol.iterator in value;
}
