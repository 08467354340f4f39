import { describe, expect, test } from '@jest/globals';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { startMailServer } from '../support/mail-server.ts';
import { atEnd, startReceiver, startShop, watchFolder, type Shop } from '../support/watch-world.ts';

const thresholds = { failureThreshold: 2, successThreshold: 1 };

const chain = ({ url }: Shop) => [
  { name: 'api', url: `${url}/api` },
  { name: 'web', url: `${url}/web`, dependsOn: ['api'], json: { status: 'ok' } },
];

interface Posted {
  readonly kind: string;
  readonly title: string;
}

describe('watch --once', () => {
  test('needs no kubeconfig: endpoints alone are enough', async () => {
    const shop = await startShop();
    const folder = await watchFolder({ endpoints: chain(shop) });
    const { code, stdout, stderr } = await folder.once();
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain('endpoints alone, stack shop');
    expect(stdout).toContain('verdict: ok, 2 of 2 targets passed');
  });

  test('run again and again it pages once for a chain and tells once of the recovery', async () => {
    const [shop, receiver] = [await startShop(), await startReceiver()];
    const notify = [{ kind: 'webhook', name: 'hook', url: { env: 'HOOK_URL' } }];
    const folder = await watchFolder({ ...thresholds, endpoints: chain(shop), notify });
    const once = () => folder.once({ env: { HOOK_URL: `${receiver.url}/hook` } });

    const codes = [(await once()).code];
    shop.down.add('/api').add('/web');
    for (let run = 0; run < 4; run += 1) codes.push((await once()).code);
    shop.down.clear();
    for (let run = 0; run < 3; run += 1) codes.push((await once()).code);

    expect(codes).toEqual([0, 1, 1, 1, 1, 0, 0, 0]);
    const posted = receiver.requests.map(({ body }) => JSON.parse(body) as Posted);
    expect(posted.map(({ kind, title }) => `${kind}: ${title.replace(/\d+ s/, 'N s')}`)).toEqual([
      'opened: shop: down: api: answered 503 instead of 200 (and 1 that hangs on it)',
      'recovered: shop: recovered after N s: api',
    ]);
  });

  test('what a receiver does not take is kept, and sent again under the same key', async () => {
    const [shop, receiver] = [await startShop(), await startReceiver([500, 429])];
    const notify = [{ kind: 'webhook', name: 'hook', url: { env: 'HOOK_URL' } }];
    const folder = await watchFolder({ ...thresholds, failureThreshold: 1, endpoints: chain(shop), notify });
    const env = { HOOK_URL: `${receiver.url}/hook` };
    shop.down.add('/api');
    const first = await folder.once({ env });
    expect(first.stderr).toMatch(
      /^warning: hook could not be told of \S+-api\/opened: answered 500; kept, tried again in 5 s$/m,
    );
    expect(first.stdout).toMatch(/^kept\s+\S+-api\/opened for hook, not delivered in 1 attempt$/m);

    // Before its time it is not tried; a run in which it came keeps the order.
    await folder.once({ env });
    expect(receiver.requests).toHaveLength(1);
    const rewind = async () => {
      const text = (await folder.state()).replace(/"notBefore":"[^"]*"/, '"notBefore":"2020-01-01T00:00:00.000Z"');
      await writeFile(join(folder.path, 'state.json'), text);
    };
    shop.down.clear();
    await rewind();
    await folder.once({ env });
    await rewind();
    await folder.once({ env });
    const sent = receiver.requests.map(({ headers, body }) => [
      headers['idempotency-key']?.toString().replace(/^.*-api/, ''),
      (JSON.parse(body) as Posted).kind,
    ]);
    expect(sent).toEqual([
      ['/opened', 'opened'],
      ['/opened', 'opened'],
      ['/opened', 'opened'],
      ['/recovered', 'recovered'],
    ]);
    expect(JSON.parse(await folder.state())).toMatchObject({ queue: [], incidents: [] });
  });

  test('its JSON is one report of the usual shape', async () => {
    const shop = await startShop();
    shop.down.add('/api').add('/web');
    const folder = await watchFolder({ ...thresholds, endpoints: chain(shop) });
    const { code, stdout } = await folder.watch(['--once', '-o', 'json']);
    const report = JSON.parse(stdout) as Record<string, unknown>;
    expect(code).toBe(1);
    expect(report).toMatchObject({
      schemaVersion: 1,
      command: 'watch',
      stack: 'shop',
      verdict: 'problems',
      offline: false,
      incidents: [],
      findings: [
        { id: 'check-failed/api', severity: 'error', causes: [] },
        { id: 'check-failed/web', severity: 'error', causes: ['check-failed/api'] },
      ],
      targets: [
        { id: 'api', outcome: 'fail', status: 'up' },
        { id: 'web', outcome: 'fail', status: 'up', beneath: 'api' },
      ],
    });
  });

  test('offline it says so, pages nobody and gives 3', async () => {
    const [shop, receiver] = [await startShop(), await startReceiver()];
    shop.down.add('/api');
    const notify = [{ kind: 'webhook', name: 'hook', url: { env: 'HOOK_URL' } }];
    // Nothing listens on the discard port.
    const connectivity = ['http://127.0.0.1:9/'];
    const section = { ...thresholds, failureThreshold: 1, endpoints: chain(shop), notify, connectivity };
    const folder = await watchFolder(section);
    const { code, stdout } = await folder.once({ env: { HOOK_URL: receiver.url } });
    expect(code).toBe(3);
    expect(stdout).toContain('verdict: unreadable, this machine is offline and can say nothing');
    expect(receiver.requests).toEqual([]);
  });

  test('in a maintenance window a failure is a warning, and nobody is told', async () => {
    const [shop, receiver] = [await startShop(), await startReceiver()];
    shop.down.add('/api').add('/web');
    const notify = [{ kind: 'webhook', name: 'hook', url: { env: 'HOOK_URL' } }];
    const maintenance = [{ name: 'always', at: '00:00', for: '1d' }];
    const folder = await watchFolder({ failureThreshold: 1, endpoints: chain(shop), notify, maintenance });
    const { code, stdout } = await folder.once({ env: { HOOK_URL: receiver.url } });
    expect(code).toBe(0);
    expect(stdout).toContain('nobody is told, in maintenance: always');
    expect(receiver.requests).toEqual([]);
  });
});

