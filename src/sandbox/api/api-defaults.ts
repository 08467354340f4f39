import type { ResourceType } from '../resources.ts';
import type { NewObject } from '../store/stored-object.ts';
import { badRequest } from './api-problem.ts';

type Fields = Record<string, unknown>;

function fieldsOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {};
}

/** What the API fills in where a new object says nothing. What came in is not changed. */
export function withDefaults(type: ResourceType, object: NewObject): NewObject {
  const filled: NewObject = { ...structuredClone(object), ...(type.status && { status: initialStatus(type) }) };
  if (filled['status'] === undefined) {
    delete filled['status'];
  }
  const spec = specDefaults.get(type.name)?.(fieldsOf(filled['spec']));
  if (spec) {
    filled['spec'] = spec;
  }
  if (type.name === 'namespaces') {
    filled.metadata.labels = { ...filled.metadata.labels, 'kubernetes.io/metadata.name': filled.metadata.name ?? '' };
  }
  return normalized(type, filled);
}

/** What the API does to an object on every write: a Secret's `stringData` becomes `data`. */
export function normalized(type: ResourceType, object: NewObject): NewObject {
  if (type.name !== 'secrets') {
    return object;
  }
  const { stringData, data, type: secretType, ...rest } = object;
  const folded = Object.entries(fieldsOf(stringData)).map(([key, text]) => [key, base64OfText(text)] as const);
  const merged: Fields = { ...checkedBase64(fieldsOf(data)), ...Object.fromEntries(folded) };
  return {
    ...rest,
    ...(Object.keys(merged).length > 0 && { data: merged }),
    type: secretType ?? 'Opaque',
  };
}

function base64OfText(text: unknown): string {
  if (typeof text !== 'string') {
    throw badRequest(
      'Secret in version "v1" cannot be handled as a Secret: json: cannot unmarshal into Go struct field ' +
        'Secret.stringData of type string',
    );
  }
  return Buffer.from(text).toString('base64');
}

function checkedBase64(data: Fields): Fields {
  for (const value of Object.values(data)) {
    const text = value ?? '';
    if (typeof text !== 'string' || !/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(text)) {
      const at = typeof text === 'string' ? Math.max(0, text.search(/[^A-Za-z0-9+/]/)) : 0;
      throw badRequest(`Secret in version "v1" cannot be handled as a Secret: illegal base64 data at input byte ${at}`);
    }
  }
  return Object.fromEntries(Object.entries(data).map(([key, value]) => [key, value ?? '']));
}

/** A custom resource has no status until its controller writes one. */
function initialStatus({ name, custom }: ResourceType): Fields | undefined {
  if (custom) {
    return undefined;
  }
  switch (name) {
    case 'pods':
      return { phase: 'Pending', qosClass: 'BestEffort' };
    case 'namespaces':
      return { phase: 'Active' };
    case 'persistentvolumeclaims':
      return { phase: 'Pending' };
    default:
      return {};
  }
}

const specDefaults = new Map<string, (spec: Fields) => Fields>([
  ['pods', podSpec],
  [
    'deployments',
    (spec) => ({
      replicas: 1,
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: '25%', maxSurge: '25%' } },
      revisionHistoryLimit: 10,
      progressDeadlineSeconds: 600,
      ...spec,
      template: template(spec['template']),
    }),
  ],
  [
    'statefulsets',
    (spec) => ({
      replicas: 1,
      podManagementPolicy: 'OrderedReady',
      updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 0 } },
      revisionHistoryLimit: 10,
      ...spec,
      template: template(spec['template']),
    }),
  ],
  [
    'daemonsets',
    (spec) => ({
      updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 1, maxSurge: 0 } },
      revisionHistoryLimit: 10,
      ...spec,
      template: template(spec['template']),
    }),
  ],
  ['replicasets', (spec) => ({ replicas: 1, ...spec, template: template(spec['template']) })],
  ['jobs', (spec) => ({ parallelism: 1, completions: 1, backoffLimit: 6, suspend: false, ...spec })],
  ['cronjobs', (spec) => ({ concurrencyPolicy: 'Allow', suspend: false, ...spec })],
  [
    'services',
    (spec) => ({
      type: 'ClusterIP',
      ...spec,
      ...(Array.isArray(spec['ports']) && {
        ports: spec['ports'].map((port) => {
          const given = fieldsOf(port);
          return { protocol: 'TCP', targetPort: given['port'], ...given };
        }),
      }),
    }),
  ],
]);

function template(value: unknown): Fields {
  const given = fieldsOf(value);
  return { ...given, spec: podSpec(fieldsOf(given['spec'])) };
}

function podSpec(spec: Fields): Fields {
  return {
    restartPolicy: 'Always',
    terminationGracePeriodSeconds: 30,
    dnsPolicy: 'ClusterFirst',
    schedulerName: 'default-scheduler',
    securityContext: {},
    ...spec,
    ...(Array.isArray(spec['initContainers']) && { initContainers: spec['initContainers'].map(container) }),
    containers: (Array.isArray(spec['containers']) ? spec['containers'] : []).map(container),
  };
}

function container(value: unknown): Fields {
  const given = fieldsOf(value);
  const image = typeof given['image'] === 'string' ? given['image'] : '';
  const isMoving = image.endsWith(':latest') || !/[:@][^/]*$/.test(image);
  return {
    resources: {},
    terminationMessagePath: '/dev/termination-log',
    terminationMessagePolicy: 'File',
    imagePullPolicy: isMoving ? 'Always' : 'IfNotPresent',
    ...given,
  };
}
