import type { HandoverWriter } from '../../cluster-ports.ts';
import type { Secret } from '../../core/cluster/secret.ts';
import { OperatorError } from '../../errors.ts';
import { asObject, asText, parseObject } from '../json-object.ts';
import { apiStatus, subjectText, TransportFailure, type ApiAnswer, type Subject } from './kubernetes-errors.ts';
import { objectPath, servedApi } from './kubernetes-paths.ts';
import { auditAgain, conflict, refusal, writeFailed } from './kubernetes-refusals.ts';
import { collectionPath } from './kubernetes-resources.ts';
import { fieldManager, toSecret } from './kubernetes-secret.ts';
import type { ApiRequest, Transport } from './kubernetes-transport.ts';

const kinds = { externalsecrets: 'ExternalSecret', sealedsecrets: 'SealedSecret' } as const;
type WriterResource = keyof typeof kinds;

/** What External Secrets and Sealed Secrets leave on a Secret that they write. */
const marks = {
  externalsecrets: {
    labels: ['reconcile.external-secrets.io/managed', 'reconcile.external-secrets.io/created-by'],
    annotations: ['reconcile.external-secrets.io/data-hash'],
    manager: 'externalsecrets.external-secrets.io/',
  },
  sealedsecrets: {
    labels: [],
    annotations: ['sealedsecrets.bitnami.com/managed', 'sealedsecrets.bitnami.com/patch'],
    manager: undefined,
  },
} as const;

/** Makes and takes away what writes a Secret, and frees a Secret of it. */
export class KubernetesHandover implements HandoverWriter {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  async createSecretWriter({
    resource,
    manifest,
  }: Parameters<HandoverWriter['createSecretWriter']>[0]): Promise<string> {
    const { namespace, name } = manifest.metadata;
    const api = await servedApi(this.#transport, resource);
    const body = { apiVersion: api.replace('/apis/', ''), kind: kinds[resource], ...manifest };
    const path = `${collectionPath(api, resource, namespace)}?fieldManager=${fieldManager}`;
    const subject = { verb: 'create', resource, namespace, name };
    const answer = await this.#send({ method: 'POST', path, body }, subject);
    if (answer.status === 409) throw conflict(`${subjectText(subject)} exists already`, auditAgain(namespace));
    if (answer.status === 404)
      throw writeFailed(subject, 'the API has no such resource: its controller is not installed');
    return asText(asObject(parseObject(answer.text)?.['metadata'])?.['uid']);
  }

  async deleteSecretWriter({
    resource,
    namespace,
    name,
    uid,
    takesSecret,
  }: Parameters<HandoverWriter['deleteSecretWriter']>[0]): Promise<void> {
    const propagationPolicy = takesSecret ? 'Background' : 'Orphan';
    const body = { apiVersion: 'v1', kind: 'DeleteOptions', preconditions: { uid }, propagationPolicy };
    const path = objectPath(await servedApi(this.#transport, resource), resource, { namespace, name });
    const subject = { verb: 'delete', resource, namespace, name };
    const answer = await this.#send({ method: 'DELETE', path, body }, subject);
    if (answer.status === 409)
      throw conflict(`${subjectText(subject)} was replaced since it was read`, auditAgain(namespace));
  }

  async releaseSecret({
    namespace,
    name,
    resourceVersion,
    from,
  }: Parameters<HandoverWriter['releaseSecret']>[0]): Promise<Secret> {
    const path = objectPath('/api/v1', 'secrets', { namespace, name });
    const subject = { verb: 'patch', resource: 'secrets', namespace, name };
    const read = await this.#send({ method: 'GET', path }, { ...subject, verb: 'get' });
    if (read.status === 404) throw conflict(`secret ${namespace}/${name} is no longer there`, auditAgain(namespace));
    const metadata = asObject(parseObject(read.text)?.['metadata']) ?? {};
    const body = { metadata: { resourceVersion, ...withoutMarks(metadata, from) } };
    const contentType = 'application/merge-patch+json';
    const answer = await this.#send(
      { method: 'PATCH', path: `${path}?fieldManager=${fieldManager}`, body, contentType },
      subject,
    );
    if (answer.status === 409)
      throw conflict(`secret ${namespace}/${name} changed since it was read`, auditAgain(namespace));
    const secret = toSecret(parseObject(answer.text));
    if (secret === undefined) throw writeFailed(subject, 'it was accepted, but the answer is not a Secret');
    return secret;
  }

  /** The answer if it is a success, 404 or 409; else throws. */
  async #send(request: ApiRequest, subject: Subject): Promise<ApiAnswer> {
    const answer = await this.#transport.once(request).catch((error: unknown) => {
      throw error instanceof TransportFailure ? writeFailed(subject, error.failure.reason) : error;
    });
    const { status } = answer;
    if (status < 300 || status === 404 || status === 409) return answer;
    if (apiStatus(answer) === undefined) {
      throw writeFailed(subject, `not as a Kubernetes API server answers (${status})`);
    }
    const error = refusal(answer, subject);
    if (error.code !== 'forbidden') throw error;
    throw new OperatorError('forbidden', error.message, { hint: 'c2l generate rbac --for migrate' });
  }
}

/** Also of the fields that it holds: by those c2l would take it for the writer that it was. */
function withoutMarks(metadata: Record<string, unknown>, from: WriterResource): object {
  const { labels, annotations, manager } = marks[from];
  const gone = (names: readonly string[], there: unknown): Record<string, null> =>
    Object.fromEntries(names.filter((name) => name in (asObject(there) ?? {})).map((name) => [name, null]));
  const list = (value: unknown): Record<string, unknown>[] => {
    const entries: readonly unknown[] = Array.isArray(value) ? value : [];
    return entries.map((each) => asObject(each) ?? {});
  };
  const owners = list(metadata['ownerReferences']);
  const managers = list(metadata['managedFields']);
  const others = managers.filter((entry) => manager === undefined || !asText(entry['manager']).startsWith(manager));
  return {
    labels: gone(labels, metadata['labels']),
    annotations: gone(annotations, metadata['annotations']),
    ...(owners.length > 0 && { ownerReferences: owners.filter(({ kind }) => kind !== kinds[from]) }),
    // A list without entries would be filled in again: one empty entry is how the API is told to forget.
    ...(others.length < managers.length && { managedFields: others.length === 0 ? [{}] : others }),
  };
}
