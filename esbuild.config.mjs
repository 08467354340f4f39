import { build } from 'esbuild';
import { cp, rm } from 'node:fs/promises';

/**
 * The client library's generated models are a barrel of a thousand files that c2l never calls: marking the package
 * free of side effects lets the bundler drop what is not imported. It is what makes a start take tens of milliseconds.
 */
const dropUnusedModels = {
  name: 'drop-unused-models',
  setup({ onResolve, resolve }) {
    onResolve({ filter: /.*/ }, async (args) => {
      if (args.pluginData === dropUnusedModels || !args.importer.includes('@kubernetes/client-node')) return undefined;
      const found = await resolve(args.path, {
        kind: args.kind,
        importer: args.importer,
        resolveDir: args.resolveDir,
        pluginData: dropUnusedModels,
      });
      return { ...found, sideEffects: false };
    });
  },
};

await rm('dist', { recursive: true, force: true });
await build({
  entryPoints: { main: 'src/main.ts' },
  outdir: 'dist',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  minify: true,
  keepNames: true,
  legalComments: 'linked',
  chunkNames: 'chunks/[name]-[hash]',
  plugins: [dropUnusedModels],
  // Bundled CommonJS packages call require() for Node's own modules.
  banner: {
    js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
  },
  logLevel: 'warning',
});
await cp('src/stacks', 'dist/stacks', { recursive: true });
