import { availableParallelism } from 'node:os';

/** @type {import('jest').Config} */
export default {
  testMatch: ['<rootDir>/test/**/*.test.ts'],
  testPathIgnorePatterns: ['<rootDir>/test/contract/', '<rootDir>/test/e2e/', '<rootDir>/node_modules/'],
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      { jsc: { target: 'es2022', parser: { syntax: 'typescript' } }, module: { type: 'es6' } },
    ],
  },
  randomize: true,
  reporters: ['default', '<rootDir>/test/support/ci-reporter.js'],
  errorOnDeprecated: true,
  testTimeout: 30_000,
  // Half of the time a test waits for the sandbox, a child or a limit: on two cores twice as many workers take two thirds
  // of the time.
  maxWorkers: 2 * availableParallelism(),
};