describe('receivers', () => {
  const canary = 'canary-7d1f';
  const shapes = {
    slack: { kind: 'webhook', name: 'slack', url: { env: 'HOOK_URL' }, template: 'slack' },
    teams: { kind: 'webhook', name: 'teams', url: { env: 'HOOK_URL' }, template: 'teams' },
    own: {
      kind: 'webhook',
      name: 'own',
      url: { file: 'hook.url' },
      body: '{"say":"{{kind}} {{title}}"}',
      headers: { Authorization: { env: 'HOOK_AUTH' } },
    },
  } as const;

  const mailTo = (port: number) => ({
    kind: 'email',
    name: 'mail',
    host: '127.0.0.1',
    port,
    tls: 'none',
    user: 'c2l',
    password: { env: 'MAIL_PASSWORD' },
    from: 'c2l@shop.example',
    to: ['oncall@shop.example'],
  });

  test('each gets its own shape, and no secret of them is shown or kept', async () => {
    const [shop, receiver] = [await startShop(), await startReceiver()];
    const mail = atEnd(await startMailServer({ user: 'c2l', password: canary }));
    const folder = await watchFolder({
      failureThreshold: 1,
      endpoints: chain(shop),
      notify: [
        ...Object.values(shapes),
        { kind: 'pagerduty', name: 'pager', routingKey: { env: 'PAGER_KEY' }, url: `${receiver.url}/v2/enqueue` },
        mailTo(mail.port),
      ],
    });
    await writeFile(join(folder.path, 'hook.url'), `${receiver.url}/own/${canary}\n`);
    const env = {
      HOOK_URL: `${receiver.url}/hook/${canary}`,
      HOOK_AUTH: `Bearer ${canary}`,
      PAGER_KEY: canary,
      MAIL_PASSWORD: canary,
    };
    shop.down.add('/api');
    const result = await folder.once({ env });

    const byPath = new Map(receiver.requests.map((request) => [request.path, request]));
    expect([...byPath.keys()].sort()).toEqual([`/hook/${canary}`, `/own/${canary}`, '/v2/enqueue']);
    const own = byPath.get(`/own/${canary}`)!;
    expect(own.headers.authorization).toBe(`Bearer ${canary}`);
    expect(JSON.parse(own.body)).toEqual({ say: 'opened shop: down: api: answered 503 instead of 200' });
    expect(JSON.parse(byPath.get('/v2/enqueue')!.body)).toMatchObject({
      routing_key: canary,
      event_action: 'trigger',
      payload: { severity: 'error', source: 'shop' },
    });
    expect(mail.mails.map(({ to, user }) => ({ to, user }))).toEqual([{ to: ['oncall@shop.example'], user: 'c2l' }]);
    expect(mail.mails[0]!.text).toContain('Subject: shop: down: api: answered 503 instead of 200');
    expect(result.stderr).toBe('');
    expect(result.stdout + (await folder.state())).not.toContain(canary);
  });

  test('a refused SMTP login and a dead URL are told without their secrets', async () => {
    const shop = await startShop();
    const mail = atEnd(await startMailServer({ user: 'c2l', password: 'another' }));
    const folder = await watchFolder({
      failureThreshold: 1,
      endpoints: chain(shop),
      notify: [shapes.slack, mailTo(mail.port)],
    });
    shop.down.add('/api');
    const { stdout, stderr } = await folder.once({
      env: { HOOK_URL: `http://127.0.0.1:9/${canary}`, MAIL_PASSWORD: canary },
    });
    expect(stderr).toMatch(/^warning: mail could not be told of \S+: the server refuses the login \(535\); kept/m);
    expect(stderr).toMatch(/^warning: slack could not be told of \S+: refuses the connection \(ECONNREFUSED\); kept/m);
    expect(stdout + stderr + (await folder.state())).not.toContain(canary);
  });
});

