import type { Listed, Resource } from '../core/kubernetes.ts';
import { absent, present, unreadable, type Observed, type Unreadable } from '../core/observed.ts';
import { revisionOfLabel } from '../core/revision.ts';
import type { Secret } from '../core/secret.ts';
import type { ClusterReader, Right } from '../ports.ts';
import type { KubeconfigSelection } from './kubeconfig.ts';
import {
  answerFailure,
  apiStatus,
  asObject,
  asText,
  notKubernetes,
  parseObject,
  TransportFailure,
  type ApiAnswer,
  type Subject,
} from './kubernetes-errors.ts';
import { collectionPath, listing } from './kubernetes-resources.ts';
import { toSecret } from './kubernetes-secret.ts';
import type { Reduced } from './kubernetes-shapes.ts';
import type { Transport } from './kubernetes-transport.ts';

/** Of a page: what one answer holds at once. 500 is what kubectl asks for. */
const pageSize = 500;

export class KubernetesReader implements ClusterReader {
  readonly context: string;
  readonly server: string;
  readonly defaultNamespace: string;
  readonly #transport: Transport;

  constructor(transport: Transport, selection: KubeconfigSelection) {
    this.#transport = transport;
    this.context = selection.context;
    this.server = selection.server;
    this.defaultNamespace = selection.namespace;
  }

  async namespaceExists(name: string): Promise<Observed<true>> {
    const subject = { verb: 'get', resource: 'namespaces', name };
    const found = await this.#get(`/api/v1/namespaces/${encodeURIComponent(name)}`, 'Namespace', subject);
    return found.state === 'present' ? present(true) : found;
  }

  async list<R extends Resource>(resource: R, namespace?: string): Promise<Observed<readonly Listed[R][]>> {
    const { api, reduce } = listing(resource);
    return this.#list(api, { verb: 'list', resource, namespace }, reduce);
  }

  async listSecrets(namespace?: string): Promise<Observed<readonly Secret[]>> {
    return this.#list('/api/v1', { verb: 'list', resource: 'secrets', namespace }, reduceSecret);
  }

  async listRevisions(namespace?: string): Promise<Observed<readonly Secret[]>> {
    const subject = { verb: 'list', resource: 'secrets', namespace };
    return this.#list('/api/v1', subject, reduceSecret, `labelSelector=${revisionOfLabel}`);
  }

  async readSecret(namespace: string, name: string): Promise<Observed<Secret>> {
    const subject = { verb: 'get', resource: 'secrets', namespace, name };
    const path = `${collectionPath('/api/v1', 'secrets', namespace)}/${encodeURIComponent(name)}`;
    const found = await this.#get(path, 'Secret', subject);
    if (found.state !== 'present') return found;
    const secret = toSecret(found.value);
    return secret === undefined ? notKubernetes(subject, 'not a Secret') : present(secret);
  }

  async isAllowed(right: Right): Promise<Observed<boolean>> {
    const subject = { verb: 'review', resource: 'own rights', namespace: right.namespace };
    const review = {
      apiVersion: 'authorization.k8s.io/v1',
      kind: 'SelfSubjectAccessReview',
      spec: {
        resourceAttributes: {
          verb: right.verb,
          group: right.group,
          resource: right.resource,
          subresource: right.subresource,
          namespace: right.namespace,
        },
      },
    };
    return observed(async () => {
      const path = '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews';
      const answer = await this.#transport.read({ method: 'POST', path, body: review });
      if (answer.status >= 300) return answerFailure(answer, subject);
      const status = asObject(parseObject(answer.text)?.['status']);
      const allowed = status?.['allowed'];
      return typeof allowed === 'boolean' ? present(allowed) : notKubernetes(subject, 'not an access review');
    });
  }

  async #get(path: string, kind: string, subject: Subject): Promise<Observed<Record<string, unknown>>> {
    return observed(async () => {
      const answer = await this.#transport.read({ method: 'GET', path });
      if (answer.status === 404 && apiStatus(answer)?.reason === 'NotFound') return absent;
      if (answer.status >= 300) return answerFailure(answer, subject);
      const object = parseObject(answer.text);
      return object?.['kind'] === kind ? present(object) : notKubernetes(subject, `not a ${kind}`);
    });
  }

  async #list<T>(
    api: string,
    subject: Subject,
    reduce: (item: unknown) => Reduced<T>,
    selector?: string,
  ): Promise<Observed<readonly T[]>> {
    const query = `limit=${pageSize}${selector === undefined ? '' : `&${selector}`}`;
    return observed(async () => {
      const first = await this.#pages(api, subject, reduce, query);
      if (first !== 'expired') return first;
      const second = await this.#pages(api, subject, reduce, query);
      return second === 'expired'
        ? unreadable('server-error', `${subject.resource} changed faster than the list could be read`)
        : second;
    });
  }

  /** Rights are looked at before the path: to whom a kind is forbidden, one that is not installed is so as well. */
  async #isAbsent(api: string, answer: ApiAnswer): Promise<boolean> {
    if (answer.status !== 403 || !isAddOn(api)) return answer.status === 404 && isUnknownResource(api, answer);
    return (await this.#transport.read({ method: 'GET', path: api })).status === 404;
  }

  /** `expired` when the server no longer holds the state that the first page was read at. */
  async #pages<T>(
    api: string,
    subject: Subject,
    reduce: (item: unknown) => Reduced<T>,
    selection: string,
  ): Promise<Observed<readonly T[]> | 'expired'> {
    const all: T[] = [];
    let token = '';
    do {
      const query = `${selection}${token === '' ? '' : `&continue=${encodeURIComponent(token)}`}`;
      const path = `${collectionPath(api, subject.resource, subject.namespace)}?${query}`;
      const answer = await this.#transport.read({ method: 'GET', path });
      if (answer.status === 410 && token !== '') return 'expired';
      if (await this.#isAbsent(api, answer)) return absent;
      if (answer.status >= 300) return answerFailure(answer, subject);
      const page = parsePage(answer, subject);
      if ('state' in page) return page;
      for (const item of page.items) {
        const reduced = reduce(item);
        if (reduced.misfit !== undefined) return notKubernetes(subject, malformed(reduced.misfit));
        all.push(reduced.kept);
      }
      token = page.next;
    } while (token !== '');
    return present(all);
  }
}

function reduceSecret(item: unknown): Reduced<Secret> {
  const kept = toSecret(item);
  return kept === undefined ? { misfit: '' } : { kept };
}

function malformed(path: string): string {
  return path === '' ? 'a list with malformed objects' : `a list with malformed objects (${path.slice(1)})`;
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

function parsePage(answer: ApiAnswer, subject: Subject): { items: readonly unknown[]; next: string } | Unreadable {
  const body = parseObject(answer.text);
  if (body === undefined) return notKubernetes(subject, 'not JSON, or not all of it');
  const items = body['items'] ?? [];
  if (!asText(body['kind']).endsWith('List') || !Array.isArray(items)) return notKubernetes(subject, 'not a list');
  return { items, next: asText(asObject(body['metadata'])?.['continue']) };
}

/** Reads never throw for what the server, or the way to it, does. */
export async function observed<T>(read: () => Promise<Observed<T>>): Promise<Observed<T>> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof TransportFailure) return error.failure;
    throw error;
  }
}
