import type { IncomingHttpHeaders } from 'node:http';
import type { Pod } from '../../core/cluster/kubernetes-pod.ts';
import type { Service } from '../../core/cluster/kubernetes.ts';
import type { StoredObject } from '../store/stored-object.ts';
import type { ApiContext } from './api-objects.ts';
import { ApiProblem, badRequest, notFound } from './api-problem.ts';
import type { ProgramAnswer } from './api-programs.ts';
import type { ApiRequest } from './api-request.ts';

/** A request that goes through the API server to a pod behind a Service. */
export function proxyToService(
  context: ApiContext,
  request: ApiRequest,
  incoming: { search: string; headers: IncomingHttpHeaders },
): ProgramAnswer {
  const { service, port } = addressed(request.name ?? '');
  const found = context.store.get('services', request.namespace, service);
  if (!found) {
    throw notFound('services', service);
  }
  const { pod, targetPort } = targetOf(context, found, port);
  const answer = context.programs.httpGet(pod, {
    port: targetPort,
    path: `${request.rest}${incoming.search}`,
    headers: forwardedHeaders(incoming.headers),
  });
  if (answer === 'refused') {
    const { podIP = '' } = (pod as unknown as Pod).status ?? {};
    throw unavailable(`error trying to reach service: dial tcp ${podIP}:${targetPort}: connect: connection refused`);
  }
  return answer;
}

function unavailable(message: string): ApiProblem {
  return new ApiProblem(503, 'ServiceUnavailable', message);
}

/** `NAME`, `NAME:PORT` or `SCHEME:NAME:PORT`. */
function addressed(text: string): { service: string; port: string } {
  const parts = text.split(':');
  if (parts.length === 3) {
    return { service: parts[1] ?? '', port: parts[2] ?? '' };
  }
  if (parts.length > 3) {
    throw badRequest(`invalid service request "${text}"`);
  }
  return { service: parts[0] ?? '', port: parts[1] ?? '' };
}

/** The API server keeps the client's credentials for itself. */
function forwardedHeaders(headers: IncomingHttpHeaders): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      value === undefined || name === 'authorization' ? [] : [[name, Array.isArray(value) ? value.join(', ') : value]],
    ),
  );
}

function targetOf(
  { store }: ApiContext,
  service: StoredObject,
  wantedPort: string,
): { pod: StoredObject; targetPort: number } {
  const { metadata, spec } = service as unknown as Service;
  const ports = spec?.ports ?? [];
  // Without a port only one that has no name is meant, as for the real API.
  const port = ports.find(
    (each) => (each.name ?? '') === wantedPort || (wantedPort !== '' && String(each.port) === wantedPort),
  );
  const pod = store.list('pods', metadata.namespace).find((each) => isBehind(spec?.selector, each));
  if (!port && /^\d+$/.test(wantedPort)) {
    throw unavailable(`no service port ${wantedPort} found for service "${metadata.name}"`);
  }
  if (!pod || !port) {
    throw unavailable(`no endpoints available for service "${metadata.name}"`);
  }
  return { pod, targetPort: podPort(pod, port.targetPort ?? port.port) };
}

/** Whether the pod is one of the Service's ready endpoints. */
function isBehind(selector: Readonly<Record<string, string>> | undefined, object: StoredObject): boolean {
  const labels = Object.entries(selector ?? {});
  const pod = object as unknown as Pod;
  const isReady = (pod.status?.conditions ?? []).some(({ type, status }) => type === 'Ready' && status === 'True');
  return (
    isReady &&
    pod.metadata.deletionTimestamp === undefined &&
    labels.length > 0 &&
    labels.every(([key, value]) => pod.metadata.labels?.[key] === value)
  );
}

/** A Service may name the port as the container does. */
function podPort(object: StoredObject, target: number | string): number {
  if (typeof target === 'number') {
    return target;
  }
  const ports = (object as unknown as Pod).spec.containers.flatMap((container) => container.ports ?? []);
  const named = ports.find((port) => port.name === target);
  if (!named) {
    throw unavailable(`no container port is called "${target}"`);
  }
  return named.containerPort;
}
