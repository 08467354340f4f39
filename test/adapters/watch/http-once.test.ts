import { beforeAll, describe, expect, test } from '@jest/globals';
import { once } from 'node:events';
import { createServer as createTlsServer } from 'node:https';
import { createServer, type AddressInfo, type Socket } from 'node:net';

import { httpOnce } from '../../../src/adapters/watch/http-once.ts';
import { createVaultCertificates, type VaultCertificates } from '../../../src/sandbox/vault/vault-certificates.ts';
import { startFakeServer } from '../../support/fake-server.ts';
import { atEnd } from '../../support/watch-world.ts';

const userAgent = 'c2l/test';
const dayMs = 86_400_000;
const get = (url: string, more: object = {}, caPem?: string) =>
  httpOnce({ url, timeoutMs: 5000, wantsBody: true, ...more }, { userAgent, caPem });

/** A server that speaks whatever it likes. */
async function rawServer(talk: (socket: Socket) => void): Promise<string> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket.on('error', () => undefined));
    talk(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  atEnd({
    close: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  });
  return `http://127.0.0.1:${String((server.address() as AddressInfo).port)}/?key=canary`;
}

describe('a failure is told in words of our own, without the URL', () => {
  test.each<[string, (socket: Socket) => void, string]>([
    ['says nothing', () => undefined, 'did not answer within 0.2 s'],
    ['hangs up', (socket) => socket.destroy(), 'broke off the connection (ECONNRESET)'],
    [
      'speaks something else',
      (socket) => socket.end('220 canary ESMTP\r\n'),
      'does not speak HTTP (HPE_INVALID_CONSTANT)',
    ],
    [
      'stops in the middle',
      (socket) => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\ncanary'),
      'broke off the connection (ECONNRESET)',
    ],
  ])('a server that %s', async (_case, talk, reason) => {
    const answer = await get(await rawServer(talk), { timeoutMs: 200 });
    expect(answer).toMatchObject({ state: 'failed', reason, isLocal: false });
    expect(JSON.stringify(answer)).not.toContain('canary');
  });

  test('nobody listens', async () => {
    expect(await get('http://127.0.0.1:9/')).toMatchObject({ reason: 'refuses the connection (ECONNREFUSED)' });
  });
});

test('a redirect is an answer, and leads nowhere', async () => {
  const server = atEnd(
    await startFakeServer((response) => response.writeHead(302, { Location: 'http://127.0.0.1:9/' }).end()),
  );
  expect(await get(server.url)).toMatchObject({ state: 'answered', status: 302 });
});

test('every request is on a connection of its own', async () => {
  const server = atEnd(await startFakeServer((response) => response.end()));
  await get(server.url);
  await get(server.url);
  expect(server.requests.map(({ headers }) => headers.connection)).toEqual(['close', 'close']);
});

test('no more of an endless body is read than a health answer may have', async () => {
  const server = atEnd(
    await startFakeServer((response) => {
      const more = (): void => {
        while (response.write('x'.repeat(65_536)));
      };
      response.on('drain', more);
      more();
    }),
  );
  const answer = await get(server.url);
  expect(answer.state === 'answered' && answer.body.length).toBe(1_048_576);
});

describe('TLS', () => {
  let certificates: VaultCertificates;
  beforeAll(async () => {
    certificates = await createVaultCertificates(new Date());
  });

  async function tlsServer({ keyPem, certPem }: VaultCertificates): Promise<string> {
    const server = createTlsServer({ key: keyPem, cert: certPem }, (_, response) => response.end('{}'));
    server.on('tlsClientError', () => undefined).listen(0, '127.0.0.1');
    await once(server, 'listening');
    atEnd({
      close: async () => {
        server.closeAllConnections();
        server.close();
        await once(server, 'close');
      },
    });
    return `https://127.0.0.1:${String((server.address() as AddressInfo).port)}/`;
  }

  test('the end of the certificate is told', async () => {
    const answer = await get(await tlsServer(certificates), {}, certificates.caPem);
    const ends = answer.state === 'answered' ? Date.parse(answer.certificateEnds ?? '') : 0;
    expect(Math.round((ends - Date.now()) / dayMs)).toBe(90);
  });

  test('one that nobody trusts, and one that has ended, are failures', async () => {
    const untrusted = await get(await tlsServer(certificates));
    expect(untrusted).toMatchObject({ reason: expect.stringContaining('signed by nobody who is trusted') });
    const old = await createVaultCertificates(new Date(Date.now() - 100 * dayMs));
    const ended = await get(await tlsServer(old), {}, old.caPem);
    expect(ended).toMatchObject({ reason: 'shows a certificate that has expired (CERT_HAS_EXPIRED)' });
  });
});
