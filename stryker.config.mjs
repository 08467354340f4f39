import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * Changes src/core in a copy outside of the repository and runs test/core on each change: `npm run test:mutation -- -m FILE`
 * for one file. Results are kept, so what did not change since is not tried again.
 * @type {import('@stryker-mutator/api/core').PartialStrykerOptions}
 */
export default {
  mutate: ['src/core/**/*.ts'],
  ignorePatterns: [
    '**',
    '!src/**',
    '!test/**',
    '!*.js',
    '!*.mjs',
    '!package*.json',
    '!docs/**',
    '!manifests/**',
    '!runbooks/**',
  ],
  testRunner: 'jest',
  testRunnerNodeArgs: ['--experimental-vm-modules'],
  jest: { projectType: 'custom', configFile: 'jest.mutation.config.js', enableFindRelatedTests: false },
  coverageAnalysis: 'perTest',
  // What happens when a module is loaded no single test can be told to cover: each such change would run them all.
  ignoreStatic: true,
  concurrency: 2,
  // A slow machine is not an endless loop, which would count as noticed.
  timeoutMS: 60_000,
  dryRunTimeoutMinutes: 60,
  plugins: ['@stryker-mutator/jest-runner'],
  incremental: true,
  incrementalFile: 'node_modules/.cache/mutation.json',
  tempDirName: join(tmpdir(), 'c2l-mutation'),
  reporters: ['clear-text', 'progress-append-only', 'json'],
  clearTextReporter: { allowColor: false, reportTests: false },
  jsonReporter: { fileName: 'node_modules/.cache/mutation-report.json' },
  thresholds: { high: 95, low: 85, break: 85 },
};
