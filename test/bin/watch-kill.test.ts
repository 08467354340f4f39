import { expect, test } from '@jest/globals';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { start, type Started } from '../support/built-program.ts';
import { startFakeServer } from '../support/fake-server.ts';

interface Outage {
  readonly keys: () => string[];
  readonly answerNothing: (count: number) => void;
  readonly posted: (count: number) => Promise<void>;
  readonly watch: () => Started;
  readonly recover: () => void;
  readonly queue: () => Promise<number>;
}

/** A shop that is down, and a receiver that can be made to take a message without ever answering. */
async function outage(run: (world: Outage) => Promise<void>): Promise<void> {
  let isDown = true;
  let unanswered = 0;
  let wake = (): void => undefined;
  const shop = await startFakeServer((response) => {
    response.writeHead(isDown ? 503 : 200).end();
  });
  const receiver = await startFakeServer((response) => {
    wake();
    if (unanswered > 0) unanswered -= 1;
    else response.end();
  });
  const folder = await mkdtemp(join(tmpdir(), 'c2l-kill-'));
  const [config, state] = [join(folder, 'c2l.yaml'), join(folder, 'state.json')];
  const notify = [{ kind: 'webhook', name: 'hook', url: { env: 'HOOK_URL' } }];
  const section = { failureThreshold: 1, successThreshold: 1, endpoints: [{ name: 'web', url: shop.url }], notify };
  await writeFile(config, JSON.stringify({ version: 1, name: 'shop', watch: section }));
  const argv = ['watch', '--config', config, '--state', state, '--interval', '50ms'];
  try {
    await run({
      keys: () => receiver.requests.map(({ headers }) => String(headers['idempotency-key']).replace(/^[^/]*\//, '')),
      answerNothing: (count) => (unanswered = count),
      posted: async (count) => {
        while (receiver.requests.length < count) await new Promise<void>((resolve) => (wake = resolve));
      },
      watch: () => start(argv, { env: { HOOK_URL: receiver.url } }),
      recover: () => (isDown = false),
      queue: async () => (JSON.parse(await readFile(state, 'utf8')) as { queue: unknown[] }).queue.length,
    });
  } finally {
    await Promise.all([shop.close(), receiver.close()]);
    await rm(folder, { recursive: true });
  }
}

async function kill({ child, finished }: Started): Promise<void> {
  child.kill('SIGKILL');
  await finished;
}

async function stop({ child, finished }: Started): Promise<number | null> {
  child.kill('SIGTERM');
  return (await finished).exitCode;
}

test('killed before the receiver answered, it tells again under the same key, and loses nothing', async () => {
  await outage(async ({ keys, answerNothing, posted, watch, recover, queue }) => {
    answerNothing(1);
    const first = watch();
    await posted(1);
    await kill(first);
    expect(await queue()).toBe(1);
    const second = watch();
    await posted(2);
    recover();
    await posted(3);
    expect(await stop(second)).toBe(0);
    expect(keys()).toEqual(['opened', 'opened', 'recovered']);
    expect(await queue()).toBe(0);
  });
});

test('killed again and again, it has one key for the page and one for the recovery', async () => {
  await outage(async ({ keys, posted, watch, recover }) => {
    const first = watch();
    await first.said('stdout', /OPENED/);
    await posted(1);
    await kill(first);
    for (let again = 0; again < 3; again += 1) {
      const next = watch();
      await next.said('stderr', /watching every/);
      await kill(next);
    }
    recover();
    const last = watch();
    await last.said('stdout', /RECOVERED/);
    expect(await stop(last)).toBe(0);
    expect(new Set(keys())).toEqual(new Set(['opened', 'recovered']));
    expect(keys().filter((key) => key === 'recovered')).toHaveLength(1);
  });
});

test('while one run watches, another is refused the state and says who has it', async () => {
  await outage(async ({ watch }) => {
    const first = watch();
    await first.said('stderr', /watching every/);
    const { exitCode, stderr } = await watch().finished;
    expect(exitCode).toBe(2);
    expect(stderr).toContain(`process ${String(first.child.pid)} is watching with state file`);
    await stop(first);
  });
});
