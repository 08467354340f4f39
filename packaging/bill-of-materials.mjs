import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** What c2l is made of, as CycloneDX. The serial number and the time of making go, or no two would be the same. */
export async function billOfMaterials(outFolder) {
  const place = await mkdtemp(join(tmpdir(), 'c2l-bill-'));
  // npm names the program after the folder that it looks at.
  const folder = join(place, 'c2l');
  try {
    await mkdir(folder);
    const shipped = withoutDevelopment(await readJson('package.json'), await readJson('package-lock.json'));
    await writeFile(join(folder, 'package.json'), JSON.stringify(shipped.manifest));
    await writeFile(join(folder, 'package-lock.json'), JSON.stringify(shipped.lock));
    const made = execFileSync('npm', ['sbom', '--sbom-format=cyclonedx', '--package-lock-only'], {
      cwd: folder,
      encoding: 'utf8',
      maxBuffer: 64 * 1024 * 1024,
    });
    const { serialNumber, ...bill } = JSON.parse(made);
    const { timestamp, ...metadata } = bill.metadata;
    const file = join(outFolder, 'sbom.cdx.json');
    await writeFile(file, `${JSON.stringify({ ...bill, metadata }, null, 2)}\n`);
    return file;
  } finally {
    await rm(place, { recursive: true });
  }
}

/**
 * npm's own `--omit=dev` also leaves out what both the program and a library of development use, so what only development
 * needs goes before npm looks.
 */
export function withoutDevelopment({ devDependencies: _, ...manifest }, { packages, ...lock }) {
  const { '': { devDependencies: __, ...root } = {}, ...installed } = packages;
  const shipped = Object.entries(installed).filter(([, { dev, devOptional }]) => !dev && !devOptional);
  return { manifest, lock: { ...lock, packages: { '': root, ...Object.fromEntries(shipped) } } };
}

async function readJson(path) {
  return JSON.parse(await readFile(path, 'utf8'));
}
