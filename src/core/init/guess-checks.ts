import type { Container } from '../cluster/kubernetes-pod.ts';
import type { ConfigMap, Service } from '../cluster/kubernetes.ts';
import type { Snapshot } from '../cluster/snapshot.ts';
import { parsedJson } from '../parsed-json.ts';
import type { Workload } from '../workloads/workloads.ts';
import { environment, type VariableSource } from './environment.ts';
import type { DraftCheck, DraftValue } from './stack-draft.ts';
import { isRecord } from '../is-record.ts';

/** How a workload could be proved to work, by the programs that c2l knows and by its own readiness probe. */
export function guessChecks(workload: Workload, snapshot: Snapshot, configMaps: readonly ConfigMap[]): DraftCheck[] {
  const { namespace } = workload.ref;
  return workload.podSpec.containers.flatMap((container) => {
    const variables = environment(container, namespace, configMaps);
    const login = postgresLogin(container, variables);
    if (login !== undefined) return [login];
    const health = healthCheck(workload, container, snapshot.services.items);
    return health === undefined ? [] : [health, ...grafanaLogin(health, variables)];
  });
}

const postgresImage = /(^|\/)(postgres|postgresql|postgis|timescaledb|pgvector)([:@]|$)/;

function postgresLogin(
  { image = '' }: Container,
  variables: ReadonlyMap<string, VariableSource>,
): DraftCheck | undefined {
  const password = variables.get('POSTGRES_PASSWORD') ?? variables.get('POSTGRESQL_PASSWORD');
  if (!postgresImage.test(image) || password?.from !== 'secret') return undefined;
  const user = valueOf(variables.get('POSTGRES_USER') ?? variables.get('POSTGRESQL_USERNAME'), 'postgres');
  if (user === undefined) return undefined;
  const database = variables.get('POSTGRES_DB') ?? variables.get('POSTGRESQL_DATABASE');
  return {
    kind: 'postgres-login',
    user,
    password: { secret: password.secret, key: password.key },
    ...(database?.from === 'text' ? { database: database.text } : {}),
  };
}

/** Undefined where it is set by something that cannot be read. */
function valueOf(source: VariableSource | undefined, fallback: string): DraftValue | undefined {
  if (source === undefined) return { value: fallback };
  if (source.from === 'text') return { value: source.text };
  return source.from === 'secret' ? { secret: source.secret, key: source.key } : undefined;
}

type HttpCheck = Extract<DraftCheck, { kind: 'http' }>;

/** What kubelet asks to know that it is ready, asked through the Service, if one leads there. */
function healthCheck(workload: Workload, container: Container, services: readonly Service[]): HttpCheck | undefined {
  const probe = container.readinessProbe?.httpGet;
  const port = portNumber(container, probe?.port);
  if (probe === undefined || port === undefined) return undefined;
  for (const service of services) {
    if (!selects(service, workload)) continue;
    const open = service.spec?.ports?.find((each) => portNumber(container, each.targetPort ?? each.port) === port);
    if (open === undefined) continue;
    return { kind: 'http', service: service.metadata.name, port: open.port, path: probe.path ?? '/' };
  }
  return undefined;
}

function portNumber({ ports = [] }: Container, port: number | string | undefined): number | undefined {
  return typeof port === 'string' ? ports.find(({ name }) => name === port)?.containerPort : port;
}

function selects({ metadata, spec }: Service, { ref, labels }: Workload): boolean {
  const selector = Object.entries(spec?.selector ?? {});
  return (
    metadata.namespace === ref.namespace &&
    selector.length > 0 &&
    selector.every(([label, value]) => labels[label] === value)
  );
}

/** Grafana answers its health endpoint whoever asks; its administrator's password counts only at its first start. */
function grafanaLogin(health: HttpCheck, variables: ReadonlyMap<string, VariableSource>): HttpCheck[] {
  const password = variables.get('GF_SECURITY_ADMIN_PASSWORD');
  const user = valueOf(variables.get('GF_SECURITY_ADMIN_USER'), 'admin');
  if (password?.from !== 'secret' || user === undefined) return [];
  const login = { user, password: { secret: password.secret, key: password.key } };
  return [{ ...health, name: 'grafana admin login', path: '/api/org', basicAuth: login }];
}

/** Words by which a program says that something it depends on works. */
const goodWords: ReadonlySet<unknown> = new Set(['connected', 'ok', 'up', 'healthy', 'ready', 'OK', 'UP', true]);

/** What a health answer says of the things behind the program: its own status is in the answer's code already. */
export function guessJson(body: string): Readonly<Record<string, string | boolean>> | undefined {
  const answer = parsedJson(body);
  const claims = Object.entries(isRecord(answer) ? answer : {}).flatMap(([part, inner]) =>
    Object.entries(isRecord(inner) ? inner : {})
      .filter(([name, value]) => /^(status|state|connected|healthy)$/.test(name) && goodWords.has(value))
      .map(([name, value]) => [`${part}.${name}`, value as string | boolean] as const),
  );
  return claims.length === 0 ? undefined : Object.fromEntries(claims);
}
