import { availableParallelism } from 'node:os';

/** Libraries of many modules, by what is imported of them: each is one module in the tests. */
const bundled = {
  esm: ['@kubernetes/client-node/dist/config', 'zod/index'],
  cjs: ['@peculiar/x509/build/x509.cjs', 'ajv/lib/ajv', 'yaml/dist/index'],
};
const filesOf = (entries) =>
  `/node_modules/(?:${entries.map((entry) => entry.replaceAll('.', '\\.')).join('|')})\\.js$`;
const bundle = '<rootDir>/test/support/bundled-library.js';

const typescript = '<rootDir>/test/support/typescript.js';

/** Suites of a real cluster read its kubeconfig by the library itself, of which the bundle has no YAML. */
export const unbundled = {
  transform: { '^.+\\.ts$': typescript },
  transformIgnorePatterns: ['/node_modules/'],
};

/** @type {import('jest').Config} */
export default {
  testMatch: ['<rootDir>/test/**/*.test.ts'],
  testPathIgnorePatterns: ['<rootDir>/test/contract/', '<rootDir>/test/e2e/', '<rootDir>/node_modules/'],
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '^.+\\.ts$': typescript,
    [filesOf(bundled.esm)]: [bundle, { format: 'esm' }],
    [filesOf(bundled.cjs)]: [bundle, { format: 'cjs' }],
  },
  transformIgnorePatterns: [`^(?!.*${filesOf([...bundled.esm, ...bundled.cjs])}).*/node_modules/`],
  randomize: true,
  reporters: ['default', '<rootDir>/test/support/ci-reporter.js'],
  errorOnDeprecated: true,
  testTimeout: 30_000,
  // Half of the time a test waits for the sandbox, a child or a limit: on two cores twice as many workers take two thirds
  // of the time.
  maxWorkers: 2 * availableParallelism(),
};
