// Writes manifests/cloudtolocalllm/api-backend-program.yaml anew: the stand-in for the stack's API, as one file.
import { writeFileSync } from 'node:fs';
import { build } from 'esbuild';

const at = (path) => new URL(`../${path}`, import.meta.url);

const { outputFiles } = await build({
  entryPoints: [at('test/e2e/programs/api-backend.ts').pathname],
  bundle: true,
  write: false,
  format: 'cjs',
  platform: 'node',
  target: 'node18',
  minify: true,
  charset: 'ascii',
  external: ['pg-native', 'pg-cloudflare'],
  logLevel: 'error',
});
const program = outputFiles[0].text.trimEnd().split('\n');
const lines = [
  '# A stand-in for the API: test/e2e/programs/api-backend.ts and the library pg in one file, written by npm run manifests.',
  'apiVersion: v1',
  'kind: ConfigMap',
  'metadata:',
  '  name: api-backend-program',
  '  namespace: cloudtolocalllm',
  '  annotations:',
  "    argocd.argoproj.io/sync-wave: '-1'",
  'data:',
  '  server.js: |-',
  ...program.map((line) => (line === '' ? '' : `    ${line}`)),
];
writeFileSync(at('manifests/cloudtolocalllm/api-backend-program.yaml'), `${lines.join('\n')}\n`);
