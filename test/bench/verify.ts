import type { VerifyReport } from '../../src/core/verify/verify-report.ts';
import { start } from '../support/built-program.ts';
import { median } from './measure.ts';
import type { Row } from './rows.ts';

/** The whole program on a green stack against the slowest of its checks, which no order of them could beat. */
export async function verifyRow(kubeconfig: string, runs: number): Promise<Row> {
  const times = { whole: [] as number[], slowest: [] as number[] };
  for (let run = 0; run < runs; run++) {
    const begun = performance.now();
    const { exitCode, stdout, stderr } = await start(['verify', '-o', 'json', '--kubeconfig', kubeconfig]).finished;
    times.whole.push(performance.now() - begun);
    if (exitCode !== 0) throw new Error(`verify: ${String(exitCode)}\n${stdout}${stderr}`);
    const { checks } = JSON.parse(stdout) as VerifyReport;
    times.slowest.push(Math.max(...checks.map(({ durationMs }) => durationMs)));
  }
  return {
    measured: 'c2l verify of the green stack, real cluster',
    value: median(times.whole),
    unit: 'ms',
    against: { name: 'its slowest check', value: median(times.slowest) },
    limit: 1.5,
  };
}
