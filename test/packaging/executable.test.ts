import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const make = `import { executable } from './packaging/executable.mjs';
  process.stdout.write(await executable(process.argv[1]));`;

const makeKrew = `import { krew } from './packaging/krew.mjs'; await krew(process.argv[1], { url: 'https://x/' });`;

interface KrewManifest {
  readonly spec: {
    readonly platforms: readonly { readonly uri: string; readonly sha256: string; readonly bin: string }[];
  };
}

// Two copies of Node of a hundred megabytes each: for the whole check alone.
const whenExhaustive = process.env['C2L_EXHAUSTIVE'] === undefined ? describe.skip : describe;

whenExhaustive('the single executable', () => {
  let folder: string;
  let file: string;
  const madeInto = async (name: string): Promise<string> => {
    const place = join(folder, name);
    await mkdir(place);
    return (await run(process.execPath, ['--input-type=module', '-e', make, place])).stdout;
  };
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'c2l-executable-'));
    file = await madeInto('first');
    await mkdir(join(folder, 'empty'));
  }, 240_000);
  afterAll(() => rm(folder, { recursive: true }));

  /** In an empty place, with no Node to be found. */
  const c2l = (...args: string[]) =>
    run(file, args, { cwd: join(folder, 'empty'), env: { PATH: '/nonexistent', HOME: join(folder, 'empty') } });

  test('stabilizes the sandbox where there is no Node', async () => {
    const { stdout } = await c2l('stabilize', '--sandbox', '--yes');
    expect(stdout).toContain('verdict: ok, 4 phases');
  }, 120_000);

  test('has its runbooks, scenarios, stack and version inside', async () => {
    const { version } = JSON.parse(await readFile('package.json', 'utf8')) as { version: string };
    expect((await c2l('--version')).stdout.trim()).toBe(version);
    expect((await c2l('runbook', 'list')).stdout).toContain('restoring-application-secrets');
    expect((await c2l('dr-drill', 'describe', 'missing-keys')).stdout).toContain('missing-keys');
    expect((await c2l('generate', 'rbac', '--for', 'audit', '--stack', 'cloudtolocalllm')).stdout).toContain(
      'kind: Role',
    );
  }, 120_000);

  test('starts itself in the steps of a runbook', async () => {
    const { stdout } = await run(
      file,
      ['runbook', 'run', 'monitoring-is-blind', '--sandbox', '--yes', '--progress', join(folder, 'progress.json')],
      { cwd: join(folder, 'empty'), env: { PATH: '/usr/bin:/bin', HOME: join(folder, 'empty') } },
    );
    expect(stdout).toContain('done');
  }, 240_000);

  test('is the same to the byte when it is made again', async () => {
    const second = await madeInto('second');
    expect((await readFile(second)).equals(await readFile(file))).toBe(true);
  }, 240_000);

  test('is what the krew manifest names, in an archive that is the same to the byte when it is made again', async () => {
    const place = join(folder, 'krew');
    await mkdir(place);
    const packed = async () => {
      await run(process.execPath, ['--input-type=module', '-e', makeKrew, place]);
      const manifest = JSON.parse(await readFile(join(place, 'c2l.krew.json'), 'utf8')) as KrewManifest;
      const [platform] = manifest.spec.platforms;
      const archive = join(place, basename(platform?.uri ?? ''));
      return {
        platform,
        archive,
        sum: createHash('sha256')
          .update(await readFile(archive))
          .digest('hex'),
      };
    };
    const first = await packed();
    expect(first.platform).toMatchObject({
      sha256: first.sum,
      bin: 'c2l',
      uri: expect.stringMatching(/^https:\/\/x\/c2l-/),
    });
    const { stdout } = await run('tar', ['--list', '--file', first.archive]);
    expect(stdout.split('\n')).toEqual(expect.arrayContaining(['./c2l', './LICENSE', './THIRD-PARTY-NOTICES.txt']));
    expect((await packed()).sum).toBe(first.sum);
  }, 240_000);
});
