import { build, buildSync } from 'esbuild';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

import { bundling } from '../../esbuild.config.mjs';

const root = new URL('../../', import.meta.url);
const madeOf = ['package-lock.json', 'esbuild.config.mjs', 'test/mutation/bundled-library.js']
  .map((path) => readFileSync(new URL(path, root)))
  .reduce((hash, content) => hash.update(content), createHash('sha256'))
  .digest('hex');

// What is left of CommonJS in a module requires Node's own modules.
const banner = { js: `import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);` };
const { plugins: _, ...withoutPlugins } = bundling;

/**
 * Jest loads every module anew for every test file: a library of hundreds of modules takes a second of each. Bundled it is
 * one module, of the same parts that the published program has of it.
 */
export default {
  createTransformer: ({ format }) => ({
    getCacheKey: (_text, path) => createHash('sha256').update(madeOf).update(format).update(path).digest('hex'),
    // Jest transforms what is required without waiting, and prefers that way for all that has it.
    ...(format === 'cjs'
      ? { process: (_text, path) => codeOf(buildSync({ ...withoutPlugins, ...bundleOf(path, format) })) }
      : {
          processAsync: async (_text, path) => codeOf(await build({ ...bundling, ...bundleOf(path, format), banner })),
        }),
  }),
};

function bundleOf(path, format) {
  return { entryPoints: [path], format, write: false };
}

function codeOf({ outputFiles }) {
  return { code: outputFiles[0].text };
}
