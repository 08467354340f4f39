import type { ClusterWriter, DisruptionBudget, Eviction } from '../../cluster-ports.ts';
import { pausableResources, type PausableRef } from '../../core/argocd/sync-pause.ts';
import type { Resource } from '../../core/cluster/kubernetes.ts';
import type { Secret } from '../../core/cluster/secret.ts';
import type { SecretValue } from '../../core/secrets/secret-value.ts';
import { restartedAtAnnotation } from '../../core/workloads/rollout-under-way.ts';
import { parseObject } from '../json-object.ts';
import { apiStatus, subjectText, TransportFailure, type ApiAnswer, type Subject } from './kubernetes-errors.ts';
import { objectPath, servedApi } from './kubernetes-paths.ts';
import { auditAgain, conflict, refusal, rehearsed, unanswered, writeFailed } from './kubernetes-refusals.ts';
import { collectionPath, resources, workloadKinds } from './kubernetes-resources.ts';
import { fieldManager, toSecret } from './kubernetes-secret.ts';
import type { ApiRequest, Transport } from './kubernetes-transport.ts';

const mergePatch = 'application/merge-patch+json';
const managed = `fieldManager=${fieldManager}`;

type PodIdentity = Parameters<ClusterWriter['evictPod']>[0];

export class KubernetesWriter implements Omit<ClusterWriter, 'rehearseApply' | 'applyObject' | 'requestSync'> {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  async createNamespace(name: string): Promise<void> {
    const body = { apiVersion: 'v1', kind: 'Namespace', metadata: { name } };
    const answer = await this.#send(
      { method: 'POST', path: `/api/v1/namespaces?${managed}`, body },
      { verb: 'create', resource: 'namespaces', name },
    );
    if (answer.status === 409) throw conflict(`namespace ${name} exists already`, `c2l audit -n ${name}`);
  }

  async createSecret(secret: Parameters<ClusterWriter['createSecret']>[0]): Promise<Secret> {
    const { namespace, name, labels, annotations, ownerReferences, immutable } = secret;
    const subject = { verb: 'create', resource: 'secrets', namespace, name };
    const body = {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name, namespace, labels, annotations, ...(ownerReferences && { ownerReferences }) },
      type: secret.type,
      ...(immutable === true && { immutable }),
      data: encode(secret.data),
    };
    const path = `${collectionPath('/api/v1', 'secrets', namespace)}?${managed}${secret.dryRun === true ? rehearsed : ''}`;
    const answer = await this.#send({ method: 'POST', path, body }, subject);
    if (answer.status === 409) throw conflict(`secret ${namespace}/${name} exists already`, auditAgain(namespace));
    if (answer.status === 404) throw writeFailed(subject, `namespace ${namespace} does not exist`);
    return writtenSecret(answer, subject);
  }

  async patchSecret(patch: Parameters<ClusterWriter['patchSecret']>[0]): Promise<Secret> {
    const { namespace, name, resourceVersion, annotations, remove = [] } = patch;
    const subject = { verb: 'patch', resource: 'secrets', namespace, name };
    const path = `${objectPath('/api/v1', 'secrets', patch)}?${managed}${patch.dryRun === true ? rehearsed : ''}`;
    const removed = Object.fromEntries(remove.map((key) => [key, null]));
    const body = { metadata: { resourceVersion, annotations }, data: { ...encode(patch.data), ...removed } };
    const answer = await this.#send({ method: 'PATCH', path, body, contentType: mergePatch }, subject);
    if (answer.status === 409) {
      throw conflict(`secret ${namespace}/${name} changed since it was read`, auditAgain(namespace));
    }
    if (answer.status === 404) throw conflict(`secret ${namespace}/${name} is no longer there`, auditAgain(namespace));
    return writtenSecret(answer, subject);
  }

  async putBackSecret(copy: Parameters<ClusterWriter['putBackSecret']>[0]): Promise<Secret> {
    const { namespace, name, resourceVersion } = copy;
    const isThere = resourceVersion !== undefined;
    const subject = { verb: isThere ? 'update' : 'create', resource: 'secrets', namespace, name };
    const { manifestOf } = await import('./object-copy.ts');
    const body = manifestOf({ apiVersion: 'v1', kind: 'Secret' }, copy);
    const place = isThere ? objectPath('/api/v1', 'secrets', copy) : collectionPath('/api/v1', 'secrets', namespace);
    const method = isThere ? 'PUT' : 'POST';
    const answer = await this.#send({ method, path: `${place}?${managed}`, body }, subject);
    if (answer.status === 409 || (isThere && answer.status === 404)) {
      throw conflict(`secret ${namespace}/${name} changed since it was read`, auditAgain(namespace));
    }
    if (answer.status === 404) throw writeFailed(subject, `namespace ${namespace} does not exist`);
    return writtenSecret(answer, subject);
  }

  async putBackWorkload(copy: Parameters<ClusterWriter['putBackWorkload']>[0]): Promise<void> {
    const { resource, namespace, name, resourceVersion } = copy;
    const isThere = resourceVersion !== undefined;
    const subject = { verb: isThere ? 'update' : 'create', resource, namespace, name };
    const { manifestOf } = await import('./object-copy.ts');
    const { api } = resources[resource];
    const body = manifestOf({ apiVersion: api.replace('/apis/', ''), kind: workloadKinds[resource] }, copy);
    const place = isThere ? objectPath(api, resource, copy) : collectionPath(api, resource, namespace);
    const method = isThere ? 'PUT' : 'POST';
    const answer = await this.#send({ method, path: `${place}?${managed}`, body }, subject);
    if (answer.status === 409 || (isThere && answer.status === 404)) {
      throw conflict(`${subjectText(subject)} changed since it was read`, auditAgain(namespace));
    }
    if (answer.status === 404) throw writeFailed(subject, `namespace ${namespace} does not exist`);
  }

  async deleteWorkload(workload: Parameters<ClusterWriter['deleteWorkload']>[0]): Promise<void> {
    const { resource, namespace, name, uid } = workload;
    const subject = { verb: 'delete', resource, namespace, name };
    const options = { preconditions: { uid }, propagationPolicy: 'Background' };
    const body = { apiVersion: 'v1', kind: 'DeleteOptions', ...options };
    const path = objectPath(resources[resource].api, resource, workload);
    const answer = await this.#send({ method: 'DELETE', path, body }, subject);
    if (answer.status === 409) {
      throw conflict(`${subjectText(subject)} was replaced since it was read`, auditAgain(namespace));
    }
  }

  async deleteSecret(secret: Parameters<ClusterWriter['deleteSecret']>[0]): Promise<boolean> {
    const { namespace, name, uid, resourceVersion, dryRun = false } = secret;
    const subject = { verb: 'delete', resource: 'secrets', namespace, name };
    const preconditions = { uid, ...(resourceVersion !== undefined && { resourceVersion }) };
    // The server heeds no option of the query where there is a body: a rehearsal that stood there alone would delete.
    const body = { apiVersion: 'v1', kind: 'DeleteOptions', preconditions, ...(dryRun && { dryRun: ['All'] }) };
    const path = `${objectPath('/api/v1', 'secrets', secret)}${dryRun ? `?${rehearsed.slice(1)}` : ''}`;
    const answer = await this.#send({ method: 'DELETE', path, body }, subject);
    if (answer.status === 409) {
      const what = resourceVersion === undefined ? 'was replaced' : 'changed';
      throw conflict(`secret ${namespace}/${name} ${what} since it was read`, auditAgain(namespace));
    }
    return answer.status !== 404;
  }

  async annotate(object: Parameters<ClusterWriter['annotate']>[0]): Promise<void> {
    const { resource, namespace, name, annotations } = object;
    await this.#merge({ resource, namespace, name }, { metadata: { annotations } });
  }

  async patchSynced(object: PausableRef, patch: Parameters<ClusterWriter['patchSynced']>[1]): Promise<void> {
    const { namespace, name, kind } = object;
    const { resourceVersion, annotations, spec } = patch;
    const body = { metadata: { resourceVersion, annotations }, spec };
    await this.#merge({ resource: pausableResources[kind], namespace, name }, body);
  }

  async #merge(object: { resource: Resource; namespace: string; name: string }, body: unknown): Promise<void> {
    const { resource, namespace, name } = object;
    const subject = { verb: 'patch', resource, namespace, name };
    const path = `${objectPath(await servedApi(this.#transport, resource), resource, object)}?${managed}`;
    const answer = await this.#send({ method: 'PATCH', path, body, contentType: mergePatch }, subject);
    if (answer.status === 404) throw conflict(`${subjectText(subject)} is no longer there`, auditAgain(namespace));
    if (answer.status === 409) throw conflict(`${subjectText(subject)} changed meanwhile`, auditAgain(namespace));
  }

  async evictPod(pod: PodIdentity): Promise<Eviction> {
    const { namespace, name } = pod;
    const subject = { verb: 'create', resource: 'pods/eviction', namespace, name };
    const body = {
      apiVersion: 'policy/v1',
      kind: 'Eviction',
      metadata: { name, namespace },
      deleteOptions: { preconditions: { uid: pod.uid } },
    };
    const path = `${objectPath('/api/v1', 'pods', pod)}/eviction`;
    const answer = await this.#send({ method: 'POST', path, body }, subject, [429]);
    refuseReplacedPod(answer, pod);
    return answer.status === 429 ? { isDone: false, ...refusedBy(answer) } : { isDone: true };
  }

  async deletePod(pod: PodIdentity): Promise<void> {
    const { namespace, name, uid } = pod;
    const body = { apiVersion: 'v1', kind: 'DeleteOptions', preconditions: { uid } };
    const path = objectPath('/api/v1', 'pods', pod);
    const answer = await this.#send(
      { method: 'DELETE', path, body },
      { verb: 'delete', resource: 'pods', namespace, name },
    );
    refuseReplacedPod(answer, pod);
  }

  async restartWorkload(workload: Parameters<ClusterWriter['restartWorkload']>[0]): Promise<void> {
    const annotations = { [restartedAtAnnotation]: workload.at };
    await this.#patchWorkload(workload, { spec: { template: { metadata: { annotations } } } });
  }

  async scaleWorkload(workload: Parameters<ClusterWriter['scaleWorkload']>[0]): Promise<void> {
    const { replicas, annotations } = workload;
    await this.#patchWorkload(workload, { metadata: { annotations }, spec: { replicas } });
  }

  async #patchWorkload(
    workload: { kind: keyof typeof restartable; namespace: string; name: string },
    body: object,
  ): Promise<void> {
    const { namespace, name } = workload;
    const resource = restartable[workload.kind];
    const path = `${objectPath(resources[resource].api, resource, workload)}?${managed}`;
    const subject = { verb: 'patch', resource, namespace, name };
    const answer = await this.#send({ method: 'PATCH', path, body, contentType: mergePatch }, subject);
    if (answer.status === 404) throw conflict(`${subjectText(subject)} is no longer there`, auditAgain(namespace));
    if (answer.status === 409) throw conflict(`${subjectText(subject)} changed meanwhile`, auditAgain(namespace));
  }

  /** The answer if it is a success, 404, 409 or one that the caller knows what to do with; else throws. */
  async #send(request: ApiRequest, subject: Subject, expected: readonly number[] = []): Promise<ApiAnswer> {
    const answer = await this.#transport.once(request).catch((error: unknown) => {
      throw error instanceof TransportFailure ? unanswered(subject, error, request) : error;
    });
    const { status } = answer;
    if (status >= 300 && status !== 404 && status !== 409 && !expected.includes(status)) throw refusal(answer, subject);
    if (status >= 300 && apiStatus(answer) === undefined) {
      throw writeFailed(subject, `the server does not answer as a Kubernetes API server (${status})`);
    }
    return answer;
  }
}

