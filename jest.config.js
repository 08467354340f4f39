import { availableParallelism } from 'node:os';

/** @type {import('jest').Config} */
export default {
  runtime: '<rootDir>/test/support/native-runtime.cjs',
  testEnvironment: '<rootDir>/test/support/native-environment.js',
  testEnvironmentOptions: { globalsCleanup: 'off' },
  setupFilesAfterEnv: ['<rootDir>/test/support/set-up.ts'],
  testMatch: ['<rootDir>/test/**/*.test.ts'],
  testPathIgnorePatterns: ['<rootDir>/test/contract/', '<rootDir>/test/e2e/', '<rootDir>/node_modules/'],
  transform: {},
  testSequencer: '<rootDir>/test/support/longest-first.js',
  randomize: true,
  reporters: ['default', '<rootDir>/test/support/ci-reporter.js'],
  errorOnDeprecated: true,
  testTimeout: 30_000,
  // Half of the time a test waits for the sandbox, a child or a limit: on two cores twice as many workers take two thirds
  // of the time.
  maxWorkers: 2 * availableParallelism(),
};
