import { build } from 'esbuild';
import { cp, rm } from 'node:fs/promises';
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

/** What every build of c2l has in common. */
export const bundling = {
  bundle: true,
  platform: 'node',
  target: 'node20',
  // Names stay as they are: stack traces of a defect can be read, and nothing has to be renamed back at start.
  minifyWhitespace: true,
  minifySyntax: true,
  plugins: [onlyKubeConfig],
  logLevel: 'warning',
};

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await rm('dist', { recursive: true, force: true });
  await build({
    ...bundling,
    entryPoints: { main: 'src/main.ts' },
    outdir: 'dist',
    splitting: true,
    format: 'esm',
    legalComments: 'linked',
    chunkNames: 'chunks/[name]-[hash]',
    // Bundled CommonJS packages call require() for Node's own modules.
    banner: {
      js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
    },
  });
  await cp('src/stacks', 'dist/stacks', { recursive: true });
  await cp('src/drills', 'dist/drills', { recursive: true });
}
