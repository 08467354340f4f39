import type {
  ClusterReader,
  NamedResource,
  ObjectCopy,
  Right,
  SyncedObject,
  WorkloadName,
} from '../../cluster-ports.ts';
import { argoCdTypeLabel } from '../../core/argocd/argocd-parts.ts';
import { pausableResources, type PausableRef } from '../../core/argocd/sync-pause.ts';
import type { ObjectMeta } from '../../core/cluster/kubernetes-metadata.ts';
import type { Listed, Resource } from '../../core/cluster/kubernetes.ts';
import { absent, present, type Observed } from '../../core/cluster/observed.ts';
import type { Secret } from '../../core/cluster/secret.ts';
import { drillType } from '../../core/drill/drill-journal.ts';
import { revisionOfLabel } from '../../core/revisions/revision.ts';
import { asObject, parseObject } from '../json-object.ts';
import type { KubeconfigSelection } from './kubeconfig.ts';
import { answerFailure, apiStatus, notKubernetes, TransportFailure, type Subject } from './kubernetes-errors.ts';
import { readList } from './kubernetes-list.ts';
import { readNames } from './kubernetes-names.ts';
import { apisOf, collectionPath, listing, resources, workloadKinds } from './kubernetes-resources.ts';
import { toSecret } from './kubernetes-secret.ts';
import { reducer, type Reduced } from './kubernetes-shapes.ts';
import type { Transport } from './kubernetes-transport.ts';
import { metadataShape } from './metadata-shape.ts';

const logLines = 20;
const logBytes = 8192;

export class KubernetesReader implements Omit<ClusterReader, 'apiKinds'> {
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
    const { apis, reduce } = listing(resource);
    const subject = { verb: 'list', resource, namespace };
    return observed(async () => {
      for (const api of apis) {
        const found = await readList(this.#transport, { api, subject, reduce });
        if (found.state !== 'absent') return found;
      }
      return absent;
    });
  }

  async listSecrets(namespace?: string): Promise<Observed<readonly Secret[]>> {
    return this.#listSecrets(namespace);
  }

  async listRevisions(namespace?: string): Promise<Observed<readonly Secret[]>> {
    return this.#listSecrets(namespace, { selector: `labelSelector=${revisionOfLabel}` });
  }

  async listDrillSecrets(namespace?: string): Promise<Observed<readonly Secret[]>> {
    return this.#listSecrets(namespace, { selector: `fieldSelector=${encodeURIComponent(`type=${drillType}`)}` });
  }

  async listArgoCdSecrets(namespace: string): Promise<Observed<readonly Secret[]>> {
    return this.#listSecrets(namespace, { selector: `labelSelector=${encodeURIComponent(argoCdTypeLabel)}` });
  }

  async readSecret(namespace: string, name: string): Promise<Observed<Secret>> {
    const subject = { verb: 'get', resource: 'secrets', namespace, name };
    const path = `${collectionPath('/api/v1', 'secrets', namespace)}/${encodeURIComponent(name)}`;
    const found = await this.#get(path, 'Secret', subject);
    if (found.state !== 'present') return found;
    const secret = toSecret(found.value);
    return secret === undefined ? notKubernetes(subject, 'not a Secret') : present(secret);
  }

  async readLog(place: { namespace: string; pod: string; container: string }): Promise<Observed<string>> {
    const { namespace, pod, container } = place;
    const subject = { verb: 'get', resource: 'pods/log', namespace, name: pod };
    const query = new URLSearchParams({ container, tailLines: `${logLines}`, limitBytes: `${logBytes}` });
    const path = `${collectionPath('/api/v1', 'pods', namespace)}/${encodeURIComponent(pod)}/log?${query.toString()}`;
    return observed(async () => {
      const answer = await this.#transport.read({ method: 'GET', path });
      // The pod is gone, or its container never wrote: the API answers 404 and 400.
      if (answer.status === 404 || answer.status === 400) return absent;
      return answer.status >= 300 ? answerFailure(answer, subject) : present(answer.text);
    });
  }

