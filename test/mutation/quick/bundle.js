import { Instrumenter } from '@stryker-mutator/instrumenter';
import { build } from 'esbuild';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import config from '../../../jest.mutation.config.js';

const root = resolve(import.meta.dirname, '../../..');
const folders = ['core', 'generated', 'render', 'shell', 'stacks', 'adapters/files'];
/** What starts programs or servers, takes seconds, or replaces parts of Jest. */
const unfit =
  /node:child_process|fast-check|node:module|from '[^']*sandbox|\bjest\.|exhaustive|canary-world|fake-server/;

function filesIn(folder, ending) {
  return readdirSync(join(root, folder), { recursive: true })
    .filter((file) => file.endsWith(ending))
    .map((file) => join(root, folder, file))
    .sort();
}

/** Every change of the named parts of src/core, all of them in one file with all tests that fit, each change a switch. */
export async function bundle(parts, outfile) {
  const inputs = filesIn('src/core', '.ts')
    .filter((file) => parts.length === 0 || parts.some((part) => file.startsWith(join(root, 'src/core', part))))
    .map((name) => ({ name, mutate: true, content: readFileSync(name, 'utf8') }));
  const silent = new Proxy({}, { get: (_, name) => () => !String(name).startsWith('is') });
  const options = { plugins: null, ignorers: [], excludedMutations: [] };
  const { files, mutants } = await new Instrumenter(silent).instrument(inputs, options);
  const switched = new Map(files.map(({ name, content }) => [name, content]));
  const tests = folders.flatMap((folder) => filesIn(`test/${folder}`, '.test.ts'));
  const slow = config.testPathIgnorePatterns.map((file) => file.replace('<rootDir>', root));
  const fitting = tests.filter((file) => !slow.includes(file) && !unfit.test(readFileSync(file, 'utf8')));
  const contents = [
    `const { beginFile, tests } = require(${JSON.stringify(join(import.meta.dirname, 'globals.js'))});`,
    'function load(broken, file) {',
    '  beginFile();',
    '  try { file(); } catch ({ message }) { process.send({ broken, error: message }); }',
    '}',
    ...fitting.map((file) => `load(${JSON.stringify(file)}, () => require(${JSON.stringify(file)}));`),
    'module.exports = tests;',
  ].join('\n');
  const ofSource = ({ path }) => {
    const content = switched.get(path) ?? readFileSync(path, 'utf8');
    const placed = content
      .replaceAll('import.meta.url', JSON.stringify(pathToFileURL(path).href))
      .replaceAll('import.meta.dirname', JSON.stringify(dirname(path)));
    return { contents: placed, loader: 'ts' };
  };
  await build({
    stdin: { contents, resolveDir: root, loader: 'js' },
    bundle: true,
    format: 'cjs',
    platform: 'node',
    target: 'node20',
    outfile,
    logLevel: 'error',
    // What is computed once for each object is computed anew for each change.
    define: { WeakMap: 'MapOfOneChange' },
    plugins: [
      {
        name: 'changes',
        setup: ({ onResolve, onLoad }) => {
          onResolve({ filter: /^@jest\/globals$/ }, () => ({ path: join(import.meta.dirname, 'globals.js') }));
          onLoad({ filter: /\/(?:src|test)\/.*\.ts$/ }, ofSource);
        },
      },
    ],
  });
  return mutants;
}
