import { appendFileSync, writeSync } from 'node:fs';

/** A suite file that could not run at all is a failure that no single test shows. */
function countsOf(results) {
  return {
    passed: results.numPassedTests,
    failed: results.numFailedTests + results.numRuntimeErrorTestSuites,
    skipped: results.numPendingTests + results.numTodoTests,
  };
}

/**
 * Ends each run with the one line that CI reads. Several runs add up through the file that C2L_TEST_COUNTS names:
 * one line of JSON for each.
 */
export default class CiReporter {
  onRunComplete(_contexts, results) {
    const counts = countsOf(results);
    const { C2L_TEST_COUNTS: file } = process.env;
    if (file) appendFileSync(file, `${JSON.stringify(counts)}\n`);
    const line = `${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped\n`;
    // Jest's own summary follows the reporters: only at the end of the process is the line the last one.
    process.once('exit', () => writeSync(process.stdout.fd, line));
  }
}
