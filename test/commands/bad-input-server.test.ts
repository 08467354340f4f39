import { afterEach, describe, expect, test } from '@jest/globals';

import { ExitCode } from '../../src/exit-codes.ts';
import type { Fault } from '../../src/sandbox/api/api-server.ts';
import { kubeconfigText, startFakeServer, type Answer, type FakeServer } from '../support/fake-server.ts';
import { errorLines, everyCommand, expectRefused, jsonOf, watchedSandbox } from '../support/refusals.ts';
import { runCli } from '../support/run-cli.ts';

const servers: FakeServer[] = [];

afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

async function server(answer: Answer): Promise<FakeServer> {
  const started = await startFakeServer(answer);
  servers.push(started);
  return started;
}

const answering =
  (status: number, body = '{}', type = 'application/json'): Answer =>
  (response) => {
    response.writeHead(status, { 'content-type': type }).end(body);
  };

const faults: readonly (readonly [string, Answer, RegExp])[] = [
  ['never answers', () => undefined, /http:\/\/127\.0\.0\.1:\d+ did not answer within 0\.3 s; /],
  ['breaks off', (response) => response.destroy(), /127\.0\.0\.1:\d+ broke off the connection .*; /],
  ['answers 401', answering(401), /does not accept the credentials \(401\); /],
  ['answers 403', answering(403), /not allowed to list secrets in namespace cloudtolocalllm \(403\); /],
  ['answers 500', answering(500), /the API server failed to .* \(500\); /],
  ['answers HTML', answering(200, '<html>Sign in</html>', 'text/html'), /the answer to .* is not .*; /],
  ['redirects', answering(302, '', 'text/html'), /redirects elsewhere .* \(302\); /],
];

describe.each(everyCommand)('$command on a server that', ({ argv: words }) => {
  const argv = [...words, '--stack', 'cloudtolocalllm'];

  test.each(faults)('%s', async (_, answer, says) => {
    const started = await server(answer);
    const refusal = { exit: ExitCode.unreadable, code: 'nothing-readable', says } as const;
    await expectRefused([...argv, '--request-timeout', '300ms'], { kubeconfig: started.kubeconfig() }, refusal);
    expect(started.requests.filter(({ method }) => method !== 'GET')).toEqual([]);
  });

  test('is down', async () => {
    const gone = await startFakeServer(answering(200));
    await gone.close();
    const { url } = gone;
    const next = 'kubectl cluster-info --context fake, or another cluster: ';
    const says = new RegExp(`cannot read from ${url} \\(context fake\\): ${url} refuses the connection .*; ${next}`);
    const refusal = { exit: ExitCode.unreadable, code: 'nothing-readable', says } as const;
    await expectRefused(argv, { kubeconfig: kubeconfigText(url) }, refusal);
  });
});

describe('a namespace that is being deleted, in which nothing that is missing can be created', () => {
  async function run(...argv: readonly string[]): Promise<{ readonly told: number; readonly warned: boolean }> {
    const metadata = { name: 'shop', deletionTimestamp: '2026-01-02T03:04:05Z' };
    const place = JSON.stringify({ apiVersion: 'v1', kind: 'Namespace', metadata });
    const empty = JSON.stringify({ apiVersion: 'v1', kind: 'List', metadata: {}, items: [] });
    const started = await server((response, request) => {
      answering(200, request.path.endsWith('/namespaces/shop') ? place : empty)(response, request);
    });
    const { stdout, stderr } = await runCli([...argv, '-n', 'shop'], { kubeconfig: started.kubeconfig() });
    return {
      told: stdout.split('namespace shop was deleted at 2026-01-02 03:04:05 UTC').length - 1,
      warned: stderr.includes('warning: namespace shop is being deleted'),
    };
  }

  test('is a finding of audit, and no warning beside it', async () => {
    expect(await run('audit')).toEqual({ told: 1, warned: false });
  });

  test('is a warning of what says nothing else of it', async () => {
    expect(await run('verify')).toEqual({ told: 0, warned: true });
  });
});

describe('without a stack, where the first question is which namespaces there are', () => {
  test.each([{ argv: ['audit'] }, { argv: ['audit', '-n', 'shop'] }, { argv: ['audit', '-A'] }])(
    '$argv',
    async ({ argv }) => {
      const started = await server(answering(401));
      const refusal = { exit: ExitCode.unreadable, code: 'nothing-readable', says: /\(401\); / } as const;
      await expectRefused(argv, { kubeconfig: started.kubeconfig() }, refusal);
    },
  );
});

