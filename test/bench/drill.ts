import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import type { DrillReport } from '../../src/core/drill/drill-report.ts';
import type { WalkReport } from '../../src/core/reports/walk-report.ts';
import { startSandbox } from '../../src/sandbox/sandbox.ts';
import { cuttingProxy, killAt } from '../contract/support/cutting-proxy.ts';
import { start, type Started } from '../support/built-program.ts';
import { isJournalLine } from '../support/drill-lines.ts';
import { home, median } from './measure.ts';
import type { Row } from './rows.ts';

const namespace = 'cloudtolocalllm';
const journalNamespace = 'c2l-drill';

/**
 * A drill's recovery once the fault was detected, against the same recovery without a drill around it: of a drill that
 * was killed in the moment in which it would have begun to recover.
 */
export async function drillRow(pairs: number): Promise<Row> {
  const sandbox = await startSandbox({ scenario: 'healthy', speed: 1 });
  const proxy = await cuttingProxy(sandbox.kubeconfig);
  const kubeconfig = join(home, 'drill-kubeconfig');
  const backup = join(home, 'drill-backup.env');
  writeFileSync(kubeconfig, proxy.kubeconfig, { mode: 0o600 });
  writeFileSync(backup, sandbox.envBackupText, { mode: 0o600 });
  sandbox.store.create('namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: journalNamespace } });

  const c2l = (...argv: readonly string[]): Started =>
    start([...argv, '--kubeconfig', kubeconfig, '-n', namespace, '-o', 'json'], { timeoutMs: 300_000 });
  const drill = (): Started => c2l('dr-drill', 'run', 'missing-keys', '--confirm', 'cut', '--from', `env:${backup}`);
  const reportOf = async (run: Started): Promise<unknown> => {
    const { exitCode, stdout, stderr } = await run.finished;
    if (exitCode !== 0) throw new Error(`exit ${String(exitCode)}\n${stderr}`);
    return JSON.parse(stdout);
  };
  const inDrill = async (): Promise<{ tookMs: number; linesBefore: number }> => {
    proxy.begin();
    const { recovery, timeline } = (await reportOf(drill())) as DrillReport;
    const phases = (recovery?.phases ?? []).filter(({ name }) => name !== 'detect');
    const fromEnd = timeline.length - timeline.findIndex(({ step }) => step === 'recovery');
    return {
      tookMs: phases.reduce((sum, { durationMs }) => sum + durationMs, 0),
      linesBefore: proxy.requests.filter(isJournalLine).length - fromEnd,
    };
  };
  const alone = async (linesBefore: number): Promise<number> => {
    const killed = drill();
    let lines = 0;
    await killAt(proxy, killed, { isMeant: (line) => isJournalLine(line) && lines++ === linesBefore, moment: 'after' });
    const { phases } = (await reportOf(c2l('stabilize', '--yes', '--from', `env:${backup}`))) as WalkReport;
    await reportOf(c2l('dr-drill', 'abort', '--yes'));
    return phases.reduce((sum, { durationMs }) => sum + durationMs, 0);
  };
  const times = { inDrill: [] as number[], alone: [] as number[] };
  try {
    for (let pair = 0; pair <= pairs; pair += 1) {
      const { tookMs, linesBefore } = await inDrill();
      const aloneMs = await alone(linesBefore);
      process.stderr.write(`recovery ${String(pair)}: in a drill ${String(tookMs)} ms, alone ${String(aloneMs)} ms\n`);
      // The first warms up.
      if (pair === 0) continue;
      times.inDrill.push(tookMs);
      times.alone.push(aloneMs);
    }
  } finally {
    proxy.close();
    await sandbox.close();
  }
  return {
    measured: 'recovery in a drill, sandbox',
    value: median(times.inDrill) / 1000,
    unit: 's',
    against: { name: 'stabilize alone', value: median(times.alone) / 1000 },
    limit: 1.1,
  };
}
