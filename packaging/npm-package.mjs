import { execFileSync } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { billOfMaterials } from './bill-of-materials.mjs';
import { licenceNotices } from './licence-notices.mjs';

const largest = 5_000_000;

/**
 * The bundle holds every library, so what is handed out names no dependency and no script: installing it fetches nothing
 * else and runs nothing. Packed from a folder of its own, because package.json here is the one for building.
 */
export async function npmPackage(outFolder) {
  const { dependencies, devDependencies, overrides, scripts, ...handedOut } = JSON.parse(
    await readFile('package.json', 'utf8'),
  );
  const folder = await mkdtemp(join(tmpdir(), 'c2l-package-'));
  try {
    for (const name of [...handedOut.files, 'README.md', 'LICENSE'])
      await cp(name, join(folder, name), { recursive: true });
    const added = [await licenceNotices(folder), await billOfMaterials(folder)];
    const files = [...handedOut.files, ...added.map((file) => file.slice(folder.length + 1))];
    await writeFile(join(folder, 'package.json'), `${JSON.stringify({ ...handedOut, files }, null, 2)}\n`);
    // Whoever installs it reads it, whatever the umask was where it was made.
    execFileSync('chmod', ['-R', 'u=rwX,go=rX', folder]);
    const packed = execFileSync(
      'npm',
      ['pack', folder, '--json', '--ignore-scripts', '--pack-destination', outFolder],
      {
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'ignore'],
      },
    );
    const file = join(outFolder, JSON.parse(packed)[0].filename);
    const { size } = await stat(file);
    if (size > largest)
      throw new Error(`${file} is ${size} bytes, more than ${largest}; look at its files with tar tvzf`);
    return file;
  } finally {
    await rm(folder, { recursive: true });
  }
}
