import { createServer, request as plainRequest } from 'node:http';
import { Agent, request as secureRequest, type AgentOptions } from 'node:https';
import type { AddressInfo } from 'node:net';

export interface CountingProxy {
  readonly url: string;
  /** Method and path of every request so far. */
  readonly requests: readonly string[];
  close(): void;
}

/** Stands before a server and notes what it is asked. To one that speaks HTTPS it shows these credentials. */
export async function countingProxy(target: string, credentials: AgentOptions = {}): Promise<CountingProxy> {
  const requests: string[] = [];
  const isSecure = target.startsWith('https:');
  const agent = isSecure ? new Agent({ keepAlive: true, ...credentials }) : undefined;
  const server = createServer((incoming, outgoing) => {
    requests.push(`${incoming.method ?? ''} ${incoming.url ?? ''}`);
    const { method, headers } = incoming;
    const options = { method, headers, agent };
    const url = new URL(incoming.url ?? '/', target);
    const onward = (isSecure ? secureRequest : plainRequest)(url, options, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    });
    onward.on('error', () => outgoing.destroy());
    incoming.pipe(onward);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${String(port)}`,
    requests,
    close: () => {
      agent?.destroy();
      server.closeAllConnections();
      server.close();
    },
  };
}
