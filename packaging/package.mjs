/**
 * `npm run package -- KIND`: builds one form that c2l is handed out in, into packages/. With --check it is built twice and the
 * two must be the same to the byte; --url is where krew will fetch its archive from.
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { executable } from './executable.mjs';
import { krew } from './krew.mjs';
import { npmPackage } from './npm-package.mjs';
import { licenceNotices } from './licence-notices.mjs';
import { billOfMaterials } from './bill-of-materials.mjs';

const kinds = { npm: npmPackage, executable, krew, notices: licenceNotices, sbom: billOfMaterials };
const outFolder = 'packages';

const { kind, options } = readArguments();

const build = async () => {
  execFileSync(process.execPath, ['esbuild.config.mjs'], { stdio: 'inherit' });
  const file = await kinds[kind](outFolder, options);
  return {
    file,
    sum: createHash('sha256')
      .update(await readFile(file))
      .digest('hex'),
  };
};

await mkdir(outFolder, { recursive: true });
const first = await build();
if (options.check === true && (await build()).sum !== first.sum) {
  process.stderr.write(`error: two builds of ${first.file} differ; diff the files inside the two\n`);
  process.exit(1);
}
process.stdout.write(`${first.sum}  ${first.file}\n`);

function readArguments() {
  try {
    const { positionals, values } = parseArgs({
      allowPositionals: true,
      options: { check: { type: 'boolean' }, url: { type: 'string' } },
    });
    const [kind = '', ...others] = positionals;
    if (!Object.hasOwn(kinds, kind) || others.length > 0)
      return refuse(kind === '' ? 'which package is to be made?' : `no such package ${positionals.join(' ')}`);
    if (kind === 'krew' && !URL.canParse(values.url ?? ''))
      return refuse('krew needs --url URL, where its archive will lie');
    return { kind, options: values };
  } catch (error) {
    return refuse(error.message);
  }
}

function refuse(message) {
  process.stderr.write(`error: ${message}; npm run package -- ${Object.keys(kinds).join('|')} [--check] [--url URL]\n`);
  process.exit(2);
}
