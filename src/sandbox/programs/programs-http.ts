import type { ProgramAnswer, ProgramRequest } from '../api/api-programs.ts';
import type { Program, ProgramStart } from './program.ts';

const listensAfterMs = 300;
const migratesInMs = 1000;

function json(status: number, body: unknown): ProgramAnswer {
  return { status, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
}

function pathOf({ path }: ProgramRequest): string {
  return path.split('?')[0] ?? '';
}

/** A program that listens on all the ports that its container declares, soon after its start. */
function server(start: ProgramStart, answer: (request: ProgramRequest) => ProgramAnswer): Program {
  const ports = (start.container.ports ?? []).map(({ containerPort }) => containerPort);
  let isListening = false;
  start.after(listensAfterMs, () => {
    isListening = true;
  });
  return { listensOn: (port) => isListening && ports.includes(port), httpGet: answer };
}

/** Grafana's health and login; its admin password is fixed when its folder is first used. */
export function grafana(start: ProgramStart): Program {
  const disk = start.disk('/var/lib/grafana');
  disk.grafanaAdminPassword ??= start.env.get('GF_SECURITY_ADMIN_PASSWORD') ?? 'admin';
  const user = start.env.get('GF_SECURITY_ADMIN_USER') ?? 'admin';
  const credentials = Buffer.from(`${user}:${disk.grafanaAdminPassword}`).toString('base64');
  return server(start, (request) => {
    if (pathOf(request) === '/api/health') {
      return json(200, { database: 'ok', version: '11.3.0' });
    }
    if (pathOf(request) !== '/api/org') {
      return json(404, { message: 'Not found' });
    }
    return request.headers['authorization'] === `Basic ${credentials}`
      ? json(200, { id: 1, name: 'Main Org.' })
      : json(401, { message: 'Invalid username or password' });
  });
}

/** Why a database cannot be used with what the environment says, as the client library's code; undefined if it can. */
function databaseProblem({ env, network, pod }: ProgramStart, prefix: 'DB' | 'AUTH_DB'): string | undefined {
  const setting = (name: string): string => env.get(`${prefix}_${name}`) ?? '';
  const found = network.connect(pod.metadata.namespace, setting('HOST'), Number(setting('PORT')));
  if (found === 'unknown-host') {
    return 'ENOTFOUND';
  }
  if (found === 'refused' || !found.postgres) {
    return 'ECONNREFUSED';
  }
  const answer = found.postgres.login({
    user: setting('USER'),
    password: setting('PASSWORD'),
    database: setting('NAME'),
  });
  return answer === 'ok' ? undefined : answer;
}

/** The API of the stack: its health is that of its two databases. */
export function apiBackend(start: ProgramStart): Program {
  return server(start, (request) => {
    if (pathOf(request) !== '/health') {
      return json(404, { status: 'not found' });
    }
    const named = { postgres: databaseProblem(start, 'DB'), 'postgres-auth': databaseProblem(start, 'AUTH_DB') };
    const problems = Object.entries(named).filter(([, problem]) => problem !== undefined);
    if (problems.length === 0) {
      return json(200, { status: 'ok', database: { status: 'connected' } });
    }
    const detail = problems.map(([name, problem]) => `${name}: ${problem ?? ''}`).join('; ');
    return json(503, { status: 'degraded', database: { status: 'unreachable', detail } });
  });
}

/** `server.js migrate`: changes the schema and ends. */
export function migration(start: ProgramStart): Program {
  start.after(migratesInMs, () => {
    start.exit(databaseProblem(start, 'DB') === undefined ? 0 : 1);
  });
  return { listensOn: () => false };
}

/** The web application, which is as well as the API that it calls. */
export function web(start: ProgramStart): Program {
  const { hostname, port } = new URL(start.env.get('API_URL') ?? 'http://localhost');
  return server(start, (request) => {
    if (pathOf(request) !== '/health') {
      return json(200, { name: 'web' });
    }
    const found = start.network.connect(start.pod.metadata.namespace, hostname, Number(port || 80));
    if (typeof found === 'string' || !found.httpGet) {
      return json(503, { status: 'degraded', api: 'unreachable' });
    }
    const { status } = found.httpGet({ port: Number(port || 80), path: '/health', headers: {} });
    return json(status < 400 ? 200 : 503, { status: status < 400 ? 'ok' : 'degraded', api: status });
  });
}

/** The certificate of Sealed Secrets, as its environment has it: the controller's work is done elsewhere. */
export function sealedSecrets(start: ProgramStart): Program {
  return server(start, (request) =>
    pathOf(request) === '/v1/cert.pem'
      ? { status: 200, headers: {}, body: start.env.get('SEALING_CERTIFICATE') ?? '' }
      : json(404, { message: 'not found' }),
  );
}

/** Any other program: it answers on the ports that it declares. */
export function webServer(start: ProgramStart): Program {
  return server(start, () => ({ status: 200, headers: { 'content-type': 'text/plain' }, body: 'ready\n' }));
}
