const { default: Runtime } = require('jest-runtime');
const { pathToFileURL } = require('node:url');

require('./register-typescript.cjs');

/**
 * Jest's own runner, but modules are Node's: one that ten files import is loaded once in each worker, and stays compiled.
 * Jest would load each anew for every file, which was half of what the suite took. So a file finds what another left in
 * a module or on `process`; what is to end with a test or a file is told to `at-end`.
 */
module.exports = class NativeRuntime extends Runtime {
  static #loads = 0;
  #testPath;

  constructor(...options) {
    super(...options);
    const [testPath, { watch, watchAll }] = options.slice(6);
    if (watch || watchAll) throw new Error('modules stay loaded, changed or not: run jest again instead of --watch');
    this.#testPath = testPath;
  }

  setGlobalsForRuntime(globals) {
    super.setGlobalsForRuntime(globals);
    globalThis[Symbol.for('c2l.jest')] = { ...globals, jest: this.jestGlobals.jestObjectFor(this.#testPath) };
  }

  /** What runs the tests of a file is loaded anew, so that nothing is left of the file before; what it is made of is not. */
  requireInternalModule(from, ...more) {
    if (more.length > 0 || !from.endsWith('jestAdapterInit.js')) return super.requireInternalModule(from, ...more);
    delete globalThis[Symbol.for('EVENT_HANDLERS')];
    delete require.cache[from];
    return require(from);
  }

  unstable_shouldLoadAsEsm() {
    return true;
  }

  unstable_importModule(path) {
    // Loaded anew where it is loaded again: the hooks of a file that sets up are those of one test file.
    return import(`${pathToFileURL(path)}?${NativeRuntime.#loads++}`);
  }
};
