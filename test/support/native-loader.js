import { transform } from '@swc/core';
import { transformSync } from '@swc/wasm-typescript';
import { readFile } from 'node:fs/promises';

const globals = new URL('native-globals.js', import.meta.url).href;

/** What tests import as Jest's own is what runs them here: the package itself works under Jest's own loader alone. */
export async function resolve(specifier, context, next) {
  return specifier === '@jest/globals' ? { url: globals, shortCircuit: true } : next(specifier, context);
}

/** TypeScript without its types. */
export async function load(url, context, next) {
  if (!url.startsWith('file:') || !new URL(url).pathname.endsWith('.ts')) return next(url, context);
  return { format: 'module', source: await withoutTypes(await readFile(new URL(url), 'utf8')), shortCircuit: true };
}

const jsc = { target: 'es2022', parser: { syntax: 'typescript' } };

/** Each line and column stays where it was, so that a failure names its place, but where Node does not know `using` yet. */
async function withoutTypes(text) {
  const { code } = /^\s*(?:await )?using \w/m.test(text)
    ? await transform(text, { jsc, module: { type: 'es6' } })
    : transformSync(text, { mode: 'strip-only' });
  return code;
}
