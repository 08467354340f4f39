import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { executable } from './executable.mjs';
import { licenceNotices } from './licence-notices.mjs';

/** As Kubernetes spells what Node calls otherwise. */
const architectures = { x64: 'amd64', arm64: 'arm64' };

/**
 * The manifest by which krew installs the single executable as `kubectl c2l`, and beside it the archive that it names.
 * `url` is the folder that the archive will be fetched from. krew takes one platform for each entry, and an executable is
 * made for the platform that it is made on: a release joins the entries of several.
 */
export async function krew(outFolder, { url }) {
  const { version, description, license } = JSON.parse(await readFile('package.json', 'utf8'));
  const archive = await archived(await executable(outFolder), { outFolder, version });
  const manifest = {
    apiVersion: 'krew.googlecontainertools.github.com/v1alpha2',
    kind: 'Plugin',
    metadata: { name: 'c2l' },
    spec: {
      version: `v${version}`,
      homepage: url,
      shortDescription: 'Repair Secrets that lost keys',
      description: `${description}.\nLicence: ${license}.\n`,
      caveats: 'Try it without a cluster: kubectl c2l stabilize --sandbox\n',
      platforms: [
        {
          selector: { matchLabels: { os: process.platform, arch: architectures[process.arch] ?? process.arch } },
          uri: `${url.replace(/\/+$/, '')}/${basename(archive)}`,
          sha256: createHash('sha256')
            .update(await readFile(archive))
            .digest('hex'),
          files: [{ from: '*', to: '.' }],
          bin: 'c2l',
        },
      ],
    },
  };
  const file = join(outFolder, 'c2l.krew.json');
  // JSON is YAML, and is written the same by everybody.
  await writeFile(file, `${JSON.stringify(manifest, null, 2)}\n`);
  return file;
}

/** The executable with its licences, the same to the byte whenever it is made. */
async function archived(program, { outFolder, version }) {
  const folder = await mkdtemp(join(tmpdir(), 'c2l-krew-'));
  try {
    await copyFile(program, join(folder, 'c2l'));
    await copyFile('LICENSE', join(folder, 'LICENSE'));
    await licenceNotices(folder);
    const file = join(outFolder, `c2l-${version}-${process.platform}-${process.arch}.tar.gz`);
    const alike = ['--sort=name', '--mtime=@0', '--owner=0', '--group=0', '--numeric-owner', '--mode=u=rwX,go=rX'];
    execFileSync('tar', ['--create', '-I', 'gzip -n', '--file', file, ...alike, '-C', folder, '.']);
    return file;
  } finally {
    await rm(folder, { recursive: true });
  }
}