  async copySecret(namespace: string, name: string): Promise<Observed<ObjectCopy>> {
    return this.#copy({ api: '/api/v1', resource: 'secrets', kind: 'Secret', namespace, name });
  }

  async copyWorkload({ resource, namespace, name }: WorkloadName): Promise<Observed<ObjectCopy>> {
    return this.#copy({ api: resources[resource].api, resource, kind: workloadKinds[resource], namespace, name });
  }

  async #copy(object: {
    readonly api: string;
    readonly resource: string;
    readonly kind: string;
    readonly namespace: string;
    readonly name: string;
  }): Promise<Observed<ObjectCopy>> {
    const { api, resource, kind, namespace, name } = object;
    const subject = { verb: 'get', resource, namespace, name };
    const path = `${collectionPath(api, resource, namespace)}/${encodeURIComponent(name)}`;
    const found = await this.#get(path, kind, subject);
    if (found.state !== 'present') return found;
    const { copyOf } = await import('./object-copy.ts');
    const copy = copyOf(found.value);
    return copy === undefined ? notKubernetes(subject, `not a ${kind}`) : present(copy);
  }

  async readNamespace(name: string): Promise<Observed<ObjectMeta>> {
    const subject = { verb: 'get', resource: 'namespaces', name };
    const found = await this.#get(`/api/v1/namespaces/${encodeURIComponent(name)}`, 'Namespace', subject);
    if (found.state !== 'present') return found;
    const reduced = reduceMetadata(found.value['metadata']);
    return reduced.misfit === undefined ? present(reduced.kept) : notKubernetes(subject, 'not a Namespace');
  }

  async readSynced({ kind, namespace, name }: PausableRef): Promise<Observed<SyncedObject>> {
    const resource = pausableResources[kind];
    const subject = { verb: 'get', resource, namespace, name };
    for (const api of apisOf(resource)) {
      const path = `${collectionPath(api, resource, namespace)}/${encodeURIComponent(name)}`;
      const found = await this.#get(path, kind, subject);
      if (found.state === 'absent') continue;
      if (found.state === 'unreadable') return found;
      const { metadata, spec, status, operation } = found.value;
      const reduced = reduceMetadata(metadata);
      if (reduced.misfit !== undefined) return notKubernetes(subject, `not a ${kind}`);
      return present({
        metadata: reduced.kept,
        spec: asObject(spec) ?? {},
        status: asObject(status) ?? {},
        hasOperation: asObject(operation) !== undefined,
      });
    }
    return absent;
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
          name: right.name,
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

  async listNames(resource: NamedResource, namespace?: string): Promise<Observed<readonly string[]>> {
    return observed(() => readNames(this.#transport, { resource, namespace }));
  }

  async serverVersion(): Promise<Observed<string>> {
    const subject = { verb: 'get', resource: '/version' };
    return observed(async () => {
      const answer = await this.#transport.read({ method: 'GET', path: '/version' });
      if (answer.status >= 300) return answerFailure(answer, subject);
      const version = parseObject(answer.text)?.['gitVersion'];
      return typeof version === 'string' ? present(version) : notKubernetes(subject, 'not a version');
    });
  }

  async apiGroups(): Promise<Observed<readonly string[]>> {
    const subject = { verb: 'get', resource: '/apis' };
    const found = await this.#get('/apis', 'APIGroupList', subject);
    if (found.state !== 'present') return found;
    const groups: unknown = found.value['groups'];
    return present(Array.isArray(groups) ? groups.flatMap(nameOf) : []);
  }

  #listSecrets(namespace: string | undefined, more: { selector?: string } = {}): Promise<Observed<readonly Secret[]>> {
    const subject = { verb: 'list', resource: 'secrets', namespace };
    return observed(() => readList(this.#transport, { api: '/api/v1', subject, reduce: reduceSecret, ...more }));
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
}

function nameOf(group: unknown): string[] {
  const name = asObject(group)?.['name'];
  return typeof name === 'string' ? [name] : [];
}

const reduceMetadata = reducer<ObjectMeta>(metadataShape);

function reduceSecret(item: unknown): Reduced<Secret> {
  const kept = toSecret(item);
  return kept === undefined ? { misfit: '' } : { kept };
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
