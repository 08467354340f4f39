import { execFileSync } from 'node:child_process';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const licenceFile = /^(licen[cs]e|copying|notice)/i;

/** The licence texts of every library that may be in the bundle: all that c2l depends on, not only what esbuild kept. */
export async function licenceNotices(outFolder) {
  const listed = execFileSync('npm', ['ls', '--all', '--omit=dev', '--parseable'], { encoding: 'utf8' });
  const [, ...folders] = listed.trim().split('\n');
  const notices = await Promise.all(folders.map(notice));
  const file = join(outFolder, 'THIRD-PARTY-NOTICES.txt');
  await writeFile(file, [...new Set(notices)].sort().join('\n'));
  return file;
}

async function notice(folder) {
  const { name, version, license } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'));
  if (typeof license !== 'string')
    throw new Error(`${name}@${version} names no licence; find out before handing it out`);
  const texts = (await readdir(folder, { withFileTypes: true }))
    .filter((entry) => entry.isFile() && licenceFile.test(entry.name))
    .map((entry) => entry.name)
    .sort();
  const bodies = await Promise.all(texts.map((text) => readFile(join(folder, text), 'utf8')));
  return [`${name}@${version} (${license})`, ...bodies.map((body) => body.trim()), ''].join('\n\n');
}
