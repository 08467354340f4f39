import base from './jest.config.js';

/**
 * The tests of src/core alone: they are pure and fast enough to be run again for every mutant.
 * @type {import('jest').Config}
 */
export default { ...base, testMatch: ['<rootDir>/test/core/**/*.test.ts'], reporters: [], randomize: false };
