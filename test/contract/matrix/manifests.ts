/** An object of the API without its namespace, which is the row's. */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly [field: string]: unknown };
  readonly [field: string]: unknown;
}

/** Stands for the node of a row that has lost one. */
export const lostNodeName = 'lost-node';

/** Every value is long enough to be no placeholder. */
export function secret(name: string, ...keys: readonly string[]): Manifest {
  const data = Object.fromEntries(keys.map((key) => [key, base64(`value-of-${key}-`.padEnd(32, 'x'))]));
  return { apiVersion: 'v1', kind: 'Secret', metadata: { name }, type: 'Opaque', data };
}

export function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}

export function configMap(name: string, ...keys: readonly string[]): Manifest {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data: Object.fromEntries(keys.map((k) => [k, k])) };
}

/** A pod ends at once when its row is over. */
export function pod(name: string, spec: object): Manifest {
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name }, spec: { terminationGracePeriodSeconds: 0, ...spec } };
}

export function workload(
  kind: 'Deployment' | 'StatefulSet' | 'DaemonSet',
  name: string,
  spec: object,
  fields: object = {},
): Manifest {
  return {
    apiVersion: 'apps/v1',
    kind,
    metadata: { name },
    spec: { selector: { matchLabels: { app: name } }, template: template(name, spec), ...fields },
  };
}

export function job(name: string, spec: object, fields: object = {}): Manifest {
  return { apiVersion: 'batch/v1', kind: 'Job', metadata: { name }, spec: { ...fields, ...jobSpec(name, spec) } };
}

export function cronJob(name: string, spec: object, fields: object = {}): Manifest {
  const jobTemplate = { spec: jobSpec(name, spec) };
  const schedule = '0 0 1 1 *';
  return { apiVersion: 'batch/v1', kind: 'CronJob', metadata: { name }, spec: { schedule, jobTemplate, ...fields } };
}

function jobSpec(app: string, spec: object): object {
  return { template: template(app, { restartPolicy: 'OnFailure', ...spec }) };
}

function template(app: string, spec: object): object {
  return { metadata: { labels: { app } }, spec: { terminationGracePeriodSeconds: 0, ...spec } };
}

export function service(name: string, port: number): Manifest {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name },
    spec: { selector: { app: name }, ports: [{ port }], clusterIP: 'None' },
  };
}

/** Mounts one volume at `/v`. */
export function mounting(volume: object): {
  readonly volumes: readonly object[];
  readonly volumeMounts: readonly object[];
} {
  const volumeMounts = [{ name: 'v', mountPath: '/v' }];
  return { volumes: [{ name: 'v', ...volume }], volumeMounts };
}
