import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import JestRunner from 'jest-runner';

/**
 * Stryker names the tests that reach a change, and Jest would load all files to find them by name: a minute for each change
 * that nobody notices. The first run, which names none, notes which file has which; each other loads those files alone, the
 * quickest first, until a test fails.
 */
export default class MutationRunner extends JestRunner {
  async runTests(tests, watcher, options) {
    const notes = join(this._globalConfig.rootDir, 'tests-by-file.json');
    const named = this._globalConfig.testNamePattern;
    if (named === undefined || named === '' || !existsSync(notes))
      return this.runAndNote(tests, watcher, options, notes);
    const wanted = new RegExp(named, 'i');
    const known = JSON.parse(readFileSync(notes, 'utf8'));
    const timeOf = ({ path }) => known[path]?.duration ?? 0;
    const reached = tests
      .filter(({ path }) => known[path]?.names.some((name) => wanted.test(name)) ?? true)
      .sort((a, b) => timeOf(a) - timeOf(b));
    let failed = false;
    this.on('test-file-success', ([, result]) => (failed ||= result.numFailingTests > 0));
    this.on('test-file-failure', () => (failed = true));
    for (const test of reached) {
      if (!failed) await super.runTests([test], watcher, options);
    }
  }

  async runAndNote(tests, watcher, options, notes) {
    const known = {};
    this.on('test-file-success', ([{ path }, { perfStats, testResults }]) => {
      known[path] = { duration: perfStats.runtime, names: testResults.map(({ fullName }) => fullName) };
    });
    await super.runTests(tests, watcher, options);
    writeFileSync(notes, JSON.stringify(known));
  }
}
