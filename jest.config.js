/** @type {import('jest').Config} */
export default {
  testMatch: ['<rootDir>/test/**/*.test.ts'],
  testPathIgnorePatterns: ['<rootDir>/test/e2e/', '<rootDir>/node_modules/'],
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
  // On two cores jest would leave one idle.
  maxWorkers: '100%',
};
