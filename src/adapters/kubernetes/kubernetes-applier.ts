import { isDeepStrictEqual } from 'node:util';

import type { ApiKind, AppliedObject, ClusterReader, ClusterWriter } from '../../cluster-ports.ts';
import { absent, present, type Observed } from '../../core/cluster/observed.ts';
import type { OperatorError } from '../../errors.ts';
import { asObject, asText, parseObject } from '../json-object.ts';
import {
  answerFailure,
  apiStatus,
  subjectText,
  TransportFailure,
  type ApiAnswer,
  type Subject,
} from './kubernetes-errors.ts';
import { objectPath } from './kubernetes-paths.ts';
import { auditAgain, conflict, refusal, rehearsed, unanswered, writeFailed } from './kubernetes-refusals.ts';
import { resources } from './kubernetes-resources.ts';
import { fieldManager } from './kubernetes-secret.ts';
import type { ApiRequest, Transport } from './kubernetes-transport.ts';

const applyPatch = 'application/apply-patch+yaml';
const mergePatch = 'application/merge-patch+json';

type Fields = Record<string, unknown>;

/** Objects of manifests, whatever their kind: server-side apply, and Argo CD's own way of applying what Git holds. */
export class KubernetesApplier
  implements Pick<ClusterWriter, 'rehearseApply' | 'applyObject' | 'requestSync'>, Pick<ClusterReader, 'apiKinds'>
{
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  async apiKinds(apiVersion: string): Promise<Observed<readonly ApiKind[]>> {
    const path = apiPath(apiVersion);
    try {
      const answer = await this.#transport.read({ method: 'GET', path });
      if (answer.status === 404) return absent;
      if (answer.status >= 300) return answerFailure(answer, { verb: 'get', resource: path });
      const resources: unknown = parseObject(answer.text)?.['resources'];
      return present(Array.isArray(resources) ? resources.flatMap(kindOf) : []);
    } catch (error) {
      if (error instanceof TransportFailure) return error.failure;
      throw error;
    }
  }

  async rehearseApply(object: AppliedObject): Promise<'create' | 'change' | 'same'> {
    const subject = subjectOf(object, 'get');
    const before = await this.#answered({ method: 'GET', path: pathOf(object) }, subject);
    const after = await this.#apply(object, rehearsed);
    if (before.status === 404) return 'create';
    if (before.status >= 300) throw refusal(before, subject);
    return isDeepStrictEqual(withoutBookkeeping(before), withoutBookkeeping(after)) ? 'same' : 'change';
  }

  async applyObject(object: AppliedObject): Promise<void> {
    await this.#apply(object, '');
  }

  async requestSync(application: Parameters<ClusterWriter['requestSync']>[0]): Promise<void> {
    const { namespace, name, resourceVersion, syncOptions } = application;
    const subject = { verb: 'patch', resource: 'applications', namespace, name };
    const path = objectPath(resources.applications.api, 'applications', application);
    const sync = syncOptions.length === 0 ? {} : { syncOptions };
    const body = { metadata: { resourceVersion }, operation: { initiatedBy: { username: fieldManager }, sync } };
    const query = `?fieldManager=${fieldManager}`;
    const answer = await this.#answered(
      { method: 'PATCH', path: `${path}${query}`, body, contentType: mergePatch },
      subject,
    );
    if (answer.status === 404) throw conflict(`${subjectText(subject)} is no longer there`, auditAgain(namespace));
    if (answer.status === 409) throw conflict(`${subjectText(subject)} changed meanwhile`, auditAgain(namespace));
    if (answer.status >= 300) throw refusal(answer, subject);
  }

  async #apply(object: AppliedObject, rehearsal: string): Promise<ApiAnswer> {
    const subject = subjectOf(object, 'patch');
    const metadata = { ...asObject(object.fields['metadata']), name: object.name };
    const body = {
      ...object.fields,
      metadata: object.namespace === undefined ? metadata : { ...metadata, namespace: object.namespace },
    };
    // Strict: a field that is spelled wrong would be left out without a word.
    const query = `?fieldManager=${fieldManager}&fieldValidation=Strict${rehearsal}`;
    const path = `${pathOf(object)}${query}`;
    const answer = await this.#answered({ method: 'PATCH', path, body, contentType: applyPatch }, subject);
    if (answer.status === 409) throw managedElsewhere(answer, subject);
    if (answer.status === 404) throw writeFailed(subject, `namespace ${object.namespace ?? ''} does not exist`);
    if (answer.status === 400 || answer.status === 422) throw invalid(answer, subject);
    if (answer.status >= 300) throw refusal(answer, subject);
    return answer;
  }

  async #answered(request: ApiRequest, subject: Subject): Promise<ApiAnswer> {
    const reads = request.method === 'GET';
    const sent = reads ? this.#transport.read(request) : this.#transport.once(request);
    const answer = await sent.catch((error: unknown) => {
      throw error instanceof TransportFailure ? unanswered(subject, error, request) : error;
    });
    if (answer.status >= 300 && apiStatus(answer) === undefined) {
      throw writeFailed(subject, `the server does not answer as a Kubernetes API server (${answer.status})`);
    }
    return answer;
  }
}

