import { asPod } from '../kubelet/kubelet-pod.ts';
import { existing, type ApiContext } from './api-objects.ts';
import { badRequest } from './api-problem.ts';
import type { ApiRequest } from './api-request.ts';

/** What a container wrote, as far back as it is asked for. */
export function podLog(context: ApiContext, request: ApiRequest): string {
  const pod = asPod(existing(context, request));
  const { query } = request;
  const names = [...(pod.spec.initContainers ?? []), ...pod.spec.containers].map(({ name }) => name);
  const container = query.get('container') ?? names[0] ?? '';
  const { name } = pod.metadata;
  if (!names.includes(container)) {
    throw badRequest(`container ${container} is not valid for pod ${name}`);
  }
  const text = context.programs.log(pod, container);
  if (text === undefined) {
    throw badRequest(`container "${container}" in pod "${name}" is waiting to start`);
  }
  const lines = Number(query.get('tailLines') ?? Infinity);
  const bytes = Number(query.get('limitBytes') ?? Infinity);
  const tail = text
    .split(/(?<=\n)/)
    .slice(Number.isFinite(lines) ? -lines : 0)
    .join('');
  return tail.slice(0, Number.isFinite(bytes) ? bytes : undefined);
}
