import { build } from 'esbuild';

/** A program of this folder as one file that runs on the Node of the stack's images. */
export async function bundled(name: string): Promise<string> {
  return bundledFile(new URL(`../programs/${name}.ts`, import.meta.url));
}

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
