import { build } from 'esbuild';
import { execFileSync } from 'node:child_process';
import { chmod, copyFile, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { inject } from 'postject';
import { bundling } from '../esbuild.config.mjs';

/** What Node looks for in its own file. */
const fuse = 'NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2';

/** The files that ship with c2l come out of the executable itself. */
const shippedInside = {
  name: 'shipped-inside',
  setup({ onLoad }) {
    onLoad({ filter: /src[\\/]shipped-files\.ts$/ }, () => ({
      contents: `
        import { getAsset } from 'node:sea';
        export const readShipped = (path) => getAsset(path, 'utf8');
        export const listShipped = (folder) =>
          getAsset('names', 'utf8').split('\\n')
            .filter((name) => name.startsWith(folder + '/') && !name.slice(folder.length + 1).includes('/'))
            .map((name) => name.slice(folder.length + 1));`,
    }));
  },
};

/** Node itself with c2l inside, for hosts that have neither; it runs where this Node runs, and on that platform alone. */
export async function executable(outFolder) {
  const folder = await mkdtemp(join(tmpdir(), 'c2l-executable-'));
  try {
    const script = join(folder, 'c2l.cjs');
    await build({
      ...bundling,
      entryPoints: ['src/main.ts'],
      outfile: script,
      format: 'cjs',
      legalComments: 'none',
      plugins: [...bundling.plugins, shippedInside],
    });
    const assets = await shipped();
    const names = join(folder, 'names');
    await writeFile(names, Object.keys(assets).join('\n'));
    const blob = join(folder, 'c2l.blob');
    const config = join(folder, 'sea.json');
    await writeFile(
      config,
      JSON.stringify({
        main: 'c2l.cjs',
        output: blob,
        disableExperimentalSEAWarning: true,
        assets: { ...assets, names },
      }),
    );
    // The name of the script becomes a part of what is made: without the folder, which has another name each time.
    execFileSync(process.execPath, ['--experimental-sea-config', config], {
      cwd: folder,
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    const file = join(outFolder, `c2l-${process.platform}-${process.arch}`);
    await copyFile(process.execPath, file);
    await chmod(file, 0o755);
    await inject(file, 'NODE_SEA_BLOB', await readFile(blob), { sentinelFuse: fuse });
    return file;
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** By the names that the program reads them under, in one order. */
async function shipped() {
  const found = { 'package.json': resolve('package.json') };
  for (const [name, place] of Object.entries({
    stacks: 'src/stacks',
    drills: 'src/drills',
    runbooks: 'runbooks',
    manifests: 'manifests',
  })) {
    const files = await readdir(place, { recursive: true, withFileTypes: true });
    const paths = files.filter((file) => file.isFile()).map((file) => join(file.parentPath, file.name));
    for (const path of paths.sort()) found[path.replace(place, name)] = resolve(path);
  }
  return found;
}
