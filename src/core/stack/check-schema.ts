import * as z from 'zod';

const name = z.string().min(1, 'expected some text');
export const portNumber = z.int().min(1).max(65_535);
const duration = z.string().regex(/^[1-9]\d*(s|m|h)$/, 'expected a duration such as "2s", "30s" or "5m"');
const kubernetesName = z
  .string()
  .regex(/^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/, 'expected a Kubernetes name: lower-case letters, digits, "-" and "."');
export const hostName = z
  .string()
  .regex(/^[A-Za-z0-9]([-A-Za-z0-9._:]*[A-Za-z0-9.])?$/, 'expected a host name such as "postgres" or an address');

const secretKeyOrValue = z
  .union([z.strictObject({ value: z.string() }), z.strictObject({ secret: kubernetesName, key: name })], {
    error: 'expected { value: TEXT } or { secret: NAME, key: KEY }',
  })
  .describe('a text that is no secret, or the key of a Secret that holds it');

/** What every check takes. */
const common = {
  name: name.optional(),
  critical: z.boolean().optional().describe('whether its failure fails the whole; default: as its component'),
  timeout: duration.optional().describe('longest wait for one try; default: as long as the API server is waited for'),
  retries: z
    .int()
    .min(0)
    .max(1000)
    .optional()
    .describe('tries after the first; default: as many as the run has time for'),
  interval: duration.optional().describe('between two tries; default: a quarter of a second'),
};

const container = kubernetesName.optional().describe('default: the first of the pod');

/** One check of a component, proved after its workload is ready. */
export const checkSchema = z.discriminatedUnion('kind', [
  z
    .strictObject({
      kind: z.literal('http'),
      ...common,
      service: kubernetesName,
      port: portNumber,
      path: z.string().startsWith('/', 'expected a path that starts with "/"').default('/'),
      status: z.int().default(200),
      json: z
        .record(z.string(), z.union([z.string(), z.number(), z.boolean()]))
        .default({})
        .describe('what the JSON answer must hold: path such as "database.status" to value'),
      basicAuth: z
        .strictObject({ user: secretKeyOrValue, password: secretKeyOrValue })
        .optional()
        .describe('log in by HTTP basic authentication'),
      tls: z
        .strictObject({
          host: hostName.optional().describe('name that the certificate must be for; default: SERVICE.NAMESPACE.svc'),
          days: z.int().min(0).default(14).describe('warn when it ends sooner'),
          ca: z
            .strictObject({ secret: kubernetesName, key: name })
            .optional()
            .describe('key of a Secret that holds the authority in PEM; default: what the machine trusts'),
        })
        .optional()
        .describe('speak HTTPS, through a port-forward to a ready pod, and judge the certificate'),
    })
    .describe('a GET through the API server is answered as expected'),
  z
    .strictObject({
      kind: z.literal('postgres-login'),
      ...common,
      user: secretKeyOrValue,
      password: secretKeyOrValue,
      database: z.string().default('postgres'),
      port: portNumber.default(5432),
    })
    .describe('PostgreSQL accepts a login over TCP and answers select 1'),
  z
    .strictObject({
      kind: z.literal('endpoints'),
      ...common,
      service: kubernetesName,
      min: z.int().min(1).max(1000).default(1).describe('how many must be ready'),
    })
    .describe('a Service leads to ready pods; made without being named for each Service of a workload of the stack'),
  z
    .strictObject({
      kind: z.literal('tcp'),
      ...common,
      host: hostName.optional().describe('as the pod would name it; default: the pod itself'),
      port: portNumber,
      container,
    })
    .describe('a connection by TCP, made in a pod of the component, is accepted'),
  z
    .strictObject({ kind: z.literal('dns'), ...common, host: hostName, container })
    .describe('a host name resolves in a pod of the component'),
  z
    .strictObject({
      kind: z.literal('command'),
      ...common,
      command: z.array(z.string()).nonempty('expected at least the name of a program'),
      container,
      exitCode: z.int().min(0).max(255).default(0),
      output: z.string().optional().describe('regular expression that standard output must match somewhere'),
    })
    .describe('a command in a pod of the component ends as expected; it must change nothing'),
]);
