import { expect, test } from '@jest/globals';
import { createServer } from 'node:https';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';

import type { VerifyReport } from '../../src/core/verify/verify-report.ts';
import { createVaultCertificates } from '../../src/sandbox/vault/vault-certificates.ts';
import { runCli } from '../support/run-cli.ts';
import { sandbox } from '../support/sandbox.ts';
import { atEnd, startShop, watchFolder } from '../support/watch-world.ts';

async function verify(endpoints: readonly object[], argv: readonly string[] = []) {
  const { path } = await watchFolder({ endpoints });
  const flags = ['--from-outside', '--timeout', '1s', ...argv];
  const { code, stdout, stderr } = await runCli(['verify', '-o', 'json', ...flags], { cwd: path });
  return { code, stderr, report: JSON.parse(stdout) as VerifyReport };
}

test('the URLs of the stack are asked with no kubeconfig, and what hangs on a failed one is skipped', async () => {
  const shop = await startShop();
  shop.down.add('/api').add('/web');
  const endpoints = [
    { name: 'api', url: `${shop.url}/api` },
    { name: 'web', url: `${shop.url}/web`, dependsOn: ['api'] },
    { name: 'shop', url: `${shop.url}/`, json: { status: 'ok' } },
  ];
  const failed = await verify(endpoints);
  expect(failed.code).toBe(1);
  expect(failed.report.checks.map(({ component, outcome, detail }) => `${component} ${outcome} ${detail}`)).toEqual([
    'api fail answered 503 instead of 200',
    'web skipped because "api" did not pass',
    'shop pass answered 200, status is "ok"',
  ]);
  expect(failed.report.findings.map(({ id }) => id)).toEqual(['check-failed/api: answers']);
  shop.down.clear();
  const healed = await verify(endpoints);
  expect(healed).toMatchObject({ code: 0, report: { verdict: 'ok', context: '', server: '' } });
});

test('one that comes back meanwhile passes, and the timeline tells', async () => {
  const shop = await startShop();
  shop.down.add('/');
  const url = `${shop.url}/`;
  const { path } = await watchFolder({ endpoints: [{ name: 'shop', url }] });
  const running = runCli(['verify', '-o', 'json', '--from-outside', '--timeout', '20s'], { cwd: path });
  while (shop.requests.length === 0) await new Promise(setImmediate);
  shop.down.clear();
  const { code, stdout, stderr } = await running;
  expect({ code, stderr }).toMatchObject({ code: 0, stderr: expect.stringMatching(/1 endpoint$/m) });
  const { timeline } = JSON.parse(stdout) as VerifyReport;
  expect(timeline.map(({ outcome, detail }) => `${outcome} ${detail}`)).toEqual([
    'waiting answered 503 instead of 200',
    'pass answered 200',
  ]);
});

test('DNS, TCP, TLS and HTTP are told apart', async () => {
  const { keyPem, certPem } = await createVaultCertificates(new Date());
  const secured = createServer({ key: keyPem, cert: certPem }, (_, response) => response.end());
  secured.on('tlsClientError', () => undefined).listen(0, '127.0.0.1');
  await once(secured, 'listening');
  atEnd({
    close: async () => {
      await new Promise((done) => secured.close(done));
    },
  });
  const tls = `https://127.0.0.1:${(secured.address() as AddressInfo).port}/`;
  const { report, code } = await verify([
    { name: 'dns', url: 'http://no-such-host.invalid/' },
    { name: 'tcp', url: 'http://127.0.0.1:1/' },
    { name: 'tls', url: tls },
    { name: 'http', url: tls.replace('https:', 'http:') },
  ]);
  expect(code).toBe(1);
  expect(report.checks.map(({ component, detail }) => [component, detail.slice(0, detail.indexOf(':'))])).toEqual([
    ['dns', 'DNS'],
    ['tcp', 'TCP'],
    ['tls', 'TLS'],
    ['http', 'HTTP'],
  ]);
  const { port } = new URL(tls);
  expect(Object.fromEntries(report.findings.map(({ object, fix }) => [object.name, fix]))).toEqual({
    dns: 'nslookup no-such-host.invalid',
    tcp: 'c2l verify',
    tls: `openssl s_client -connect 127.0.0.1:${port} -servername 127.0.0.1`,
    http: 'c2l verify',
  });
});

test('with no URL at all it says where one could come from', async () => {
  const { kubeconfig } = await sandbox({ scenario: 'healthy' });
  const { code, stderr } = await runCli(['verify', '--from-outside', '--timeout', '1s'], { kubeconfig });
  expect(code).toBe(2);
  expect(stderr).toContain('no public URL is known: the stack has no watch.endpoints, and no Ingress a host');
  expect(stderr).toContain('c2l verify --from-outside --url');
});
