import { request, type IncomingMessage } from 'node:http';
import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { startApiWorld, type ApiWorld } from '../support/api-world.ts';

const secrets = '/api/v1/namespaces/demo/secrets';

interface Seen {
  readonly type: string;
  readonly object: {
    readonly metadata: { readonly name?: string; readonly annotations?: object };
    readonly code?: number;
  };
}

describe('a watch', () => {
  let world: ApiWorld;

  beforeEach(async () => {
    world = await startApiWorld();
  });

  afterEach(async () => {
    await world.api.close();
  });

  function add(name: string, labels: Record<string, string> = {}, namespace = 'demo'): void {
    world.store.create('secrets', { apiVersion: 'v1', kind: 'Secret', metadata: { name, namespace, labels } });
  }

  async function open(query: string): Promise<{ next: () => Promise<string>; stop: () => void }> {
    const outgoing = request(new URL(`${secrets}?watch=1&${query}`, world.api.url)).end();
    const [incoming] = (await once(outgoing, 'response')) as [IncomingMessage];
    // Closing the server at the end of a test breaks the stream on purpose.
    incoming.on('error', () => undefined);
    const lines = readLines(incoming);
    return {
      next: async () => {
        const line = await lines.next();
        const { type, object } = JSON.parse(String(line.value)) as Seen;
        return `${type} ${object.metadata.name ?? String(object.code ?? Object.keys(object.metadata.annotations ?? {}).join())}`;
      },
      stop: () => {
        outgoing.destroy();
      },
    };
  }

  async function* readLines(incoming: IncomingMessage): AsyncGenerator<string, undefined> {
    let rest = '';
    for await (const chunk of incoming as AsyncIterable<Buffer>) {
      const lines = (rest + chunk.toString()).split('\n');
      rest = lines.pop() ?? '';
      yield* lines;
    }
    return undefined;
  }

  test('without a resourceVersion begins with what there is and goes on with what changes, in its namespace', async () => {
    add('first');
    add('elsewhere', {}, 'other');
    const watch = await open('');
    expect(await watch.next()).toBe('ADDED first');
    add('elsewhere-too', {}, 'other');
    add('second');
    expect(await watch.next()).toBe('ADDED second');
    world.store.remove('secrets', 'demo', 'first');
    expect(await watch.next()).toBe('DELETED first');
    watch.stop();
  });

  test('sees an object that stops to match as gone, and one that begins to as new', async () => {
    add('s', { app: 'a' });
    const watch = await open(`labelSelector=app%3Da&resourceVersion=${world.store.resourceVersion}`);
    const label = (app: string) =>
      world.store.mutate('secrets', 'demo', 's', ({ metadata }) => {
        metadata.labels = { app };
      });
    label('b');
    expect(await watch.next()).toBe('DELETED s');
    label('c');
    label('a');
    expect(await watch.next()).toBe('ADDED s');
    watch.stop();
  });

  test('from a version that is no longer known says 410 inside the stream and ends', async () => {
    add('s');
    const since = world.store.resourceVersion;
    add('t');
    world.store.compact();
    const answer = await world.send('GET', `${secrets}?watch=1&resourceVersion=${since}`);
    expect(answer.status).toBe(200);
    expect(answer.json).toMatchObject({ type: 'ERROR', object: { code: 410, reason: 'Expired' } });
    const page = await world.send('GET', `${secrets}?limit=1`);
    add('u');
    world.store.compact();
    const next = await world.send('GET', `${secrets}?limit=1&continue=${String(page.at('metadata.continue'))}`);
    expect([next.status, next.at('reason')]).toEqual([410, 'Expired']);
  });

  test('marks where the list ends for a client that lists by watching', async () => {
    add('s');
    const watch = await open('sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true');
    expect(await watch.next()).toBe('ADDED s');
    expect(await watch.next()).toBe('BOOKMARK k8s.io/initial-events-end');
    watch.stop();
  });
});
