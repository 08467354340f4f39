import { describe, expect, test } from '@jest/globals';

import { sendStatus, startFakeServer, type Answer } from '../support/fake-server.ts';
import { sandbox } from '../support/sandbox.ts';
import { atEnd, startShop, watchFolder } from '../support/watch-world.ts';

interface Report {
  readonly verdict: string;
  readonly incidents: readonly { readonly roots: readonly { readonly id: string }[]; readonly members: string[] }[];
  readonly targets: readonly { readonly id: string; readonly outcome: string; readonly beneath?: string }[];
}

const builtIn = ['--once', '--stack', 'cloudtolocalllm', '-o', 'json'];
const report = (stdout: string) => JSON.parse(stdout) as Report;

test('a whole stack that fails for one Secret is one incident about that Secret', async () => {
  const { kubeconfig } = await sandbox();
  const folder = await watchFolder({});
  const runs = [];
  for (let run = 0; run < 3; run += 1) runs.push(await folder.watch(builtIn, { kubeconfig }));
  const last = report(runs[2]!.stdout);
  expect(runs.map(({ code }) => code)).toEqual([1, 1, 1]);
  expect(report(runs[1]!.stdout).incidents).toEqual([]);
  expect(last.incidents.map(({ roots }) => roots.map(({ id }) => id))).toEqual([
    ['secret cloudtolocalllm/cloudtolocalllm-secrets'],
  ]);
  expect(last.incidents[0]!.members).toEqual(
    expect.arrayContaining(['postgres-auth: ready', 'api-backend: ready', 'web: ready', 'grafana: ready']),
  );
  // What hangs on what failed is looked at all the same.
  expect(last.targets.find(({ id }) => id === 'web: GET /health')).toMatchObject({
    outcome: 'fail',
    beneath: 'secret cloudtolocalllm/cloudtolocalllm-secrets',
  });
});

test('a healthy stack passes, checks of verify included', async () => {
  const { kubeconfig } = await sandbox({ scenario: 'healthy' });
  const folder = await watchFolder({});
  const { code, stdout } = await folder.watch(builtIn, { kubeconfig });
  expect(code).toBe(0);
  const passed = report(stdout).targets.filter(({ outcome }) => outcome === 'pass');
  expect(passed.map(({ id }) => id)).toEqual(
    expect.arrayContaining(['api-server', 'postgres-auth: login over TCP', 'grafana: grafana admin login']),
  );
});

describe('the API server', () => {
  const hangUp: Answer = (response) => response.socket?.destroy();
  test.each<[string, Answer, number, string]>([
    ['that hangs up is down', hangUp, 1, 'fail'],
    [
      'with an error of its own is down',
      (response) => {
        sendStatus(response, 500, 'InternalError');
      },
      1,
      'fail',
    ],
    [
      'that knows us not is no fact about it',
      (response) => {
        sendStatus(response, 401, 'Unauthorized');
      },
      3,
      'unreadable',
    ],
  ])('%s', async (_case, answer, code, outcome) => {
    const server = atEnd(await startFakeServer(answer));
    const folder = await watchFolder({});
    const ran = await folder.watch([...builtIn, '--request-timeout', '2s'], { kubeconfig: server.kubeconfig() });
    const { targets } = report(ran.stdout);
    expect(targets.map(({ id, outcome: found }) => [id, found])).toEqual([['api-server', outcome]]);
    expect(ran.code).toBe(code);
  });

  test('that comes up later is found then, also where no stack is named', async () => {
    const folder = await watchFolder({});
    const down = atEnd(await startFakeServer(hangUp));
    const first = await folder.watch(['--once', '-n', 'cloudtolocalllm', '-o', 'json'], {
      kubeconfig: down.kubeconfig(),
    });
    expect([first.code, report(first.stdout).targets.map(({ id }) => id)]).toEqual([1, ['api-server']]);
    const { kubeconfig } = await sandbox({ scenario: 'healthy' });
    const second = await folder.watch(['--once', '-n', 'cloudtolocalllm', '-o', 'json'], { kubeconfig });
    expect(second.code).toBe(0);
  });
});

describe('which cluster', () => {
  test('endpoints alone ask none, whatever kubeconfig there is', async () => {
    const shop = await startShop();
    const folder = await watchFolder({ endpoints: [{ name: 'web', url: shop.url }] });
    const cluster = atEnd(await startFakeServer((response) => response.end()));
    expect((await folder.once({ kubeconfig: cluster.kubeconfig() })).code).toBe(0);
    expect(cluster.requests).toEqual([]);
  });

  test('--cluster without a kubeconfig is refused', async () => {
    const shop = await startShop();
    const folder = await watchFolder({ endpoints: [{ name: 'web', url: shop.url }] });
    const { code, stderr } = await folder.watch(['--once', '--cluster']);
    expect(code).toBe(2);
    expect(stderr).toContain('error: ');
    expect(shop.requests).toEqual([]);
  });
});
