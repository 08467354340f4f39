import base from './jest.config.js';

/** Libraries of many modules, by what is imported of them: each is one module in the tests. */
const bundled = {
  esm: ['@kubernetes/client-node/dist/config', 'zod/index'],
  cjs: ['@peculiar/x509/build/x509.cjs', 'ajv/lib/ajv', 'yaml/dist/index'],
};
const filesOf = (entries) =>
  `/node_modules/(?:${entries.map((entry) => entry.replaceAll('.', '\\.')).join('|')})\\.js$`;
const bundle = '<rootDir>/test/mutation/bundled-library.js';

// A changed line is told by what a module does when it is loaded, too: here each file has modules of its own.
const { runtime: _, testEnvironment: __, testEnvironmentOptions: ___, ...common } = base;

/** The folders whose tests reach src/core without a program, a server or a sandbox. */
const folders = ['core', 'generated', 'render', 'shell', 'stacks'];
/** Of these, what takes seconds and asks about other things. */
const slow = ['render/sarif-schema', 'shell/drill/mortal-session', 'shell/argocd/pause-sync', 'shell/watch/watch-soak'];
/** Of the others, the quick ones for what no test of these reaches. */
const others = ['adapters/files/stack-file', 'commands/init', 'commands/validate', 'commands/validate-contents'];

/**
 * The tests that are fast enough to be run again for every mutant.
 * @type {import('jest').Config}
 */
export default {
  ...common,
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '^.+\\.ts$': '<rootDir>/test/mutation/typescript.js',
    [filesOf(bundled.esm)]: [bundle, { format: 'esm' }],
    [filesOf(bundled.cjs)]: [bundle, { format: 'cjs' }],
  },
  transformIgnorePatterns: [`^(?!.*${filesOf([...bundled.esm, ...bundled.cjs])}).*/node_modules/`],
  runner: '<rootDir>/test/mutation/runner.js',
  testMatch: [
    ...folders.map((folder) => `<rootDir>/test/${folder}/**/*.test.ts`),
    ...others.map((file) => `<rootDir>/test/${file}.test.ts`),
  ],
  testPathIgnorePatterns: slow.map((file) => `<rootDir>/test/${file}.test.ts`),
  // What hangs is told by Stryker, apart from what fails.
  testTimeout: 600_000,
  reporters: [],
  randomize: false,
};
