import type { DrillReport } from '../../core/drill/drill-report.ts';
import { metricsText, type Metric } from '../prometheus-text.ts';

/** A drill in the text format of Prometheus, for a Pushgateway or the textfile collector of the node exporter. */
export function drillMetrics({ outcome, takenAt, namespaces, drill, recovery, earlier, verdict }: DrillReport): string {
  const labels = { namespace: namespaces[0] ?? '', scenario: drill.scenario };
  const results = [{ outcome, verdict, takenAt }, ...earlier];
  const lastSuccess = results.find(isSuccess)?.takenAt;
  // One that was broken off proved neither that the recovery works nor that it does not.
  const last = results.find((result) => result.verdict !== 'interrupted');
  const gauge = (name: string, help: string, values: readonly (number | undefined)[]): Metric => ({
    name: `c2l_drill_${name}`,
    type: 'gauge',
    help,
    samples: values.flatMap((value) => (value === undefined ? [] : [{ labels, value }])),
  });
  return metricsText([
    gauge('last_run_timestamp_seconds', 'When the last drill was begun.', [seconds(Date.parse(takenAt))]),
    gauge('last_success_timestamp_seconds', 'When the last drill was begun that recovered in time.', [
      lastSuccess === undefined ? undefined : seconds(Date.parse(lastSuccess)),
    ]),
    gauge('success', 'Whether the last drill that nobody interrupted recovered in time.', [
      last === undefined ? undefined : Number(isSuccess(last)),
    ]),
    gauge('recovery_seconds', 'From the fault until everything was proven.', [recovery && seconds(recovery.tookMs)]),
    gauge('objective_seconds', 'What the recovery may take.', [recovery && seconds(recovery.objectiveMs)]),
    {
      name: 'c2l_drill_phase_seconds',
      type: 'gauge',
      help: 'Parts of the recovery; together they are all of it.',
      samples: (recovery?.phases ?? []).map(({ name, durationMs }) => ({
        labels: { ...labels, phase: name },
        value: seconds(durationMs),
      })),
    },
  ]);
}

/** In time, and from a backup that was no older than it may be. */
function isSuccess({ outcome, verdict }: Pick<DrillReport, 'outcome' | 'verdict'>): boolean {
  return outcome === 'recovered' && verdict === 'ok';
}

function seconds(ms: number): number {
  return ms / 1000;
}
