import { createServer } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';

/** A forward proxy that leads `*.vault.azure.net` to a vault on the loopback, and nobody anywhere else. */
export interface VaultProxy {
  readonly url: string;
  close(): Promise<void>;
}

export async function startVaultProxy(vaultUrl: string): Promise<VaultProxy> {
  const { hostname, port } = new URL(vaultUrl);
  const sockets = new Set<Socket>();
  const server = createServer((_, response) => response.writeHead(403).end());
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket)).on('error', () => undefined);
  });
  server.on('connect', ({ url = '' }, client: Socket) => {
    if (!/^[a-z-]+\.vault\.azure\.net:443$/.test(url)) {
      client.end('HTTP/1.1 403 Forbidden\r\n\r\n');
      return;
    }
    const vault = connect(Number(port), hostname, () => {
      client.write('HTTP/1.1 200 Connection established\r\n\r\n');
      vault.pipe(client).pipe(vault);
    });
    sockets.add(vault);
    vault.on('error', () => client.destroy());
    client.on('error', () => vault.destroy()).on('close', () => vault.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`,
    close: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}
