import type { ContainerStatus, Pod } from '../../core/cluster/kubernetes-pod.ts';
import type { StoredObject } from '../store/stored-object.ts';
import type { ObjectList } from './api-list.ts';
import type { ApiRequest } from './api-request.ts';

interface Column {
  readonly name: string;
  /** 0 is shown always, 1 with `-o wide`. */
  readonly priority: number;
  readonly cell: (object: StoredObject, now: Date) => string | number;
}

type Fields = Record<string, unknown>;

function at(object: StoredObject, ...path: readonly string[]): unknown {
  return path.reduce<unknown>((value, step) => (value as Fields | undefined)?.[step], object);
}

function text(value: unknown, otherwise = '<none>'): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : otherwise;
}

function count(value: unknown): number {
  return typeof value === 'number' ? value : 0;
}

function column(name: string, cell: Column['cell'], priority = 0): Column {
  return { name, cell, priority };
}

const nameColumn = column('Name', (object) => object.metadata.name);
const ageColumn = column('Age', (object, now) => ageOf(object.metadata.creationTimestamp, now));
const readyOf = (desired: readonly string[]): Column =>
  column('Ready', (object) => `${count(at(object, 'status', 'readyReplicas'))}/${text(at(object, ...desired), '0')}`);
const statusCount = (name: string, field: string): Column =>
  column(name, (object) => count(at(object, 'status', field)));

/** What `kubectl get` shows, by resource; others show name and age. */
const columns = new Map<string, readonly Column[]>([
  [
    'pods',
    [
      column('Ready', (object) => readyContainers(object as unknown as Pod)),
      column('Status', (object) => podStatus(object as unknown as Pod)),
      column('Restarts', (object) => restarts(object as unknown as Pod)),
      ageColumn,
      column('IP', (object) => text(at(object, 'status', 'podIP')), 1),
      column('Node', (object) => text(at(object, 'spec', 'nodeName')), 1),
    ],
  ],
  [
    'secrets',
    [
      column('Type', (object) => text(object['type'])),
      column('Data', (object) => Object.keys(object['data'] ?? {}).length),
      ageColumn,
    ],
  ],
  ['configmaps', [column('Data', (object) => Object.keys(object['data'] ?? {}).length), ageColumn]],
  [
    'deployments',
    [
      readyOf(['spec', 'replicas']),
      statusCount('Up-to-date', 'updatedReplicas'),
      statusCount('Available', 'availableReplicas'),
      ageColumn,
    ],
  ],
  ['statefulsets', [readyOf(['spec', 'replicas']), ageColumn]],
  ['daemonsets', [statusCount('Desired', 'desiredNumberScheduled'), statusCount('Ready', 'numberReady'), ageColumn]],
  [
    'replicasets',
    [
      column('Desired', (object) => count(at(object, 'spec', 'replicas'))),
      statusCount('Current', 'replicas'),
      statusCount('Ready', 'readyReplicas'),
      ageColumn,
    ],
  ],
  [
    'services',
    [
      column('Type', (object) => text(at(object, 'spec', 'type'))),
      column('Cluster-IP', (object) => text(at(object, 'spec', 'clusterIP'))),
      column('Port(s)', servicePorts),
      ageColumn,
    ],
  ],
  ['namespaces', [column('Status', (object) => text(at(object, 'status', 'phase'))), ageColumn]],
  [
    'events',
    [
      column('Last Seen', (object, now) =>
        ageOf(text(object['lastTimestamp'], object.metadata.creationTimestamp), now),
      ),
      column('Type', (object) => text(object['type'])),
      column('Reason', (object) => text(object['reason'])),
      column('Object', involvedObject),
      column('Message', (object) => text(object['message'])),
    ],
  ],
  [
    'applications',
    [
      column('Sync Status', (object) => text(at(object, 'status', 'sync', 'status'), '')),
      column('Health Status', (object) => text(at(object, 'status', 'health', 'status'), '')),
    ],
  ],
]);

