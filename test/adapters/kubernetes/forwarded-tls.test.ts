import { afterEach, beforeAll, expect, test } from '@jest/globals';
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { createServer } from 'node:https';
import { connect, type AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';

import { connectCluster } from '../../../src/adapters/kubernetes/kubernetes-cluster.ts';
import type { HttpAnswer } from '../../../src/cluster-ports.ts';
import type { Observed } from '../../../src/core/cluster/observed.ts';
import { SecretValue } from '../../../src/core/secrets/secret-value.ts';
import { createVaultCertificates, type VaultCertificates } from '../../../src/sandbox/vault/vault-certificates.ts';
import { startFakeServer } from '../../support/fake-server.ts';

const dayMs = 86_400_000;
const cleanUps: (() => unknown)[] = [];
let good: VaultCertificates;
let ended: VaultCertificates;

beforeAll(async () => {
  good = await createVaultCertificates(new Date());
  ended = await createVaultCertificates(new Date(Date.now() - 100 * dayMs));
});

afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

/** An API server whose port-forwards all lead to one port of this machine. */
async function forwardingTo(port: number) {
  const sockets = new WebSocketServer({ noServer: true, handleProtocols: () => 'v4.channel.k8s.io' });
  const upgrade = (request: IncomingMessage, duplex: Duplex, head: Buffer): void => {
    cleanUps.push(() => duplex.destroy());
    sockets.handleUpgrade(request, duplex, head, (stream) => {
      for (const channel of [0, 1]) stream.send(Buffer.of(channel, 0, 80));
      const pod = connect(port, '127.0.0.1');
      pod.on('data', (bytes: Buffer) => {
        stream.send(Buffer.concat([Buffer.of(0), bytes]));
      });
      pod
        .on('error', () => undefined)
        .on('close', () => {
          stream.close();
        });
      stream.on('message', (data: Buffer) => pod.write(data.subarray(1)));
      stream.on('close', () => pod.destroy());
    });
  };
  const server = await startFakeServer(() => undefined, upgrade);
  const cluster = await connectCluster({ kubeconfigText: server.kubeconfig(), requestTimeoutMs: 5000, env: {} });
  cleanUps.push(
    () => server.close(),
    () => {
      cluster.close();
    },
  );
  return cluster;
}

async function shownBy(
  { keyPem, certPem }: VaultCertificates,
  tls: { host: string; ca?: SecretValue },
): Promise<Observed<HttpAnswer>> {
  const server = createServer({ key: keyPem, cert: certPem }, (_, response) => response.end('{"ok":true}'));
  server.on('tlsClientError', () => undefined).listen(0, '127.0.0.1');
  await once(server, 'listening');
  cleanUps.push(() => {
    server.closeAllConnections();
    server.close();
  });
  const cluster = await forwardingTo((server.address() as AddressInfo).port);
  return cluster.podGet({ namespace: 'shop', pod: 'web-0', port: 443, path: '/', tls });
}

const authority = ({ caPem }: VaultCertificates) => SecretValue.fromText(caPem);

test('a certificate that its authority vouches for is told with its end, and the answer comes through', async () => {
  const seen = await shownBy(good, { host: 'localhost', ca: authority(good) });
  expect(seen).toMatchObject({ state: 'present', value: { status: 200, body: '{"ok":true}' } });
  const { certificate } = (seen as { value: HttpAnswer }).value;
  expect(Object.keys(certificate ?? {})).toEqual(['ends']);
  expect(Math.round((Date.parse(certificate!.ends) - Date.now()) / dayMs)).toBe(90);
});

test.each([
  ['nobody trusts', () => shownBy(good, { host: 'localhost' }), { chainError: expect.stringMatching(/^[A-Z_]+$/) }],
  ['has ended', () => shownBy(ended, { host: 'localhost', ca: authority(ended) }), { chainError: 'CERT_HAS_EXPIRED' }],
  [
    'is for others',
    () => shownBy(good, { host: 'shop.example', ca: authority(good) }),
    { otherNames: expect.arrayContaining(['localhost']) },
  ],
])('one that %s is answered all the same, and named', async (_, look, expected) => {
  expect(await look()).toMatchObject({ state: 'present', value: { status: 200, certificate: expected } });
});