function apiPath(apiVersion: string): string {
  return apiVersion.includes('/')
    ? `/apis/${apiVersion.split('/').map(encodeURIComponent).join('/')}`
    : `/api/${encodeURIComponent(apiVersion)}`;
}

function pathOf(object: AppliedObject): string {
  return objectPath(apiPath(object.apiVersion), object.resource, object);
}

function subjectOf({ resource, namespace, name }: AppliedObject, verb: string): Subject {
  return { verb, resource, namespace, name };
}

/** Paths below an object are listed beside it. */
function kindOf(value: unknown): ApiKind[] {
  const entry = asObject(value);
  const resource = asText(entry?.['name']);
  if (resource === '' || resource.includes('/')) return [];
  return [{ kind: asText(entry?.['kind']), resource, isNamespaced: entry?.['namespaced'] === true }];
}

const bookkeeping: ReadonlySet<string> = new Set(['managedFields', 'resourceVersion', 'generation']);

/** What says that an object was written, and not what it is, is left out. */
function withoutBookkeeping(answer: ApiAnswer): unknown {
  const object: Fields = parseObject(answer.text) ?? {};
  const metadata = Object.entries(asObject(object['metadata']) ?? {}).filter(([field]) => !bookkeeping.has(field));
  return { ...object, ...withoutEmptyPolicy(object), metadata: Object.fromEntries(metadata) };
}

/** Argo CD takes an empty policy out of its Application again, whoever puts it there. */
function withoutEmptyPolicy({ kind, spec }: Fields): Fields {
  const { syncPolicy, ...rest } = asObject(spec) ?? {};
  const isEmpty = kind === 'Application' && Object.keys(asObject(syncPolicy) ?? { some: true }).length === 0;
  return isEmpty ? { spec: rest } : {};
}

/** Who manages a field is no secret; what it holds may be. */
function managedElsewhere(answer: ApiAnswer, subject: Subject): OperatorError {
  const conflicts = apiStatus(answer)?.causes.filter(({ reason }) => reason === 'FieldManagerConflict') ?? [];
  const managers = conflicts.flatMap(({ message }) => /^conflict with "([^"]*)"/.exec(message)?.[1] ?? []);
  const who = managers.length === 0 ? 'something else' : [...new Set(managers)].join(', ');
  const fields = conflicts.flatMap(({ field }) => (field === '' ? [] : [field]));
  const what = fields.length === 0 ? 'it' : fields.slice(0, 3).join(', ');
  return conflict(
    `${subjectText(subject)}: ${who} wants ${what} otherwise`,
    auditAgain(subject.namespace ?? 'default'),
  );
}

/** The fields by name: the server's message may quote what stands in them. */
function invalid(answer: ApiAnswer, subject: Subject): OperatorError {
  const message = apiStatus(answer)?.message ?? '';
  const unknown = [...message.matchAll(/unknown field "([^"]+)"/g)].map(([, field = '']) => field);
  if (unknown.length > 0) {
    return writeFailed(subject, `it has no field ${[...new Set(unknown)].slice(0, 5).join(', ')}`);
  }
  return answer.status === 422
    ? refusal(answer, subject)
    : writeFailed(subject, `the API server holds it for invalid (${answer.status})`);
}