describe('watch --test', () => {
  const hooks = ['one', 'two'].map((name) => ({ kind: 'webhook', name, url: { env: `URL_${name}` } }));

  test('says of each receiver whether it took the message', async () => {
    const [good, bad] = [await startReceiver(), await startReceiver([403])];
    const folder = await watchFolder({ endpoints: [{ name: 'web', url: bad.url }], notify: hooks });
    const env = { URL_one: good.url, URL_two: bad.url };
    const { code, stdout } = await folder.watch(['--test'], { env });
    expect(code).toBe(1);
    expect(stdout).toContain('PASS  one  took the test message\nFAIL  two  answered 403\n');
    expect(good.requests.map(({ body }) => (JSON.parse(body) as Posted).title)).toEqual([
      'shop: this is a test of c2l watch, nothing is wrong',
    ]);
    const again = await folder.watch(['--test', '-o', 'json'], { env });
    expect(again.code).toBe(0);
    expect(JSON.parse(again.stdout)).toMatchObject({ command: 'watch', verdict: 'ok', findings: [] });
  });

  test('without receivers there is nothing to try', async () => {
    const folder = await watchFolder({ endpoints: [] });
    const { code, stderr } = await folder.watch(['--test']);
    expect(code).toBe(2);
    expect(stderr).toContain('the stack names nobody who is told; add watch.notify to the stack file');
  });
});

describe('what is wrong is told before anything is watched', () => {
  const hook = { kind: 'webhook', name: 'hook', url: { env: 'HOOK_URL' } };
  test.each([
    ['a variable that is not set', { notify: [hook] }, {}, 'variable HOOK_URL is not set: the URL of hook lies in it'],
    ['a URL that is none', { notify: [hook] }, { HOOK_URL: 'canary' }, 'the URL of hook is no URL that starts with'],
    ['a receiver named twice', { notify: [hook, hook] }, {}, 'the name hook is taken already'],
    [
      'a template with an unknown field',
      { notify: [{ ...hook, body: '{"a":"{{who}}"}' }] },
      {},
      'no notice has a field {{who}}',
    ],
    [
      'a dependency that is not there',
      { endpoints: [{ name: 'web', url: 'http://127.0.0.1:9/', dependsOn: ['wep'] }] },
      {},
      'no endpoint and no component is called wep; did you mean web?',
    ],
    [
      'endpoints in a circle',
      {
        endpoints: [
          { name: 'a', url: 'http://127.0.0.1:9/', dependsOn: ['b'] },
          { name: 'b', url: 'http://127.0.0.1:9/', dependsOn: ['a'] },
        ],
      },
      {},
      'depends on itself',
    ],
    [
      'a window that ends before it begins',
      { maintenance: [{ name: 'w', from: '2026-12-02T00:00:00Z', to: '2026-12-01T00:00:00Z' }] },
      {},
      'is not after',
    ],
  ])('%s', async (_case, section, env, message) => {
    const folder = await watchFolder(section);
    const { code, stderr } = await folder.watch(['--once', '--no-cluster'], { env });
    expect(code).toBe(2);
    expect(stderr).toContain(message);
    expect(stderr).not.toContain('canary');
  });

  test('a file that is no state of watch is left alone', async () => {
    const folder = await watchFolder({});
    await writeFile(join(folder.path, 'state.json'), '{"precious":true}');
    const { code, stderr } = await folder.watch(['--once', '--no-cluster']);
    expect(code).toBe(2);
    expect(stderr).toContain('is no state file of this c2l');
    expect(await folder.state()).toBe('{"precious":true}');
  });
});
