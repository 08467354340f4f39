import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import { OperatorError } from '../../errors.ts';
import type { StatusAnswer, StatusListener } from '../../watch-ports.ts';

const reasons: Readonly<Record<string, string>> = {
  EADDRINUSE: 'something else listens there',
  EADDRNOTAVAIL: 'this machine has no such address',
  EACCES: 'permission denied',
  ENOTFOUND: 'its name is not known to DNS',
};

/** Answers GET and HEAD; it has nothing that could be changed. */
export async function listenForStatus(
  { host, port }: { readonly host: string; readonly port: number },
  answer: (path: string) => StatusAnswer | undefined,
): Promise<StatusListener> {
  const server = createServer((request, response) => {
    const path = (request.url ?? '').split('?', 1)[0] ?? '';
    const isRead = request.method === 'GET' || request.method === 'HEAD';
    const found = isRead ? answer(path) : { status: 405, contentType: 'text/plain', body: 'only GET\n' };
    const { status, contentType, body } = found ?? { status: 404, contentType: 'text/plain', body: 'not found\n' };
    response.writeHead(status, { 'Content-Type': contentType, 'Content-Length': Buffer.byteLength(body) });
    response.end(request.method === 'HEAD' ? undefined : body);
  });
  server.requestTimeout = 10_000;
  server.listen(port, host);
  try {
    await once(server, 'listening');
  } catch (cause) {
    const { code = '' } = cause as NodeJS.ErrnoException;
    throw new OperatorError('usage', `cannot listen on ${host}:${port}: ${reasons[code] ?? code}`, {
      hint: 'choose another port: --listen PORT',
      cause,
    });
  }
  const { address, family, port: actual } = server.address() as AddressInfo;
  return {
    url: `http://${family === 'IPv6' ? `[${address}]` : address}:${actual}`,
    close: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}
