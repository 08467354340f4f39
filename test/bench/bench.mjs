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

const outfile = new URL('../../node_modules/.cache/c2l-bench.mjs', import.meta.url);
await build({
  entryPoints: [new URL('main.ts', import.meta.url).pathname],
  outfile: outfile.pathname,
  bundle: true,
  packages: 'external',
  platform: 'node',
  format: 'esm',
  target: 'node20',
  plugins: [keepPlaces],
  logLevel: 'warning',
});
await import(outfile.href);
