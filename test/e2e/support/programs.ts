import { build } from 'esbuild';

/** A program as one file that runs on the Node of the stack's images. */
export async function bundledFile(file: URL): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [file.pathname],
    bundle: true,
    write: false,
    format: 'cjs',
    platform: 'node',
    target: 'node18',
    minify: true,
    external: ['pg-native', 'pg-cloudflare'],
    logLevel: 'error',
  });
  return outputFiles[0]!.text;
}
