import base from './jest.config.js';

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
  ...base,
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