describe('Ctrl-C while a server hangs', () => {
  describe.each(everyCommand)('$command ends at once and says that nothing was changed', ({ argv }) => {
    test.each([
      { while: 'it is asked for namespaces', more: [] },
      { while: 'it is asked for everything', more: ['--stack', 'cloudtolocalllm'] },
    ])('while $while', async ({ more }) => {
      for (const output of ['text', 'json']) {
        const interruption = new AbortController();
        const started = await server(() => {
          interruption.abort();
        });
        const options = { kubeconfig: started.kubeconfig(), signal: interruption.signal };
        const result = await runCli([...argv, ...more, '--request-timeout', '1m', '-o', output], options);
        expect([result.code, result.stdout + result.stderr]).toEqual([
          ExitCode.interrupted,
          expect.stringMatching(/interrupted; nothing was changed/),
        ]);
        expect(errorLines(result)).toEqual([]);
        if (output === 'json') expect(jsonOf(result)).toMatchObject({ verdict: 'interrupted' });
      }
    });
  });
});

describe('a right that is missing', () => {
  const deny = { verb: 'list', resource: 'secrets' };

  test('leaves a report where only reading was asked', async () => {
    const cluster = await watchedSandbox();
    cluster.deny({ resource: 'secrets' });
    const { code, stdout, stderr } = await runCli(['audit'], { kubeconfig: cluster.kubeconfig });
    expect(code).toBe(ExitCode.problems);
    expect(stdout).toMatch(/secrets in namespace cloudtolocalllm could not be read/);
    expect(stderr).not.toContain('error:');
  });

  test.each([
    ['fix-secrets', '--yes'],
    ['stabilize', '--yes'],
  ])('is an error before a write: %s', async (...argv) => {
    const cluster = await watchedSandbox();
    cluster.deny(deny);
    const says = /may not list secrets: .*; kubectl auth can-i list secrets -n cloudtolocalllm/;
    const refusal = { exit: ExitCode.usage, code: 'forbidden', says } as const;
    await expectRefused(argv, { kubeconfig: cluster.kubeconfig }, refusal);
    cluster.expectUntouched();
  });
});

describe('where nobody may ask for a namespace by name', () => {
  const deny = { verb: 'get', resource: 'namespaces' };

  test('the stack is assumed in the namespace that the context names', async () => {
    const cluster = await watchedSandbox({ scenario: 'healthy' });
    cluster.deny(deny);
    const { code, stderr } = await runCli(['audit'], { kubeconfig: cluster.kubeconfig });
    expect([code, stderr]).toEqual([ExitCode.ok, expect.stringMatching(/stack cloudtolocalllm$/m)]);
  });

  test('another namespace is not looked at without saying what was left out', async () => {
    const cluster = await watchedSandbox();
    cluster.deny(deny);
    const kubeconfig = cluster.kubeconfig.replace(/^ *namespace: cloudtolocalllm\n/m, '');
    const { stderr } = await runCli(['audit'], { kubeconfig });
    expect(stderr).toMatch(
      /^warning: not allowed to get namespaces cloudtolocalllm \(403\): .*--stack cloudtolocalllm$/m,
    );
    expect(stderr).toMatch(/namespace default, no stack file/);
  });
});

describe('a token that expires in the middle', () => {
  const expired: Fault = {
    status: 401,
    body: JSON.stringify({ kind: 'Status', apiVersion: 'v1', status: 'Failure', reason: 'Unauthorized', code: 401 }),
  };

  test('between the namespace and the lists: nothing is said of what could not be read', async () => {
    let asked = 0;
    const cluster = await watchedSandbox({ intercept: () => (++asked > 1 ? expired : undefined) });
    const refusal = { exit: ExitCode.unreadable, code: 'nothing-readable', says: /credentials \(401\); / } as const;
    for (const { argv } of everyCommand) {
      asked = 0;
      const { code, stdout, stderr } = await runCli(argv, { kubeconfig: cluster.kubeconfig });
      expect([argv, code]).toEqual([argv, refusal.exit]);
      expect(stderr).toMatch(refusal.says);
      expect(stdout + stderr).not.toMatch(/missing|lacks/);
    }
    cluster.expectUntouched();
  });
});
