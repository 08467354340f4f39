import base from './jest.config.js';

/**
 * What c2l and its sandbox must do alike on both clusters: the sandbox, and the real one that C2L_E2E_KUBECONFIG names.
 * @type {import('jest').Config}
 */
export default {
  ...base,
  testMatch: ['<rootDir>/test/contract/**/*.contract.test.ts'],
  testPathIgnorePatterns: ['<rootDir>/node_modules/'],
  testSequencer: '<rootDir>/test/support/longest-first.js',
};
