import type { ClusterProbe, ExecResult, HttpAnswer } from '../../cluster-ports.ts';
import { absent, present, type Observed } from '../../core/cluster/observed.ts';
import { answerFailure, apiStatus, TransportFailure, type ApiAnswer } from './kubernetes-errors.ts';
import { observed } from './kubernetes-reader.ts';
import { collectionPath } from './kubernetes-resources.ts';
import type { Transport } from './kubernetes-transport.ts';

/** Streams load only when a check needs them: most runs never open a WebSocket. */
export class KubernetesProbe implements ClusterProbe {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  async serviceGet(target: Parameters<ClusterProbe['serviceGet']>[0]): Promise<Observed<HttpAnswer>> {
    const { namespace, service, port } = target;
    const services = collectionPath('/api/v1', 'services', namespace);
    const path = `${services}/${encodeURIComponent(service)}:${port}/proxy/${target.path.replace(/^\//, '')}`;
    return observed(async () => {
      try {
        const answer = await this.#transport.once({ method: 'GET', path, accept: '*/*' });
        return serviceAnswer(answer, namespace, service);
      } catch (error) {
        if (isTimeout(error) && (await this.#isServing())) return present(this.#noAnswer());
        throw error;
      }
    });
  }

  #noAnswer(): HttpAnswer {
    return { status: 503, body: '', failure: `no answer within ${this.#transport.requestTimeoutMs / 1000} s` };
  }

  /** Tells an application that hangs from an API server that does: through the proxy both are silent. */
  async #isServing(): Promise<boolean> {
    return this.#transport.once({ method: 'GET', path: '/version' }).then(
      () => true,
      () => false,
    );
  }

  async podGet(target: Parameters<ClusterProbe['podGet']>[0]): Promise<Observed<HttpAnswer>> {
    return observed(async () => {
      const { forwardedGet } = await import('./kubernetes-port-forward.ts');
      return forwardedGet(this.#transport, target);
    });
  }

  async exec(target: Parameters<ClusterProbe['exec']>[0]): Promise<Observed<ExecResult>> {
    return observed(async () => {
      const { execInPod } = await import('./kubernetes-exec.ts');
      return execInPod(this.#transport, target);
    });
  }
}

function isTimeout(error: unknown): boolean {
  return error instanceof TransportFailure && error.failure.cause === 'timeout';
}

/** Through one path come the application's own answers and the API server's, which are `Status` objects. */
function serviceAnswer(answer: ApiAnswer, namespace: string, service: string): Observed<HttpAnswer> {
  const said = answer.status < 400 ? undefined : apiStatus(answer);
  if (said === undefined) return present({ status: answer.status, body: answer.text });
  if (answer.status === 404 && said.reason === 'NotFound') return absent;
  const failure = serviceFailure(said.message);
  if (failure !== undefined) return present({ status: answer.status, body: '', failure });
  return answerFailure(answer, { verb: 'get', resource: 'services/proxy', namespace, name: service });
}

function serviceFailure(message: string): string | undefined {
  if (message.startsWith('no endpoints available')) return 'no ready endpoints';
  if (message.startsWith('no service port')) return 'the service has no such port';
  if (!message.startsWith('error trying to reach service')) return undefined;
  return message.includes('connection refused') ? 'connection refused' : 'the pod could not be reached';
}
