import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { atEndOfTest } from './at-end.ts';
import { startFakeServer, type Answer, type FakeServer } from './fake-server.ts';
import { runCli, type CliOptions, type CliResult } from './run-cli.ts';

/** Has something closed when the test ends. */
export function atEnd<T extends { close(): Promise<void> }>(opened: T): T {
  atEndOfTest(() => opened.close());
  return opened;
}

/** Endpoints of a test, by path: those that are down answer 503. */
export interface Shop extends FakeServer {
  readonly down: Set<string>;
}

export async function startShop(): Promise<Shop> {
  const down = new Set<string>();
  const server = await startFakeServer((response, { path }) => {
    response.statusCode = down.has(path) ? 503 : 200;
    response.end('{"status":"ok"}');
  });
  return atEnd({ ...server, down });
}

/** A receiver of webhooks that answers with each status in turn, and with 200 after them. */
export async function startReceiver(statuses: readonly number[] = []): Promise<FakeServer> {
  const left = [...statuses];
  const answer: Answer = (response) => {
    response.statusCode = left.shift() ?? 200;
    response.end('what a receiver says');
  };
  return atEnd(await startFakeServer(answer));
}

export interface WatchFolder {
  readonly path: string;
  /** `c2l watch ARGV` in the folder, on its stack file and its state file. */
  watch(argv: readonly string[], options?: CliOptions): Promise<CliResult>;
  once(options?: CliOptions): Promise<CliResult>;
  /** The state file as text. */
  state(): Promise<string>;
}

/** A folder with a stack file of which only `watch` is given. */
export async function watchFolder(section: object): Promise<WatchFolder> {
  const path = await mkdtemp(join(tmpdir(), 'c2l-watch-'));
  atEndOfTest(() => rm(path, { recursive: true, force: true }));
  await writeFile(join(path, 'c2l.yaml'), JSON.stringify({ version: 1, name: 'shop', watch: section }));
  const state = join(path, 'state.json');
  const watch: WatchFolder['watch'] = (argv, options) =>
    runCli(['watch', '--state', state, ...argv], { cwd: path, ...options });
  return { path, watch, once: (options) => watch(['--once'], options), state: () => readFile(state, 'utf8') };
}
