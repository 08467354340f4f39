import http from 'node:http';
import { isIP } from 'node:net';
import { Duplex } from 'node:stream';
import { connect, type TLSSocket } from 'node:tls';
import type { ClusterProbe, HttpAnswer } from '../../cluster-ports.ts';
import { absent, present, type Observed } from '../../core/cluster/observed.ts';
import { systemCode } from '../node-errors.ts';
import { answerFailure, apiStatus, TransportFailure, type ApiAnswer } from './kubernetes-errors.ts';
import { collectionPath } from './kubernetes-resources.ts';
import { followStream, KeptOutput, type Channel } from './kubernetes-streams.ts';
import type { Transport } from './kubernetes-transport.ts';
import { shownCertificate } from './shown-certificate.ts';

const dataChannel = 0;
const errorChannel = 1;
/** Each channel begins with the port number. */
const portBytes = 2;

type PodTarget = Parameters<ClusterProbe['podGet']>[0];

/**
 * GET through a port-forward. What the pod does with the connection (refuses it, closes it, says nothing until the time
 * limit) is an answer about the pod: status 0 with the `failure`.
 */
export async function forwardedGet(transport: Transport, target: PodTarget): Promise<Observed<HttpAnswer>> {
  const connection = new ForwardedConnection();
  const answering = requestOver(connection, target);
  const pod = `${collectionPath('/api/v1', 'pods', target.namespace)}/${encodeURIComponent(target.pod)}`;
  const following = followStream(
    transport,
    `${pod}/portforward?ports=${target.port}`,
    ['v4.channel.k8s.io'],
    connection,
  );
  const limit = `no answer within ${transport.requestTimeoutMs / 1000} s`;
  try {
    const first = await Promise.race([answering, following]);
    if (first !== undefined && 'headers' in first) return refusedForward(first, target);
    return present(first ?? (await answering));
  } catch (error) {
    if (error instanceof TransportFailure && error.failure.cause === 'timeout' && connection.isOpen) {
      return present({ status: 0, body: '', failure: limit });
    }
    throw error;
  } finally {
    connection.hangUp();
    following.catch(() => undefined);
  }
}

function refusedForward(refusal: ApiAnswer, target: PodTarget): Observed<HttpAnswer> {
  if (refusal.status === 404 && apiStatus(refusal)?.reason === 'NotFound') return absent;
  const subject = { verb: 'create', resource: 'pods/portforward', namespace: target.namespace, name: target.pod };
  return answerFailure(refusal, subject);
}

/** Never rejects: every end of the connection is an answer about the pod. */
function requestOver(connection: ForwardedConnection, target: PodTarget): Promise<HttpAnswer> {
  return new Promise((resolve) => {
    const secured = target.tls === undefined ? undefined : securedConnection(connection, target.tls);
    const request = http.request({
      createConnection: () => secured ?? connection,
      host: target.tls?.host ?? 'localhost',
      port: target.port,
      path: target.path,
      headers: { Connection: 'close', ...authorization(target) },
    });
    const fail = (error?: unknown): void => {
      const spoke = secured !== undefined && secured.getProtocol() === null;
      const own = spoke && systemCode(error).startsWith('ERR_SSL') ? 'does not speak TLS' : undefined;
      resolve({ status: 0, body: '', failure: connection.failure ?? own ?? 'closed without an answer by HTTP' });
    };
    request.on('error', fail);
    request.on('response', (response) => {
      const body = new KeptOutput();
      response.on('data', (chunk: Buffer) => {
        body.add(chunk);
      });
      response.on('error', fail);
      response.on('end', () => {
        const certificate = secured && shownCertificate(secured, target.tls?.host ?? '');
        resolve({ status: response.statusCode ?? 0, body: body.toString(), ...(certificate && { certificate }) });
      });
    });
    request.end();
  });
}

/** Nothing is refused here: what is wrong with a certificate is to be named, all of it. */
function securedConnection(socket: Duplex, { host, ca }: NonNullable<PodTarget['tls']>): TLSSocket {
  const name = isIP(host) === 0 ? { servername: host } : {};
  return connect({ socket, ...name, rejectUnauthorized: false, ...(ca === undefined ? {} : { ca: ca.reveal() }) });
}

function authorization({ basicAuth }: PodTarget): { Authorization?: string } {
  if (basicAuth === undefined) return {};
  const pair = `${basicAuth.user.reveal()}:${basicAuth.password.reveal()}`;
  return { Authorization: `Basic ${Buffer.from(pair).toString('base64')}` };
}

/** The data channel as the byte stream that HTTP runs over. */
class ForwardedConnection extends Duplex {
  /** In c2l's words: the node's own message names network namespaces. */
  failure: string | undefined;
  #channel: Channel | undefined;
  #waiting: (() => void)[] = [];
  readonly #seen = new Map<number, number>();

  get isOpen(): boolean {
    return this.#channel !== undefined;
  }

  readonly onOpen = (channel: Channel): void => {
    this.#channel = channel;
    for (const write of this.#waiting.splice(0)) write();
  };

  readonly onFrame = (number: number, bytes: Buffer): void => {
    const seen = this.#seen.get(number) ?? 0;
    this.#seen.set(number, seen + bytes.length);
    const payload = bytes.subarray(Math.max(0, portBytes - seen));
    if (payload.length === 0 || this.destroyed) return;
    if (number === dataChannel) {
      this.push(payload);
    } else if (number === errorChannel) {
      this.failure = payload.includes('connection refused') ? 'connection refused' : 'the connection could not be made';
      this.destroy(new Error(this.failure));
    }
  };

  readonly onClose = (): void => {
    if (!this.destroyed) this.push(null);
  };

  hangUp(): void {
    this.destroy();
    this.#channel?.close();
  }

  override _read(): void {
    // Frames are pushed as they come.
  }

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    const write = (): void => {
      this.#channel?.send(dataChannel, chunk);
      done();
    };
    if (this.#channel === undefined) this.#waiting.push(write);
    else write();
  }
}
