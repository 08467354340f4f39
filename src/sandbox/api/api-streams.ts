import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { Socket } from 'node:net';
import { Duplex, PassThrough } from 'node:stream';
import { WebSocketServer, type RawData, type WebSocket } from 'ws';
import type { Pod } from '../../core/cluster/kubernetes-pod.ts';
import type { StoredObject } from '../store/stored-object.ts';
import { existing, type ApiContext } from './api-objects.ts';
import { ApiProblem, badRequest } from './api-problem.ts';
import type { ProgramExit } from './api-programs.ts';
import type { ApiRequest } from './api-request.ts';

const channels = { stdin: 0, stdout: 1, stderr: 2, status: 3, close: 255 };

/** With the newer protocol a client can say that standard input has ended; port-forward speaks the older one only. */
const protocols = { exec: ['v5.channel.k8s.io', 'v4.channel.k8s.io'], portforward: ['v4.channel.k8s.io'] };

interface Upgrade {
  readonly incoming: IncomingMessage;
  readonly socket: Socket;
  readonly head: Buffer;
}

/** exec and port-forward: the requests that turn into a WebSocket. */
export class Streams {
  readonly #context: ApiContext;
  readonly #sockets = new WebSocketServer({
    noServer: true,
    handleProtocols: (offered, { url = '' }) => {
      const spoken = url.includes('/portforward') ? protocols.portforward : protocols.exec;
      return spoken.find((name) => offered.has(name)) ?? false;
    },
  });

  constructor(context: ApiContext) {
    this.#context = context;
  }

  /** Throws an ApiProblem while the request is still plain HTTP. */
  serve(request: ApiRequest, upgrade: Upgrade): void {
    const pod = existing(this.#context, request);
    const start = request.subresource === 'exec' ? this.#exec(request, pod) : this.#portForward(request, pod);
    this.#sockets.handleUpgrade(upgrade.incoming, upgrade.socket, upgrade.head, start);
  }

  close(): void {
    for (const client of this.#sockets.clients) {
      client.terminate();
    }
    this.#sockets.close();
  }

  #exec(request: ApiRequest, pod: StoredObject): (socket: WebSocket) => void {
    const command = request.query.getAll('command');
    const { containers } = (pod as unknown as Pod).spec;
    const container = request.query.get('container') ?? containers[0]?.name ?? '';
    if (command.length === 0) {
      throw badRequest('you must specify at least 1 command for the container');
    }
    if (!containers.some(({ name }) => name === container)) {
      throw badRequest(`container ${container} is not valid for pod ${pod.metadata.name}`);
    }
    if (!isRunning(pod, container)) {
      throw new ApiProblem(500, 'InternalError', `unable to upgrade connection: container not found ("${container}")`);
    }
    return (socket) => {
      const stdin = new PassThrough();
      if (request.query.get('stdin') !== 'true' && request.query.get('stdin') !== '1') {
        stdin.end();
      }
      readChannels(socket, (channel, data) => {
        if (channel === channels.stdin) {
          stdin.write(data);
        } else if (channel === channels.close && data[0] === channels.stdin) {
          stdin.end();
        }
      });
      socket.on('close', () => stdin.end());
      void this.#run(socket, pod, { container, command, stdin });
    };
  }

  async #run(
    socket: WebSocket,
    pod: StoredObject,
    call: { container: string; command: readonly string[]; stdin: PassThrough },
  ): Promise<void> {
    let status: unknown;
    try {
      const exit = await this.#context.programs.exec(pod, call);
      sendText(socket, channels.stdout, exit.stdout);
      sendText(socket, channels.stderr, exit.stderr);
      status = isNotFound(call.command, exit) ? internalError(noSuchCommand(call.command)) : exitStatus(exit);
    } catch (error) {
      status = internalError(error);
    }
    sendText(socket, channels.status, JSON.stringify(status));
    socket.close(1000);
  }

  #portForward(request: ApiRequest, pod: StoredObject): (socket: WebSocket) => void {
    const ports = request.query.getAll('ports').flatMap((text) => text.split(','));
    if (ports.length === 0 || ports.some((text) => !/^[1-9]\d{0,4}$/.test(text))) {
      throw badRequest('query parameter "port" is required');
    }
    if ((pod as unknown as Pod).status?.phase !== 'Running') {
      throw badRequest(`unable to forward port because pod is not running. Current status=${phaseOf(pod)}`);
    }
    return (socket) => {
      const connections = ports.map((text, index) => this.#forward(socket, pod, { port: Number(text), index }));
      readChannels(socket, (channel, data) => {
        connections[channel / 2]?.push(data);
      });
      socket.on('close', () => {
        connections.forEach((connection) => connection.destroy());
      });
    };
  }

  /** A connection to a port of the pod: HTTP/1.1 that the pod's program answers. */
  #forward(socket: WebSocket, pod: StoredObject, { port, index }: { port: number; index: number }): Duplex {
    const announced = Buffer.alloc(2);
    announced.writeUInt16LE(port);
    sendBytes(socket, index * 2, announced);
    sendBytes(socket, index * 2 + 1, announced);
    const connection = new Duplex({
      read: () => undefined,
      write: (chunk: Buffer, _encoding, done) => {
        sendBytes(socket, index * 2, chunk);
        done();
      },
      final: (done) => {
        socket.close(1000);
        done();
      },
    });
    // A client that goes away in the middle ends the connection; there is nobody left to tell.
    connection.on('error', () => undefined);
    const refuse = (): void => {
      sendText(socket, index * 2 + 1, `connect to port ${port} of pod ${pod.metadata.name}: connection refused`);
      socket.close(1000);
    };
    programServer(this.#context, { pod, port, refuse }).emit('connection', connection);
    return connection;
  }
}

