import { expect } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';

import type { Fault, SeenRequest } from '../../src/sandbox/api/api-server.ts';
import { startSandbox, type Sandbox } from '../../src/sandbox/sandbox.ts';
import type { NewObject, StoredObject } from '../../src/sandbox/store/stored-object.ts';
import { runCli, type CliOptions, type CliResult } from './run-cli.ts';
import { allBackupValues } from './sandbox.ts';
import { leaksIn } from './value-forms.ts';

export const namespace = 'cloudtolocalllm';
export const secretName = 'cloudtolocalllm-secrets';

type StoredSecret = StoredObject & { readonly data: Readonly<Record<string, string>> };

/** With everything that some encoding changes. */
export function canary(): string {
  return `${randomBytes(9).toString('hex')}"\\&<%+/ =é\n${randomBytes(9).toString('hex')}`;
}

/** The same on one line, for what is typed or stands in single quotes. */
export function canaryLine(): string {
  return canary().replace('\n', '');
}

/** A sandbox whose values must not leave, and a folder that is everything a run may write to. */
export interface CanaryWorld extends Sandbox {
  readonly folder: string;
  /** Values that are nowhere in the cluster: in a backup, or typed. */
  readonly planted: string[];
  /** Asked for since the start, as paths with their queries. */
  readonly paths: readonly string[];
  /** What others were told, such as by a notice; whoever listens adds to it. */
  readonly heard: string[];
  /** Puts an object into the cluster that repeats a value, as something else than c2l would. */
  say(resource: string, object: NewObject): void;
  /** From now on answered instead of the API. */
  fail(fault: ((request: SeenRequest) => Fault | undefined) | undefined): void;
  /** Puts a file with values into the folder, which is then not held to be a leak. */
  give(name: string, text: string): Promise<void>;
}

/** Values that were never used before, in the Secret and in `backup.env`; the vault holds what the scenario ships. */
export async function plantedWorld(scenario = 'incident'): Promise<CanaryWorld> {
  const paths: string[] = [];
  let fault: (request: SeenRequest) => Fault | undefined = () => undefined;
  const started = await startSandbox({
    scenario,
    speed: 100,
    intercept: (request) => {
      paths.push(request.path);
      return fault(request);
    },
  });
  const folder = await mkdtemp(join(tmpdir(), 'c2l-canary-'));
  await mkdir(join(folder, 'home'));
  const given = new Set<string>();
  givenFiles.set(folder, given);
  const inBackup = canaryLine();
  const secret = started.store.get('secrets', namespace, secretName) as StoredSecret | undefined;
  if (secret !== undefined) {
    const data = { ...secret.data, canary: Buffer.from(canary()).toString('base64') };
    started.store.replace('secrets', { ...secret, data });
  }
  const world: CanaryWorld = {
    ...started,
    folder,
    planted: [inBackup, ...Object.values(allBackupValues(started))],
    paths,
    heard: [],
    say: (resource, object) => {
      const { labels, ...metadata } = object.metadata;
      started.store.create(resource, { ...object, metadata: { ...metadata, labels: { ...labels, [said]: 'yes' } } });
    },
    fail: (next = () => undefined) => {
      fault = next;
    },
    give: async (name, text) => {
      given.add(name);
      await writeFile(join(folder, name), text, { mode: 0o600 });
    },
    close: async () => {
      await started.close();
      await rm(folder, { recursive: true });
    },
  };
  const backup = started.envBackupText.replace(/^ADMIN_PASSWORD='.*'$/m, `ADMIN_PASSWORD='${inBackup}'`);
  expect(backup).toContain(inBackup);
  await world.give('backup.env', backup);
  return world;
}

const givenFiles = new Map<string, ReadonlySet<string>>();

/** Runs one command line and looks for every value in everything that it said, asked for, changed and wrote. */
export async function runWatched(
  world: CanaryWorld,
  argv: readonly string[],
  options: CliOptions = {},
): Promise<CliResult> {
  process.env['IDENTITY_ENDPOINT'] = world.vault.identityEndpoint;
  process.env['IDENTITY_HEADER'] = world.vault.identityHeader;
  const { kubeconfig, folder } = world;
  const before = valuesOf(world);
  const result = await runCli(argv, {
    kubeconfig,
    cwd: folder,
    env: { HOME: join(folder, 'home') },
    azure: { caPem: world.vault.caPem, credential: 'managed-identity', limitMs: 400 },
    ...options,
  });
  const values = new Set([...before, ...valuesOf(world)]);
  const places = {
    stdout: result.stdout,
    stderr: result.stderr,
    notices: world.heard.join('\n'),
    requests: [...world.paths, ...world.vault.requests].join('\n'),
    cluster: outsideOfSecretData(world),
    ...(await filesOf(folder)),
  };
  const leaks = Object.entries(places)
    .filter(([, text]) => leaksIn(text, values).length > 0)
    .map(([place]) => place);
  expect({ argv, leaks }).toEqual({ argv, leaks: [] });
  return result;
}

/** Every value that must not leave. Short ones such as a user's name stand in names of objects, too. */
export function valuesOf({ planted, store }: CanaryWorld): string[] {
  const held = (store.list('secrets') as StoredSecret[]).flatMap(({ data }) => Object.values(data));
  const texts = held.map((value) => Buffer.from(value, 'base64').toString());
  return [...planted, ...texts].filter((value) => value.length >= 16);
}

/** Of what stands in the cluster because a test wanted it there. */
const said = 'c2l-test/said';

/** All objects, without what a Secret is there to keep. */
function outsideOfSecretData({ store }: CanaryWorld): string {
  return store
    .resources()
    .flatMap((resource) =>
      store
        .list(resource)
        .filter(({ metadata }) => metadata.labels?.[said] === undefined)
        .map((object) => JSON.stringify(resource === 'secrets' ? { ...object, data: {} } : object)),
    )
    .join('\n');
}

/** What lies in the folder by path, without the files that were put there. */
export async function filesOf(folder: string): Promise<Record<string, string>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const written = paths.filter((path) => !givenFiles.get(folder)?.has(relative(folder, path)));
  const texts = await Promise.all(written.map(async (path) => [path, await readFile(path, 'latin1')] as const));
  return Object.fromEntries(texts);
}
