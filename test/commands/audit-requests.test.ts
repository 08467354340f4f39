import { expect, test } from '@jest/globals';
import type { ServerResponse } from 'node:http';
import type { AuditReport } from '../../src/core/audit/audit-report.ts';
import { startFakeServer } from '../support/fake-server.ts';
import { runCli } from '../support/run-cli.ts';
import { sandbox } from '../support/sandbox.ts';

const marker = '/marker';

/** Stands before a server and answers no list until so many are asked for at once. */
async function holdingServer(target: string, count: number) {
  let held: (() => void)[] | undefined = [];
  let underWay = 0;
  const seen = { most: 0, all: 0 };
  const pass = async (response: ServerResponse, path: string): Promise<void> => {
    const answer = await fetch(target + path);
    response.writeHead(answer.status, { 'Content-Type': answer.headers.get('content-type') ?? '' });
    response.end(Buffer.from(await answer.arrayBuffer()));
  };
  const release = (): void => {
    const waiting = held ?? [];
    held = undefined;
    for (const answer of waiting) answer();
  };
  const server = await startFakeServer((response, { path }) => {
    if (path === marker) {
      response.end();
      return;
    }
    seen.all += 1;
    underWay += 1;
    seen.most = Math.max(seen.most, underWay);
    response.on('finish', () => (underWay -= 1));
    if (held === undefined || !path.includes('limit=')) void pass(response, path);
    else held.push(() => void pass(response, path));
    // What left together with these has arrived once a request that is sent now is answered.
    if (held?.length === count) void fetch(server.url + marker).then(release);
  });
  return { server, seen };
}

test('an audit has six requests under way at once and never more', async () => {
  const { url } = await sandbox();
  const { server, seen } = await holdingServer(url, 6);
  const { code, stdout } = await runCli(['audit', '-A', '-o', 'json'], { kubeconfig: server.kubeconfig() });
  await server.close();
  expect(code).toBe(1);
  expect((JSON.parse(stdout) as AuditReport).findings.filter(({ code }) => code === 'unreadable')).toEqual([]);
  expect(seen.most).toBe(6);
  // One page of each kind, and no request for a pod.
  expect(seen.all).toBeGreaterThan(16);
  expect(seen.all).toBeLessThan(30);
});

test('a server that answers nothing at all is waited for once, whatever stands in line', async () => {
  const asked: string[] = [];
  const server = await startFakeServer((_, { path }) => asked.push(path));
  const argv = ['audit', '-n', 'shop', '--request-timeout', '1s', '-o', 'json'];
  const { code, stderr } = await runCli(argv, { kubeconfig: server.kubeconfig() });
  await server.close();
  expect(code).toBe(3);
  expect(stderr).toMatch(/did not answer within 1 s/);
  expect(asked.length).toBeLessThanOrEqual(6);
});
