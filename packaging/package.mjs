/**
 * `npm run package -- KIND`: builds one form that c2l is handed out in, into packages/. With --check it is built twice and the
 * two must be the same to the byte.
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import { executable } from './executable.mjs';
import { npmPackage } from './npm-package.mjs';
import { licenceNotices } from './licence-notices.mjs';
import { billOfMaterials } from './bill-of-materials.mjs';

const kinds = { npm: npmPackage, executable, notices: licenceNotices, sbom: billOfMaterials };
const outFolder = 'packages';

const [kind, ...flags] = process.argv.slice(2);
const unknownFlag = flags.find((flag) => flag !== '--check');
if (!Object.hasOwn(kinds, kind ?? '') || unknownFlag !== undefined) {
  process.stderr.write(
    `error: no such package ${unknownFlag ?? kind ?? '(none named)'}; npm run package -- ${Object.keys(kinds).join('|')} [--check]\n`,
  );
  process.exit(2);
}

const build = async () => {
  execFileSync(process.execPath, ['esbuild.config.mjs'], { stdio: 'inherit' });
  const file = await kinds[kind](outFolder);
  return {
    file,
    sum: createHash('sha256')
      .update(await readFile(file))
      .digest('hex'),
  };
};

await mkdir(outFolder, { recursive: true });
const first = await build();
if (flags.includes('--check') && (await build()).sum !== first.sum) {
  process.stderr.write(`error: two builds of ${first.file} differ; diff the files inside the two\n`);
  process.exit(1);
}
process.stdout.write(`${first.sum}  ${first.file}\n`);
