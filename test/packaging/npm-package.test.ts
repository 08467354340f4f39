import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { execFile } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const pack = `import { npmPackage } from './packaging/npm-package.mjs';
  process.umask(Number(process.argv[2]));
  process.stdout.write(await npmPackage(process.argv[1]));`;

let folder: string;
let tarball: string;

async function packInto(name: string, umask = 0o022): Promise<string> {
  const place = join(folder, name);
  await mkdir(place);
  return (await run(process.execPath, ['--input-type=module', '-e', pack, place, String(umask)])).stdout;
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'c2l-packaging-'));
  tarball = await packInto('first');
  await run('tar', ['xzf', tarball, '-C', folder]);
}, 120_000);

afterAll(() => rm(folder, { recursive: true }));

test('packing twice gives the same bytes, below 5 MB, also where files are for their owner alone', async () => {
  const second = await packInto('second', 0o077);
  expect((await readFile(second)).equals(await readFile(tarball))).toBe(true);
  expect((await stat(tarball)).size).toBeLessThan(5_000_000);
}, 60_000);

test('what is handed out fetches nothing, runs nothing at install, and asks for provenance', async () => {
  const handedOut = JSON.parse(await readFile(join(folder, 'package/package.json'), 'utf8')) as object;
  const installs = ['scripts', 'dependencies', 'optionalDependencies', 'peerDependencies', 'bundleDependencies'];
  expect(Object.keys(handedOut).filter((key) => installs.includes(key))).toEqual([]);
  expect(handedOut).toMatchObject({ publishConfig: { provenance: true } });
});

test('it tells the licence and the version of every library that c2l depends on', async () => {
  const built = JSON.parse(await readFile('package.json', 'utf8')) as { dependencies: Record<string, string> };
  const notices = await readFile(join(folder, 'package/THIRD-PARTY-NOTICES.txt'), 'utf8');
  const bill = JSON.parse(await readFile(join(folder, 'package/sbom.cdx.json'), 'utf8')) as {
    bomFormat: string;
    components: { 'bom-ref': string }[];
  };
  const named = Object.entries(built.dependencies).map(([name, version]) => `${name}@${version}`);
  expect(bill.bomFormat).toBe('CycloneDX');
  expect(bill.components.map((component) => component['bom-ref'])).toEqual(expect.arrayContaining(named));
  expect(named.filter((library) => !notices.includes(`${library} (`))).toEqual([]);
});

test('the bill of materials names c2l and all that is not for development alone', async () => {
  const { packages } = JSON.parse(await readFile('package-lock.json', 'utf8')) as {
    packages: Record<string, { version: string; dev?: boolean }>;
  };
  const bill = JSON.parse(await readFile(join(folder, 'package/sbom.cdx.json'), 'utf8')) as {
    metadata: { component: { name: string } };
    components: { 'bom-ref': string }[];
  };
  const shipped = Object.entries(packages)
    .filter(([path, { dev }]) => path !== '' && dev !== true)
    .map(
      ([path, { version }]) => `${path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length)}@${version}`,
    );
  expect(bill.metadata.component.name).toBe('c2l');
  expect([...new Set(bill.components.map((component) => component['bom-ref']))].sort()).toEqual(
    [...new Set(shipped)].sort(),
  );
});

test('unpacked where nothing else is, it stabilizes the sandbox', async () => {
  const env = { PATH: process.env['PATH'], HOME: folder };
  const program = join(folder, 'package/bin/c2l.js');
  const empty = join(folder, 'empty');
  await mkdir(empty);
  const { stdout } = await run(process.execPath, [program, 'stabilize', '--sandbox', '--yes'], { cwd: empty, env });
  expect(stdout).toContain('verdict: ok, 4 phases');
}, 120_000);

// Only root may run a program as somebody else.
const asRoot = process.getuid?.() === 0 ? test : test.skip;

asRoot(
  'it stabilizes the sandbox as a user that no account names, as in a container',
  async () => {
    await chmod(folder, 0o755);
    const program = join(folder, 'package/bin/c2l.js');
    const nobody = { cwd: tmpdir(), uid: 65_532, gid: 65_532, env: { PATH: process.env['PATH'], HOME: '/' } };
    const { stdout } = await run(process.execPath, [program, 'stabilize', '--sandbox', '--yes'], nobody);
    expect(stdout).toContain('verdict: ok, 4 phases');
  },
  120_000,
);
