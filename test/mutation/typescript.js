import swcJest from '@swc/jest';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

const swc = swcJest.createTransformer({
  jsc: { target: 'es2022', parser: { syntax: 'typescript' } },
  module: { type: 'es6' },
});
const madeOf = readFileSync(new URL(import.meta.url));

const builtIns = ['Array', 'Boolean', 'Buffer', 'Error', 'JSON', 'Map', 'Math', 'Number', 'Object', 'Promise', 'Set'];
const used = [...builtIns, 'String', 'Symbol', 'WeakMap'].map((name) => ({
  name,
  isUsed: new RegExp(`\\b${name}\\b`),
  isBound: new RegExp(`(?:class|function|const|let) ${name}\\b|import [^;]*\\b${name}\\b[^;]* from`),
}));

/**
 * Each test file has globals of its own, which Node looks up by a call every time: half of what the sandbox does would be
 * that. So each module takes those that nobody replaces once, when it is loaded.
 */
export default {
  createTransformer: () => ({
    getCacheKey: (...source) =>
      createHash('sha256')
        .update(madeOf)
        .update(swc.getCacheKey(...source))
        .digest('hex'),
    process: (...source) => withBuiltIns(swc.process(...source)),
    processAsync: async (...source) => withBuiltIns(await swc.processAsync(...source)),
  }),
};

function withBuiltIns({ code, ...rest }) {
  const names = used.filter(({ isUsed, isBound }) => isUsed.test(code) && !isBound.test(code)).map(({ name }) => name);
  return { ...rest, code: `const { ${names.join(', ')} } = globalThis; ${code}` };
}
