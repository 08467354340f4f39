import { createServer, type AddressInfo } from 'node:net';
import { PassThrough } from 'node:stream';
import { Exec, PortForward } from '@kubernetes/client-node';
import type { Answer, TestCluster } from './cluster.ts';
import { namespace, pod } from './stack.ts';

/** GET through the API server's service proxy. */
export async function serviceGet(cluster: TestCluster, service: string, port: number, path: string): Promise<Answer> {
  const base = `/api/v1/namespaces/${namespace}/services/http:${service}:${String(port)}/proxy`;
  return cluster.send('GET', base + path);
}

interface Ran {
  readonly exitCode: number;
  readonly output: string;
}

/** Runs a command in a component's pod; its one line of input goes over standard input, as argv stands in logs. */
async function run(cluster: TestCluster, app: string, command: string[], line: string): Promise<Ran> {
  const found = await pod(cluster, app);
  const output: Buffer[] = [];
  const sink = new PassThrough().on('data', (chunk: Buffer) => output.push(chunk));
  const input = new PassThrough();
  input.write(`${line}\n`);
  const name = found?.metadata.name ?? app;
  const container = found?.spec?.containers?.[0]?.name ?? app;
  return new Promise((resolve, reject) => {
    const limit = setTimeout(() => {
      reject(new Error(`exec in ${name}: not done within 15 s`));
    }, 15_000);
    new Exec(cluster.config)
      .exec(namespace, name, container, command, sink, sink, input, false, (status) => {
        clearTimeout(limit);
        const code = status.details?.causes?.find(({ reason }) => reason === 'ExitCode')?.message;
        const exitCode = status.status === 'Success' ? 0 : Number(code ?? 255);
        resolve({ exitCode, output: Buffer.concat(output).toString('utf8') });
      })
      .catch(() => {
        clearTimeout(limit);
        // Never the library's own error: printed, it shows the client's key.
        reject(new Error(`exec in ${name}: refused`));
      });
  });
}

export interface Login {
  readonly user: string;
  readonly password: string;
  readonly database: string;
}

/** A login over TCP to the pod's own address: on the loopback the image lets anybody in. */
export async function postgresLogin(cluster: TestCluster, app: string, { user, password, database }: Login) {
  const host = (await pod(cluster, app))?.status?.podIP ?? '';
  const psql = `exec psql -h '${host}' -U '${user}' -d '${database}' -tAc 'select current_user'`;
  return run(cluster, app, ['sh', '-c', `IFS= read -r PGPASSWORD; export PGPASSWORD; ${psql}`], password);
}

/** The status that a pod answers a GET with HTTP basic authentication with, over a port-forward of the test's own. */
export async function basicAuthStatus(
  cluster: TestCluster,
  target: { readonly app: string; readonly port: number; readonly path: string },
  credentials: { readonly user: string; readonly password: string },
): Promise<number> {
  const name = (await pod(cluster, target.app))?.metadata.name ?? target.app;
  const forward = new PortForward(cluster.config);
  const server = createServer((socket) => {
    socket.on('error', () => socket.destroy());
    // Without the library's own error: printed, it shows the client's key.
    forward.portForward(namespace, name, [target.port], socket, null, socket).catch(() => socket.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    const { port } = server.address() as AddressInfo;
    const { user, password } = credentials;
    const authorization = `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
    const headers = { authorization, connection: 'close' };
    const signal = AbortSignal.timeout(15_000);
    return (await fetch(`http://127.0.0.1:${String(port)}${target.path}`, { headers, signal })).status;
  } finally {
    server.close();
  }
}
