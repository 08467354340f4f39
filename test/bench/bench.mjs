import { build } from 'esbuild';
import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

/** Bundled code finds its files from where it was written, not from where the bundle lies. */
const keepPlaces = {
  name: 'keep-places',
  setup({ onLoad }) {
    onLoad({ filter: /[\\/]test[\\/].*\.ts$/ }, ({ path }) => ({
      loader: 'ts',
      contents: readFileSync(path, 'utf8').replaceAll('import.meta.url', JSON.stringify(pathToFileURL(path).href)),
    }));
  },
};

const cache = new URL('../../node_modules/.cache/', import.meta.url);
await build({
  entryPoints: {
    'c2l-bench': new URL('main.ts', import.meta.url).pathname,
    'c2l-bench-server': new URL('size/serve.ts', import.meta.url).pathname,
  },
  outdir: cache.pathname,
  outExtension: { '.js': '.mjs' },
  bundle: true,
  packages: 'external',
  platform: 'node',
  format: 'esm',
  target: 'node20',
  plugins: [keepPlaces],
  logLevel: 'warning',
});
await import(new URL('c2l-bench.mjs', cache).href);