const restartable = { Deployment: 'deployments', StatefulSet: 'statefulsets', DaemonSet: 'daemonsets' } as const;

function encode(data: ReadonlyMap<string, SecretValue>): Record<string, string> {
  return Object.fromEntries([...data].map(([key, value]) => [key, value.revealBase64()]));
}

/** The server's words name the budget; of others that send a 429 nothing is passed on. */
function refusedBy(answer: ApiAnswer): { budget?: DisruptionBudget } {
  const told = apiStatus(answer)?.causes.find(({ reason }) => reason === 'DisruptionBudget')?.message ?? '';
  const match = /^The disruption budget (\S+) needs (\d+) healthy pods and has (\d+) currently/.exec(told);
  if (match === null) return {};
  const [, name = '', needed, healthy] = match;
  return { budget: { name, needed: Number(needed), healthy: Number(healthy) } };
}

/** A pod that is gone is what was wanted; one of the same name with another uid was never planned for. */
function refuseReplacedPod(answer: ApiAnswer, pod: PodIdentity): void {
  if (answer.status !== 409) return;
  throw conflict(`pod ${pod.namespace}/${pod.name} was replaced since it was read`, auditAgain(pod.namespace));
}

function writtenSecret(answer: ApiAnswer, subject: Subject): Secret {
  const secret = toSecret(parseObject(answer.text));
  if (secret === undefined) throw writeFailed(subject, 'it was accepted, but the answer is not a Secret');
  return secret;
}
