import base from './jest.config.js';

/**
 * Tests on a real cluster, named by C2L_E2E_KUBECONFIG: each file is one story, told in order.
 * @type {import('jest').Config}
 */
export default {
  ...base,
  testMatch: ['<rootDir>/test/e2e/**/*.e2e.test.ts'],
  testPathIgnorePatterns: ['<rootDir>/node_modules/'],
  randomize: false,
  testTimeout: 300_000,
};
