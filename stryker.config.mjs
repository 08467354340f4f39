import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * Changes src/core in a copy outside of the repository and runs test/core on each change: `npm run mutate -- -m FILE` for
 * one file. Results are kept, so what did not change since is not tried again.
 * @type {import('@stryker-mutator/api/core').PartialStrykerOptions}
 */
export default {
  mutate: ['src/core/**/*.ts'],
  ignorePatterns: [
    '**',
    '!src/**',
    '!test/core/**',
    '!test/support/**',
    '!*.js',
    '!*.mjs',
    '!package*.json',
    '!docs/**',
  ],
  testRunner: 'jest',
  testRunnerNodeArgs: ['--experimental-vm-modules'],
  jest: { projectType: 'custom', configFile: 'jest.mutation.config.js', enableFindRelatedTests: true },
  coverageAnalysis: 'perTest',
  concurrency: 1,
  incremental: true,
  incrementalFile: 'node_modules/.cache/mutation.json',
  tempDirName: join(tmpdir(), 'c2l-mutation'),
  reporters: ['clear-text', 'progress-append-only', 'json'],
  jsonReporter: { fileName: 'node_modules/.cache/mutation-report.json' },
  thresholds: { high: 95, low: 85, break: 85 },
};
