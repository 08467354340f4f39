import { build, transform } from 'esbuild';
import { cp, mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * Of the client library c2l uses KubeConfig: the kubeconfig's authentication, certificates and proxies. What KubeConfig
 * imports beside that is half a second of loading that no call of c2l reaches; here it becomes nothing, or loads when it
 * is first called.
 */
const replacements = {
  // For makeApiClient: the generated models and clients of the whole API.
  './gen/index.js': `
    const unused = () => { throw new Error('the generated API clients are not part of this build'); };
    export { unused as createConfiguration, unused as ServerConfiguration };`,
  // For applyToFetchOptions.
  'node-fetch': `export class Headers { constructor() { throw new Error('node-fetch is not part of this build'); } }`,
  // For loadFromString: the kubeconfig is parsed where its errors can be told without quoting tokens.
  'js-yaml': `export default {};`,
  // For the auth-providers azure and gcp, which are refused before they are asked.
  'jsonpath-plus': `export const JSONPath = () => { throw new Error('jsonpath-plus is not part of this build'); };`,
  // The library passes the issuer as text; openid-client takes a URL only.
  'openid-client': `
    const load = () => import('openid-client');
    export const discovery = async (issuer, ...rest) => (await load()).discovery(new URL(issuer), ...rest);
    export const refreshTokenGrant = async (...rest) => (await load()).refreshTokenGrant(...rest);`,
  'socks-proxy-agent': `
    export class SocksProxyAgent {
      constructor(...rest) { return new (require('socks-proxy-agent').SocksProxyAgent)(...rest); }
    }`,
};

const onlyKubeConfig = {
  name: 'only-kube-config',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /.*/ }, (args) => {
      const fromLibrary = /@kubernetes[\\/]client-node[\\/]dist[\\/]\w+\.js$/.test(args.importer);
      if (!fromLibrary || !Object.hasOwn(replacements, args.path)) return undefined;
      return { path: args.path, namespace: 'replaced', pluginData: args.resolveDir };
    });
    onLoad({ filter: /.*/, namespace: 'replaced' }, (args) => ({
      contents: replacements[args.path],
      resolveDir: args.pluginData,
    }));
  },
};

/** Commander loads it for subcommands that are programs of their own; c2l has none, and Node takes long to load it. */
const noSubprograms = {
  name: 'no-subprograms',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^node:child_process$/ }, ({ path, importer }) =>
      /[\\/]commander[\\/]lib[\\/]/.test(importer) ? { path, namespace: 'no-subprograms' } : undefined,
    );
    onLoad({ filter: /.*/, namespace: 'no-subprograms' }, () => ({ contents: 'module.exports = {};' }));
  },
};

/** What every build of c2l has in common. */
export const bundling = {
  bundle: true,
  platform: 'node',
  target: 'node20',
  // Names stay as they are: stack traces of a defect can be read, and nothing has to be renamed back at start.
  minifyWhitespace: true,
  minifySyntax: true,
  plugins: [onlyKubeConfig, noSubprograms],
  logLevel: 'warning',
};

/** esbuild splits modules alone; Node loads a dozen scripts of CommonJS in less time than as many modules. */
async function toCommonJs({ path, text }) {
  const { code } = await transform(text, {
    format: 'cjs',
    platform: 'node',
    target: bundling.target,
    minifyWhitespace: true,
    minifySyntax: true,
    // A lazily loaded chunk is required where it would have been imported.
    supported: { 'dynamic-import': false },
    define: { 'import.meta.dirname': '__dirname', 'import.meta.url': '__url' },
    banner: text.includes('import.meta.url') ? `const __url = require('node:url').pathToFileURL(__filename).href;` : '',
  });
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, code);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { outputFiles } = await build({
    ...bundling,
    entryPoints: { main: 'src/main.ts' },
    outdir: 'dist',
    splitting: true,
    format: 'esm',
    write: false,
    legalComments: 'linked',
    chunkNames: 'chunks/[name]-[hash]',
  });
  // Not before: c2l may be running from here.
  await rm('dist', { recursive: true, force: true });
  await Promise.all(outputFiles.filter(({ path }) => path.endsWith('.js')).map(toCommonJs));
  await Promise.all(
    outputFiles.filter(({ path }) => !path.endsWith('.js')).map(({ path, contents }) => writeFile(path, contents)),
  );
  await writeFile('dist/package.json', '{ "type": "commonjs" }\n');
  await cp('src/stacks', 'dist/stacks', { recursive: true });
  await cp('src/drills', 'dist/drills', { recursive: true });
}
