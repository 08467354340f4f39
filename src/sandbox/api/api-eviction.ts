import type { StoredObject } from '../store/stored-object.ts';
import { checkPreconditions, removeObject, type DeleteOptions } from './api-delete.ts';
import { existing, isDryRun, type Answer, type ApiContext } from './api-objects.ts';
import { ApiProblem } from './api-problem.ts';
import type { ApiRequest } from './api-request.ts';

interface Budget {
  readonly minAvailable?: number | string;
  readonly maxUnavailable?: number | string;
  readonly selector?: { readonly matchLabels?: Readonly<Record<string, string>> };
}

interface PodStatus {
  readonly phase?: string;
  readonly conditions?: readonly { readonly type: string; readonly status: string }[];
}

/**
 * Deletes a pod if the PodDisruptionBudgets allow it, else 429. A pod that does not run yet, or no longer, disturbs
 * nobody: it can always be evicted.
 */
export function evictPod(context: ApiContext, request: ApiRequest, body: unknown): Answer {
  const pod = existing(context, request);
  const { deleteOptions: options = {} } = (body ?? {}) as { deleteOptions?: DeleteOptions };
  checkPreconditions(request.type, pod, options);
  if (!isAlreadyOut(pod)) {
    for (const budget of budgetsOver(context, pod)) {
      assertAllowed(context, pod, budget);
    }
  }
  if (!isDryRun(request) && !(options.dryRun ?? []).includes('All')) {
    removeObject(context, request.type, { object: pod, options });
  }
  return { code: 201, body: { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', code: 201 } };
}

function isAlreadyOut(pod: StoredObject): boolean {
  const { phase } = (pod['status'] ?? {}) as PodStatus;
  return pod.metadata.deletionTimestamp !== undefined || phase !== 'Running';
}

function budgetsOver({ store }: ApiContext, pod: StoredObject): StoredObject[] {
  return store
    .list('poddisruptionbudgets', pod.metadata.namespace)
    .filter((budget) => selects(budget['spec'] as Budget, pod));
}

function selects(budget: Budget, pod: StoredObject): boolean {
  const labels = Object.entries(budget.selector?.matchLabels ?? {});
  return labels.length > 0 && labels.every(([key, value]) => pod.metadata.labels?.[key] === value);
}

function isReady(pod: StoredObject): boolean {
  const { conditions = [] } = (pod['status'] ?? {}) as PodStatus;
  return conditions.some(({ type, status }) => type === 'Ready' && status === 'True');
}

function assertAllowed({ store }: ApiContext, pod: StoredObject, budget: StoredObject): void {
  const spec = budget['spec'] as Budget;
  const covered = store.list('pods', pod.metadata.namespace).filter((candidate) => selects(spec, candidate));
  const healthy = covered.filter((candidate) => isReady(candidate) && !isAlreadyOut(candidate)).length;
  const needed = neededHealthy(spec, covered.length);
  // A pod that runs but is not ready adds nothing to a budget that is kept without it.
  const isKept = isReady(pod) ? healthy > needed : healthy >= needed && needed > 0;
  if (isKept) {
    return;
  }
  throw new ApiProblem(429, 'TooManyRequests', "Cannot evict pod as it would violate the pod's disruption budget.", {
    causes: [
      {
        reason: 'DisruptionBudget',
        message: `The disruption budget ${budget.metadata.name} needs ${needed} healthy pods and has ${healthy} currently`,
      },
    ],
  });
}

function neededHealthy(budget: Budget, total: number): number {
  const { minAvailable, maxUnavailable } = budget;
  return minAvailable === undefined
    ? Math.max(0, total - amount(maxUnavailable ?? 1, total))
    : amount(minAvailable, total);
}

function amount(value: number | string, total: number): number {
  return typeof value === 'number' ? value : Math.ceil((Number.parseInt(value, 10) / 100) * total);
}