function programServer(
  { programs }: ApiContext,
  { pod, port, refuse }: { pod: StoredObject; port: number; refuse: () => void },
): Server {
  return createServer((incoming, response) => {
    const headers = Object.fromEntries(
      Object.entries(incoming.headers).map(([name, value]) => [
        name,
        Array.isArray(value) ? value.join(', ') : (value ?? ''),
      ]),
    );
    const answer = programs.httpGet(pod, { port, path: incoming.url ?? '/', headers });
    if (answer === 'refused') {
      refuse();
      return;
    }
    response.writeHead(answer.status, answer.headers);
    response.end(answer.body);
  });
}

function isRunning(pod: StoredObject, container: string): boolean {
  const statuses = (pod as unknown as Pod).status?.containerStatuses ?? [];
  return statuses.some(({ name, state }) => name === container && state?.running !== undefined);
}

function phaseOf(pod: StoredObject): string {
  return (pod as unknown as Pod).status?.phase ?? 'Unknown';
}

function readChannels(socket: WebSocket, receive: (channel: number, data: Buffer) => void): void {
  socket.on('message', (raw: RawData) => {
    const message = Buffer.isBuffer(raw) ? raw : Array.isArray(raw) ? Buffer.concat(raw) : Buffer.from(raw);
    if (message.length > 0) {
      receive(message.readUInt8(0), message.subarray(1));
    }
  });
  // A broken connection is closed by the library; the error itself has no one to go to.
  socket.on('error', () => undefined);
}

function sendBytes(socket: WebSocket, channel: number, data: Buffer): void {
  if (socket.readyState === socket.OPEN) {
    socket.send(Buffer.concat([Buffer.from([channel]), data]));
  }
}

function sendText(socket: WebSocket, channel: number, text: string): void {
  if (text !== '') {
    sendBytes(socket, channel, Buffer.from(text));
  }
}

function exitStatus({ exitCode }: ProgramExit): unknown {
  return exitCode === 0
    ? { metadata: {}, status: 'Success' }
    : {
        metadata: {},
        status: 'Failure',
        message: `command terminated with non-zero exit code: command terminated with exit code ${exitCode}`,
        reason: 'NonZeroExitCode',
        details: { causes: [{ reason: 'ExitCode', message: String(exitCode) }] },
      };
}

/** A shell says 127 of what it cannot find; a command that is not there itself could not even be started. */
function isNotFound(command: readonly string[], { exitCode }: ProgramExit): boolean {
  return exitCode === 127 && !/(?:^|\/)(?:ba|da|a)?sh$/.test(command[0] ?? '');
}

function noSuchCommand(command: readonly string[]): Error {
  return new Error(
    'error executing command in container: failed to exec in container: OCI runtime exec failed: ' +
      `exec: ${JSON.stringify(command[0])}: executable file not found in $PATH`,
  );
}

function internalError(error: unknown): unknown {
  const message = error instanceof Error ? error.message : 'the command could not be started';
  return {
    metadata: {},
    status: 'Failure',
    message: `Internal error occurred: ${message}`,
    reason: 'InternalError',
    details: { causes: [{ message }] },
    code: 500,
  };
}