function servicePorts(object: StoredObject): string {
  const ports = (at(object, 'spec', 'ports') ?? []) as { port: number; protocol?: string }[];
  return ports.map((port) => `${port.port}/${port.protocol ?? 'TCP'}`).join(',');
}

function involvedObject(object: StoredObject): string {
  const { kind, name } = (object['involvedObject'] ?? {}) as { kind?: string; name?: string };
  return `${(kind ?? '').toLowerCase()}/${name ?? ''}`;
}

/** Whether the client would rather have a table, as kubectl does for `get`. */
export function wantsTable(accept: string): boolean {
  return /as=Table/.test(accept) && /g=meta\.k8s\.io/.test(accept);
}

/** The objects as a table that the client only has to lay out. */
export function tableOf(request: ApiRequest, list: Pick<ObjectList, 'metadata' | 'items'>, now: Date): unknown {
  const shown = [nameColumn, ...(columns.get(request.type.name) ?? [ageColumn])];
  const included = request.query.get('includeObject');
  return {
    kind: 'Table',
    apiVersion: 'meta.k8s.io/v1',
    metadata: list.metadata,
    columnDefinitions: shown.map(({ name, priority }) => ({
      name,
      type: 'string',
      format: name === 'Name' ? 'name' : '',
      description: '',
      priority,
    })),
    rows: list.items.map((object) => ({
      cells: shown.map(({ cell }) => cell(object, now)),
      ...(included === 'None' ? {} : { object: included === 'Object' ? object : partial(object) }),
    })),
  };
}

function partial({ metadata }: StoredObject): unknown {
  return { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata };
}

/** A length of time as kubectl writes it: `45s`, `3m20s`, `2h`, `5d`. */
function ageOf(since: string, now: Date): string {
  const seconds = Math.max(0, Math.floor((now.getTime() - Date.parse(since)) / 1000));
  const minutes = Math.floor(seconds / 60);
  const hours = Math.floor(minutes / 60);
  if (seconds < 120) {
    return `${seconds}s`;
  }
  if (minutes < 10) {
    return seconds % 60 === 0 ? `${minutes}m` : `${minutes}m${seconds % 60}s`;
  }
  return hours < 3 ? `${minutes}m` : hours < 48 ? `${hours}h` : `${Math.floor(hours / 24)}d`;
}

function readyContainers(pod: Pod): string {
  const ready = (pod.status?.containerStatuses ?? []).filter((status) => status.ready).length;
  return `${ready}/${pod.spec.containers.length}`;
}

function restarts(pod: Pod): number {
  return (pod.status?.containerStatuses ?? []).reduce((sum, status) => sum + (status.restartCount ?? 0), 0);
}

/** The word in kubectl's STATUS column. */
function podStatus(pod: Pod): string {
  if (pod.metadata.deletionTimestamp !== undefined) {
    return 'Terminating';
  }
  const { phase, reason, containerStatuses = [] } = pod.status ?? {};
  return (
    initWord(pod) ??
    containerStatuses.map(stateWord).findLast((word) => word !== undefined) ??
    reason ??
    phase ??
    'Unknown'
  );
}

/** `Init:0/2`, `Init:CreateContainerConfigError`; undefined once the init containers are through. */
function initWord({ spec, status }: Pod): string | undefined {
  const statuses = status?.initContainerStatuses ?? [];
  const current = statuses.findIndex(({ state }) => state?.terminated?.exitCode !== 0);
  const init = statuses[current];
  if (!init || status?.phase !== 'Pending') {
    return undefined;
  }
  const word = stateWord(init);
  return word === undefined || word === 'PodInitializing'
    ? `Init:${current}/${spec.initContainers?.length ?? 0}`
    : `Init:${word}`;
}

function stateWord({ state }: ContainerStatus): string | undefined {
  const ended = state?.terminated;
  return state?.waiting?.reason ?? (ended && (ended.reason ?? `ExitCode:${ended.exitCode ?? 0}`));
}
